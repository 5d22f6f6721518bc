import { dayOf, daysInMonth, EARLIEST_DAY, isoOfDay, monthIndexOf, UNBOUNDED_START } from '../../domain/time/day.ts';
import { yearName } from '../../domain/time/edtf-label.ts';
import { AnnalsError } from '../../domain/errors.ts';
import type { Reader, Statement } from '../../storage/port.ts';
import { ENDLESS_LEVEL, UNDATED_MONTH } from '../../domain/time/levels.ts';
import { LEVEL_OF, MOMENT_MASK, MONTH_OF } from '../../index/position-sql.ts';
import { talliedTerm } from './count.ts';
import type { Query } from '../plan/query.ts';
import type { Fragment } from '../access-paths/residual-filter.ts';
import { allPositions, isHeavyAsWhole } from '../access-paths/access-path.ts';
import { type Edge, edgesOf, lastWholeMonth } from './monthly-counts.ts';

/** How many months wide a bucket is. */
export const BUCKET_MONTHS = { month: 1, year: 12, decade: 120, century: 1200 } as const;
export type BucketUnit = keyof typeof BUCKET_MONTHS;

/** The moments that begin, at the earliest, in a span of days. `uncertain`: those that may have begun only after it. */
export type Bucket = { start: string; end: string; label: string; count: number; uncertain: number };

/** Buckets that hold something, in order; `beginless` counts moments without a known start when the window has none either. */
export type Histogram = { buckets: Bucket[]; beginless: number };

const BUCKETS_MAX = 5000;

type Row = [month: number, count: number, uncertain: number];

/**
 * Counts moments by when they begin: each once, at its earliest day, or in the first bucket of the window when that lies before it. Throws
 * `invalid-request` when there would be more than 5,000 buckets.
 */
export async function histogramOf(reader: Reader, query: Query, by: BucketUnit): Promise<Histogram> {
  if (query.undated === 'only' || query.conjuncts.some((terms) => terms.length === 0)) return { buckets: [], beginless: 0 };
  const term = talliedTerm(query);
  const rows = term === undefined ? await fromPositions(reader, query, by) : await fromTallies(reader, query, term, by);
  if (rows.length > BUCKETS_MAX) {
    const message = `by=${by} would give more than ${BUCKETS_MAX} buckets: ask for wider ones, or a shorter window`;
    throw new AnnalsError('invalid-request', message, [{ parameter: 'by', message }]);
  }
  const firstKnown = monthIndexOf(UNBOUNDED_START) + BUCKET_MONTHS.century;
  const beginless = rows.filter(([month]) => month < firstKnown).reduce((sum, [, count]) => sum + count, 0);
  return { buckets: rows.filter(([month]) => month >= firstKnown).map((row) => bucketOf(row, by)), beginless };
}

/**
 * The first month of the bucket in which a month counts, in SQL; +1200000 months makes division round down before the year 0. Numbers
 * are bound as REAL, which would not divide as integers do: hence the cast.
 */
const bucketMonth = (month: string, by: BucketUnit): string => {
  const width = BUCKET_MONTHS[by];
  return `(max(${month}, CAST(:first AS INTEGER)) + 1200000) / ${width} * ${width} - 1200000`;
};

/** Whole months come from the tallies; what begins or ends in those that the window cuts is counted by its postings. */
async function fromTallies(reader: Reader, query: Query, term: number, by: BucketUnit): Promise<Row[]> {
  const { from } = query.window;
  const first = from === undefined ? -UNDATED_MONTH : monthIndexOf(from);
  const ofType = query.type === undefined ? '' : ' AND type = :type';
  const begun: Statement<Row> = {
    sql: `SELECT ${bucketMonth('month', by)}, sum(CASE WHEN month < :first THEN started - ended ELSE started END), sum(CASE WHEN month < :first THEN 0 ELSE crosses_${by} END)
      FROM monthly_counts WHERE term = :term AND month <= :last${ofType} GROUP BY 1 HAVING sum(CASE WHEN month < :first THEN started - ended ELSE started END) > 0 ORDER BY 1 LIMIT ${BUCKETS_MAX + 1}`,
    params: [{ term, first, last: lastWholeMonth(query), ...(query.type === undefined ? {} : { type: query.type }) }],
  };
  const [rows, ...edges] = await reader.read([begun, ...edgeRows(query, term, by)]);
  const counts = new Map(rows.map((row) => [row[0], row]));
  for (const [month, count, uncertain] of edges.flat()) {
    const [, others, othersUncertain] = counts.get(month) ?? [month, 0, 0];
    counts.set(month, [month, others + count, othersUncertain + uncertain]);
  }
  return [...counts.values()].filter(([, count]) => count > 0).toSorted(([a], [b]) => a - b);
}

