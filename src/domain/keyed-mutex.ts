/** Does work on one thing after the other, in the order it came; work on different things goes on at once. */
export type Turns = <Result>(of: string, work: () => Promise<Result>) => Promise<Result>;

/**
 * Turns within this process. Writes to one record would otherwise overtake each other, each reading what the other replaces; other
 * processes are told by the guards of the batches.
 */
export function takeTurns(): Turns {
  const last = new Map<string, Promise<void>>();
  return (of, work) => {
    const mine = (last.get(of) ?? Promise.resolve()).then(work);
    const over = mine.then(
      () => undefined,
      () => undefined,
    );
    last.set(of, over);
    void over.then(() => {
      if (last.get(of) === over) last.delete(of);
    });
    return mine;
  };
}
