import { invalidParameter } from '../../domain/errors.ts';
import { dayOf, daysInMonth, EARLIEST_DAY, isoOfDay, monthIndexOf, UNBOUNDED_START } from '../../domain/time/day.ts';
import { yearName } from '../../domain/time/edtf-label.ts';
import { BEFORE_ALL_DAYS, NO_END_LEVEL, UNDATED_MONTH } from '../../domain/time/levels.ts';
import { limitsOf } from '../../domain/time/window.ts';
import { LEVEL_OF, MOMENT_MASK, MONTH_OF } from '../../index/position-sql.ts';
import type { EchoedQuery, Total, Warning } from '../../model/page.ts';
import { offloadIf, type Reader, type Statement } from '../../storage/port.ts';
import { allPositions } from '../access-paths/access-path.ts';
import type { EntryFilters } from '../filters/parameters.ts';
import { parseQuery } from '../filters/parse.ts';
import { countedTerm, isScanHeavy, planOf, routed } from '../plan/plan.ts';
import type { Fragment, Plan } from '../plan/query.ts';
import { totalOf } from './count.ts';
import { type Edge, edgesOf, gapsOf, lastWholeMonth } from './monthly-counts.ts';

/** Width of a bucket in months. */
export const BUCKET_MONTHS = { month: 1, year: 12, decade: 120, century: 1200 } as const;
export type BucketUnit = keyof typeof BUCKET_MONTHS;

/** The moments whose earliest day is in a span of days; `uncertain` ones may have started after it. */
export type Bucket = { start: string; end: string; label: string; count: number; uncertain: number };

/** Buckets with moments, in order. `withoutStart` counts moments without a known start, where the window has no start either. */
type Histogram = { buckets: Bucket[]; withoutStart: number };

const BUCKETS_MAX = 5000;

type BucketRow = [month: number, count: number, uncertain: number];

/**
 * The histogram of the timeline, the total, and the number of further moments without a date. Each moment counts once, at its earliest day, or in
 * the first bucket of the window when that lies before it. Throws `invalid-request` for more than 5,000 buckets.
 */
export async function timelineHistogram(
  reader: Reader,
  parameters: EntryFilters,
  by: BucketUnit,
): Promise<
  Histogram & Total & ({ undated: number } | { undatedAtLeast: number }) & { warnings?: readonly Warning[] | undefined; query: EchoedQuery }
> {
  const { query, echo } = await parseQuery(reader, parameters, 'moment');
  const plan = await planOf(reader, query);
  const histogram = histogramOf(await rowsOf(reader, plan, by), by);
  const dated = histogram.buckets.reduce((sum, { count }) => sum + count, histogram.withoutStart);
  const undated: Total = parameters.undated === 'false' ? { total: 0 } : await totalOf(reader, undatedOnly(plan));
  // A window leaves out what has no date.
  const found = plan.undated === 'without' ? { total: 0 } : undated;
  return {
    ...histogram,
    ...('total' in undated ? { undated: undated.total } : { undatedAtLeast: undated.totalAtLeast }),
    ...('total' in found ? { total: dated + found.total } : { totalAtLeast: dated + found.totalAtLeast }),
    warnings: plan.warnings,
    query: echo,
  };
}

/** The plan for moments without a date instead of those in the window. */
function undatedOnly(plan: Plan): Plan {
  const residual = plan.residual.filter(({ ofWindow }) => !ofWindow);
  const rows = Math.min(...plan.conjuncts.map(({ count }) => count));
  return routed({ ...plan, residual, window: {}, undated: 'only', estimate: { rows } });
}

/** Moments by the first month of their bucket, in order. */
async function rowsOf(reader: Reader, plan: Plan, by: BucketUnit): Promise<BucketRow[]> {
  if (plan.undated === 'only' || plan.path === 'nothing') return [];
  const term = countedTerm(plan);
  return term === undefined ? rowsOfPositions(reader, plan, by) : rowsOfMonths(reader, plan, term, by);
}

function histogramOf(rows: readonly BucketRow[], by: BucketUnit): Histogram {
  if (rows.length > BUCKETS_MAX) {
    throw invalidParameter('by', `by=${by} would give more than ${BUCKETS_MAX} buckets: ask for wider ones, or a shorter window`);
  }
  const firstKnown = monthIndexOf(UNBOUNDED_START) + BUCKET_MONTHS.century;
  const withoutStart = rows.filter(([month]) => month < firstKnown).reduce((sum, [, count]) => sum + count, 0);
  return { buckets: rows.filter(([month]) => month >= firstKnown).map((row) => bucketOf(row, by)), withoutStart };
}

/**
 * The first month of the bucket in which a month counts, in SQL; +1200000 months makes division round down before the year 0. Numbers
 * are bound as REAL, which would not divide as integers do: hence the cast.
 */
const bucketMonth = (month: string, by: BucketUnit): string => {
  const width = BUCKET_MONTHS[by];
  return `(max(${month}, CAST(:first AS INTEGER)) + 1200000) / ${width} * ${width} - 1200000`;
};

