/** The value that a part (0 to 1) of the values does not exceed, by the nearest rank. Throws where there is no value. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)];
  if (value === undefined) throw new Error('nothing was measured');
  return value;
}

/** The middle value; of an even number of values, the lower of the two in the middle. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The smallest and the largest value. */
export const spread = (values: readonly number[]): [least: number, most: number] => [quantile(values, 0), quantile(values, 1)];
