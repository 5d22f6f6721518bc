/** Runs the work with one key one after the other, in the order of the calls; work with different keys runs at the same time. */
export type KeyedMutex = <Result>(of: string, work: () => Promise<Result>) => Promise<Result>;

/**
 * A mutex within this process. Writes to one record would otherwise conflict, each reading what the other replaces; between processes the guards
 * of the batches hold.
 */
export function keyedMutex(): KeyedMutex {
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