/** Whole months by the monthly counts, the months that the window cuts by postings. */
async function rowsOfMonths(reader: Reader, plan: Plan, term: number, by: BucketUnit): Promise<BucketRow[]> {
  const { from } = plan.window;
  const first = from === undefined ? -UNDATED_MONTH : monthIndexOf(from);
  const ofType = plan.type === undefined ? '' : ' AND type = :type';
  const months: Statement<BucketRow> = {
    sql: `SELECT ${bucketMonth('month', by)}, sum(CASE WHEN month < :first THEN started - ended ELSE started END), sum(CASE WHEN month < :first THEN 0 ELSE crosses_${by} END)
      FROM monthly_counts WHERE term = :term AND month <= :last${ofType} GROUP BY 1 HAVING sum(CASE WHEN month < :first THEN started - ended ELSE started END) > 0 ORDER BY 1 LIMIT ${BUCKETS_MAX + 1}`,
    params: [{ term, first, last: lastWholeMonth(plan), ...(plan.type === undefined ? {} : { type: plan.type }) }],
  };
  const [rows, ...edges] = await reader.read([months, ...edgeRows(plan, term, by)]);
  const counts = new Map(rows.map((row) => [row[0], row]));
  for (const [month, count, uncertain] of edges.flat()) {
    const [, others, othersUncertain] = counts.get(month) ?? [month, 0, 0];
    counts.set(month, [month, others + count, othersUncertain + uncertain]);
  }
  return [...counts.values()].filter(([, count]) => count > 0).toSorted(([a], [b]) => a - b);
}

/** Corrections of the buckets at the edges of the window: moments that ended before it were counted in its first one. */
function edgeRows(plan: Plan, term: number, by: BucketUnit): Statement<BucketRow>[] {
  const { from = 0, to = 0 } = plan.window;
  const { started, ended } = edgesOf(plan, term);
  const bucket = (day: number) => Math.floor(monthIndexOf(day) / BUCKET_MONTHS[by]) * BUCKET_MONTHS[by];
  const rows: Statement<BucketRow>[] = [];
  if (started) {
    const sql = `SELECT :bucket, (${started.sql}), (${spilledInEdge(started, by)})`;
    rows.push({ sql, params: [{ ...started.params[0], bucket: bucket(to) }] });
  }
  for (const { sql, params } of [...(ended ? [ended] : []), ...gapsOf(plan, term)])
    rows.push({ sql: `SELECT :bucket, (${sql}), 0`, params: [{ ...params[0], bucket: bucket(from) }] });
  return rows;
}

/** Uncertain moments of those that start in the month in which the window ends: none lies on one day. */
function spilledInEdge({ ofType }: Edge, by: BucketUnit): string {
  const width = BUCKET_MONTHS[by];
  return `SELECT coalesce(sum((m.start_month_max + 1200000) / ${width} > (m.start_month + 1200000) / ${width}), 0)
    FROM postings p CROSS JOIN moments m ON m.id = p.position & ${MOMENT_MASK}
    WHERE p.term = :term AND p.level BETWEEN 1 AND ${NO_END_LEVEL} AND p.position BETWEEN :low AND :high${ofType}`;
}

/** Counts all matching positions. The position of a moment on one day has its month; of the others the row is read. */
async function rowsOfPositions(reader: Reader, plan: Plan, by: BucketUnit): Promise<BucketRow[]> {
  const [{ sql, params }] = allPositions({ ...plan, undated: 'without' }).dated as [Fragment]; // @NOTE all positions are one fragment
  const { fromMin } = limitsOf(plan.window);
  const first = fromMin === BEFORE_ALL_DAYS ? -UNDATED_MONTH : monthIndexOf(fromMin);
  const width = BUCKET_MONTHS[by];
  const counted: Statement<BucketRow> = {
    sql: `SELECT ${bucketMonth(`coalesce(m.start_month, ${MONTH_OF('d.position')})`, by)}, count(*), coalesce(
        sum(m.start_month >= :first AND (m.start_month_max + 1200000) / ${width} > (m.start_month + 1200000) / ${width}), 0)
      FROM (${sql}) d LEFT JOIN moments m ON m.id = CASE WHEN ${LEVEL_OF('d.position')} = 0 THEN NULL ELSE d.position & ${MOMENT_MASK} END
      GROUP BY 1 ORDER BY 1 LIMIT ${BUCKETS_MAX + 1}`,
    params: [{ ...params, first }],
    ...offloadIf(isScanHeavy(plan)),
  };
  const [rows] = await reader.read([counted]);
  return rows;
}

/** The first decade and the first century begin before the first day that a date can name: their buckets begin with it. */
function bucketOf([month, count, uncertain]: BucketRow, by: BucketUnit): Bucket {
  const first = Math.max(month, monthIndexOf(EARLIEST_DAY));
  const last = month + BUCKET_MONTHS[by] - 1;
  const [firstYear, lastYear] = [Math.floor(first / 12), Math.floor(last / 12)];
  const lastMonth = last - lastYear * 12 + 1;
  const start = isoOfDay(dayOf(firstYear, first - firstYear * 12 + 1, 1));
  const end = isoOfDay(dayOf(lastYear, lastMonth, daysInMonth(lastYear, lastMonth)));
  const years = firstYear === lastYear ? yearName(firstYear) : `${yearName(firstYear)} to ${yearName(lastYear)}`;
  return { start, end, label: by === 'month' ? start.slice(0, -3) : years, count, uncertain };
}
