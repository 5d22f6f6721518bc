import { CALENDAR_UNITS, firstMonthOf } from '../domain/time/day.ts';
import type { MomentColumns } from './entry.ts';

/** Counts of a term's moments in one month, which `monthly_counts` keeps in a column each. */
export type MonthlyCounts = [
  started: number,
  ended: number,
  crossesMonth: number,
  crossesYear: number,
  crossesDecade: number,
  crossesCentury: number,
  begun: number,
];

/** The columns of `monthly_counts` besides its key. */
export const MONTHLY_COLUMNS = ['started', 'ended', 'crosses_month', 'crosses_year', 'crosses_decade', 'crosses_century', 'begun'] as const;

/**
 * Adds a moment to the counts of the months in which it starts and ends, `year * 12 + month - 1`; with -1 takes it out. It `crosses` the units that may
 * not be those in which it began: it can have begun later, or its date is doubted. It has `begun` in the month in which it starts at the latest.
 */
export function addMonthlyCounts(
  months: Map<number, MonthlyCounts>,
  { startMonth, startMonthMax, endMonth, doubted }: Pick<MomentColumns, 'startMonth' | 'startMonthMax' | 'endMonth' | 'doubted'>,
  sign: 1 | -1 = 1,
): void {
  const start = countsIn(months, startMonth);
  start[0] += sign;
  if (startMonthMax > startMonth || doubted === 1)
    for (const [index, unit] of CALENDAR_UNITS.entries())
      if (doubted === 1 || firstMonthOf(startMonthMax, unit) > firstMonthOf(startMonth, unit)) start[index + 2]! += sign;
  countsIn(months, endMonth)[1] += sign;
  countsIn(months, startMonthMax)[6] += sign;
}

function countsIn(months: Map<number, MonthlyCounts>, month: number): MonthlyCounts {
  const known = months.get(month);
  if (known) return known;
  const fresh: MonthlyCounts = [0, 0, 0, 0, 0, 0, 0];
  months.set(month, fresh);
  return fresh;
}
