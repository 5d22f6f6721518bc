/**
 * What a client did: how many writes were acknowledged; how many had no answer and were found done, or not done, afterwards; how many of
 * those were asked again with their Idempotency-Key, and how many that had an answer.
 */
export type Tally = { acknowledged: number; applied: number; dropped: number; retried: number; replayed: number };

/**
 * A client that alone writes to its records and keeps books of it: what was acknowledged, and the one write whose answer never came. After
 * a crash all is as the last acknowledged write left it, or as that one write would have left it, and nothing between.
 */
export type Client = {
  tally: Tally;
  /** Writes, one after the other, until an answer does not come. */
  write: () => Promise<void>;
  /** Holds the books against what the server says after a restart, and takes over what it says of the write in doubt. Throws at the first lie. */
  settle: () => Promise<void>;
};

/** Nothing done yet. */
export const nothingDone = (): Tally => ({ acknowledged: 0, applied: 0, dropped: 0, retried: 0, replayed: 0 });

/** What several clients did together. */
export function summed(tallies: readonly Tally[]): Tally {
  const sum = nothingDone();
  for (const tally of tallies) for (const what of Object.keys(sum) as (keyof Tally)[]) sum[what] += tally[what]; // @NOTE its own keys
  return sum;
}
