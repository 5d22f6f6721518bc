/** What happens in a month to the moments of a term: `monthly_counts` has a column for each number. */
export type Tally = [
  started: number,
  ended: number,
  crossesMonth: number,
  crossesYear: number,
  crossesDecade: number,
  crossesCentury: number,
];

/** A month, a year, a decade and a century, in months. */
const UNITS = [1, 12, 120, 1200];

/** Counts a moment in the tallies of its months, which are `year * 12 + month - 1`; with -1 it is no longer counted. */
export function tally(months: Map<number, Tally>, startMonth: number, startMonthMax: number, endMonth: number, sign: 1 | -1 = 1): void {
  const start = tallyOf(months, startMonth);
  start[0] += sign;
  if (startMonthMax > startMonth)
    for (const [index, size] of UNITS.entries())
      if (Math.floor(startMonthMax / size) > Math.floor(startMonth / size)) start[index + 2]! += sign;
  tallyOf(months, endMonth)[1] += sign;
}

function tallyOf(months: Map<number, Tally>, month: number): Tally {
  const known = months.get(month);
  if (known) return known;
  const fresh: Tally = [0, 0, 0, 0, 0, 0];
  months.set(month, fresh);
  return fresh;
}
