/** Deterministic pseudo-random numbers: the same seed gives the same world on every machine (mulberry32). */
export type Random = {
  /** At least 0, less than 1. */
  next: () => number;
  /** A whole number from `least` to `most`, both included. */
  between: (least: number, most: number) => number;
  /** An item, each as likely as the others. */
  pick: <Item>(items: readonly Item[]) => Item;
};

/** A source of numbers from a seed. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return { next, between, pick: (items) => items[between(0, items.length - 1)]! };
}

/** Resolution of the table for the inverse of the distribution: a draw starts at its 65,536th, and needs a step or two instead of a search. */
const STEPS = 65_536;

/** Draws ranks 0 to `count` - 1 by Zipf's law: the first is the most frequent, the n-th n times rarer. */
export function zipf(count: number): (random: Random) => number {
  const sums: number[] = [];
  let sum = 0;
  for (let rank = 1; rank <= count; rank += 1) sums.push((sum += 1 / rank));
  const starts = new Int32Array(STEPS);
  for (let step = 0, rank = 0; step < STEPS; step += 1) {
    while (sums[rank]! < (step / STEPS) * sum) rank += 1;
    starts[step] = rank;
  }
  return ({ next }) => {
    const drawn = next();
    let rank = starts[Math.floor(drawn * STEPS)]!;
    while (sums[rank]! < drawn * sum) rank += 1;
    return rank;
  };
}
