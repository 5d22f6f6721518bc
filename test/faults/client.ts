/**
 * Numbers of writes of a client: acknowledged; without a response and found done or not done afterwards; of those, repeated with their
 * Idempotency-Key; and repeated after a response.
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

/** An empty tally. */
export const nothingDone = (): Tally => ({ acknowledged: 0, applied: 0, dropped: 0, retried: 0, replayed: 0 });

/** The sum of the tallies of several clients. */
export function summed(tallies: readonly Tally[]): Tally {
  const sum = nothingDone();
  for (const tally of tallies) for (const what of Object.keys(sum) as (keyof Tally)[]) sum[what] += tally[what]; // @NOTE its own keys
  return sum;
}
