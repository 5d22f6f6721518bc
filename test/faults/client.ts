/** What a client did: how many writes were acknowledged, and how many had no answer and were found done, or not done, afterwards. */
export type Tally = { acknowledged: number; applied: number; dropped: number };

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

/** A write whose answer did not come: what it was to change, and how one sees after a restart that it did. */
export type InDoubt<State> = { of: string; before: State; after: State };

/** Nothing done yet. */
export const nothingDone = (): Tally => ({ acknowledged: 0, applied: 0, dropped: 0 });

/** What several clients did together. */
export const summed = (tallies: readonly Tally[]): Tally => ({
  acknowledged: tallies.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
  applied: tallies.reduce((sum, { applied }) => sum + applied, 0),
  dropped: tallies.reduce((sum, { dropped }) => sum + dropped, 0),
});
