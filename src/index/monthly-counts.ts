/** Counts of a term's moments in one month, which `monthly_counts` keeps in a column each. */
export type MonthlyCounts = [
  started: number,
  ended: number,
  crossesMonth: number,
  crossesYear: number,
  crossesDecade: number,
  crossesCentury: number,
];

/** A month, a year, a decade and a century, in months. */
const UNITS = [1, 12, 120, 1200];

/** Adds a moment to the counts of the months in which it starts and ends, `year * 12 + month - 1`; with -1 takes it out. */
export function addMonthlyCounts(
  months: Map<number, MonthlyCounts>,
  { startMonth, startMonthMax, endMonth }: { startMonth: number; startMonthMax: number; endMonth: number },
  sign: 1 | -1 = 1,
): void {
  const start = countsIn(months, startMonth);
  start[0] += sign;
  if (startMonthMax > startMonth)
    for (const [index, size] of UNITS.entries())
      if (Math.floor(startMonthMax / size) > Math.floor(startMonth / size)) start[index + 2]! += sign;
  countsIn(months, endMonth)[1] += sign;
}

function countsIn(months: Map<number, MonthlyCounts>, month: number): MonthlyCounts {
  const known = months.get(month);
  if (known) return known;
  const fresh: MonthlyCounts = [0, 0, 0, 0, 0, 0];
  months.set(month, fresh);
  return fresh;
}
