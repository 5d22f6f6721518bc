import { dayOf, daysInMonth, monthIndexOf } from '../../domain/time/day.ts';
import { UNDATED_MONTH } from '../../domain/time/levels.ts';
import type { Window } from '../../domain/time/window.ts';
import { offloadIf, type Reader, type Statement } from '../../storage/port.ts';
import { dialect } from '../../storage/dialect.ts';
import { ESTIMATED_TERMS_MAX, LIGHT_COUNTED_TERMS_MAX } from './costs.ts';
import type { Conjunct, KnownTerm, Plan } from './query.ts';

/** Months as indexes (year * 12 + month - 1), inclusive. */
type Months = { first: number; last: number };

/**
 * Estimates the matching rows by the monthly counts of the terms, and puts the conjunct with the fewest moments in the window first. Beyond
 * `scannedMax` rows, the estimate has the day until which that many are scanned.
 */
export async function estimateByMonth(
  reader: Reader,
  { conjuncts, window, undated }: Pick<Plan, 'conjuncts' | 'window' | 'undated'>,
  scannedMax: number,
): Promise<Pick<Plan, 'conjuncts' | 'estimate'>> {
  const months = undated === 'only' ? { first: UNDATED_MONTH, last: UNDATED_MONTH } : monthsOf(window, undated);
  const [counts] = await reader.read([momentsIn(conjuncts, months)]);
  const counted = conjuncts
    .map((conjunct, index) => ({ conjunct, rows: isCounted(conjunct) ? (counts[index]?.[0] ?? 0) : conjunct.count }))
    .toSorted((a, b) => a.rows - b.rows);
  const { conjunct, rows } = counted[0]!;
  const until = rows <= scannedMax || undated === 'only' ? undefined : await scannedUntil(reader, conjunct, months, scannedMax);
  return { conjuncts: counted.map((each) => each.conjunct), estimate: { rows, ...(until === undefined ? {} : { until }) } };
}

/** Counts the moments of a conjunct that started before the month of the window and did not end there; undefined if that takes too long. */
export async function openBefore(reader: Reader, conjunct: Conjunct, { from }: Window): Promise<number | undefined> {
  if (from === undefined || !isCounted(conjunct)) return undefined;
  const first = monthIndexOf(from);
  const [[row]] = await reader.read([momentsIn([conjunct], { first, last: first - 1 })]);
  return row![0] ?? 0;
}

function monthsOf({ from, to }: Window, undated: Plan['undated']): Months {
  const end = undated === 'with' ? UNDATED_MONTH : UNDATED_MONTH - 1;
  const last = to === undefined ? end : monthIndexOf(to);
  // What covers a window starts by its first day and ends from its last day on: `to` lies before `from`, and both in the month of `to`.
  return { first: from === undefined ? -UNDATED_MONTH : Math.min(monthIndexOf(from), last), last };
}

const isCounted = ({ terms }: Conjunct): boolean => terms.length <= ESTIMATED_TERMS_MAX;

const KEY = dialect.integer('k');

/** The number of moments of each conjunct that overlap the months. */
function momentsIn(conjuncts: readonly Conjunct[], { first, last }: Months): Statement<[moments: number | null]> {
  const counted = conjuncts.map((conjunct) => (isCounted(conjunct) ? conjunct.terms : []));
  return {
    sql: `SELECT (SELECT sum(t.started) - sum(CASE WHEN t.month < :first THEN t.ended ELSE 0 END) FROM ${dialect.integers('k', 'c.value')} CROSS JOIN monthly_counts t
      WHERE t.term = ${KEY} AND t.month <= :last) FROM ${dialect.elements('c', ':conjuncts')}`,
    params: [{ first, last, conjuncts: JSON.stringify(counted.map(keysOf)) }],
    ...offloadOf(counted.flat()),
  };
}

const offloadOf = (terms: readonly KnownTerm[]) => offloadIf(terms.length > LIGHT_COUNTED_TERMS_MAX);

const keysOf = (terms: readonly KnownTerm[]): number[] => terms.map(({ key }) => key);

/** The last day of the months, the first one at least, that hold at most `scannedMax` moments of the terms; undefined if all months do. */
async function scannedUntil(reader: Reader, { terms }: Conjunct, { first, last }: Months, scannedMax: number): Promise<number | undefined> {
  const part: Statement<[month: number | null, begin: number]> = {
    sql: `WITH months (month, started, ended) AS (
        SELECT t.month, sum(t.started), sum(t.ended) FROM ${dialect.integers('k', ':terms')} CROSS JOIN monthly_counts t WHERE t.term = ${KEY} AND t.month <= :last GROUP BY 1),
      reached (month, moments) AS (
        SELECT month, sum(started) OVER (ORDER BY month) - (SELECT coalesce(sum(ended), 0) FROM months WHERE month < :first) FROM months)
      SELECT max(CASE WHEN moments <= :scannedMax THEN month END), min(month) FROM reached`,
    params: [{ first, last, scannedMax, terms: JSON.stringify(keysOf(terms)) }],
    ...offloadOf(terms),
  };
  const [[row]] = await reader.read([part]);
  const month = Math.max(row![0] ?? row![1], first);
  if (month >= last) return undefined;
  const year = Math.floor(month / 12);
  const ofYear = month - year * 12 + 1;
  return dayOf(year, ofYear, daysInMonth(year, ofYear));
}