/** What the edges of the window add to the buckets they lie in, or take away: whatever ended before it was counted in its first one. */
function edgeRows(query: Query, term: number, by: BucketUnit): Statement<Row>[] {
  const { from = 0, to = 0 } = query.window;
  const { begun, ended } = edgesOf(query, term);
  const bucket = (day: number) => Math.floor(monthIndexOf(day) / BUCKET_MONTHS[by]) * BUCKET_MONTHS[by];
  const spilled = begun && spilledInEdge(begun, by);
  return [
    ...(begun && spilled
      ? [
          {
            sql: `SELECT :bucket, (${begun.sql}), (${spilled})`,
            params: [{ ...begun.params[0], bucket: bucket(to) }],
          } satisfies Statement<Row>,
        ]
      : []),
    ...(ended
      ? [{ sql: `SELECT :bucket, (${ended.sql}), 0`, params: [{ ...ended.params[0], bucket: bucket(from) }] } satisfies Statement<Row>]
      : []),
  ];
}

/** Of those that begin in the month in which the window ends, the ones that may have begun only after their bucket: none lies on one day. */
function spilledInEdge({ beside }: Edge, by: BucketUnit): string {
  const width = BUCKET_MONTHS[by];
  return `SELECT coalesce(sum((m.start_month_max + 1200000) / ${width} > (m.start_month + 1200000) / ${width}), 0)
    FROM postings p CROSS JOIN moments m ON m.id = p.position & ${MOMENT_MASK}
    WHERE p.term = :term AND p.level BETWEEN 1 AND ${ENDLESS_LEVEL} AND p.position BETWEEN :low AND :high${beside}`;
}

/** Counts all that answers. What lies on one day says its month by its position; the rest is looked up. */
async function fromPositions(reader: Reader, query: Query, by: BucketUnit): Promise<Row[]> {
  const [{ sql, params }] = allPositions({ ...query, undated: 'without' }).dated as [Fragment]; // @NOTE all positions are one fragment
  const first = query.window.from === undefined ? -UNDATED_MONTH : monthIndexOf(query.window.from);
  const width = BUCKET_MONTHS[by];
  const counted: Statement<Row> = {
    sql: `SELECT ${bucketMonth(`coalesce(m.start_month, ${MONTH_OF('d.position')})`, by)}, count(*), coalesce(
        sum(m.start_month >= :first AND (m.start_month_max + 1200000) / ${width} > (m.start_month + 1200000) / ${width}), 0)
      FROM (${sql}) d LEFT JOIN moments m ON m.id = CASE WHEN ${LEVEL_OF('d.position')} = 0 THEN NULL ELSE d.position & ${MOMENT_MASK} END
      GROUP BY 1 ORDER BY 1 LIMIT ${BUCKETS_MAX + 1}`,
    params: [{ ...params, first }],
    ...(isHeavyAsWhole(query) ? { offload: true } : {}),
  };
  const [rows] = await reader.read([counted]);
  return rows;
}

/** The first decade and the first century begin before the first day that a date can name: their buckets begin with it. */
function bucketOf([month, count, uncertain]: Row, by: BucketUnit): Bucket {
  const first = Math.max(month, monthIndexOf(EARLIEST_DAY));
  const last = month + BUCKET_MONTHS[by] - 1;
  const [firstYear, lastYear] = [Math.floor(first / 12), Math.floor(last / 12)];
  const lastMonth = last - lastYear * 12 + 1;
  const start = isoOfDay(dayOf(firstYear, first - firstYear * 12 + 1, 1));
  const end = isoOfDay(dayOf(lastYear, lastMonth, daysInMonth(lastYear, lastMonth)));
  const years = firstYear === lastYear ? yearName(firstYear) : `${yearName(firstYear)} to ${yearName(lastYear)}`;
  return { start, end, label: by === 'month' ? start.slice(0, -3) : years, count, uncertain };
}
