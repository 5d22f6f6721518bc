import { ENTRY_TYPES, fieldOf } from '../../domain/record-type.ts';
import { EARLIEST_DAY, monthIndexOf, type BucketUnit, type CalendarUnit } from '../../domain/time/day.ts';
import {
  AFTER_ALL_DAYS,
  BEFORE_ALL_DAYS,
  GAPS_LEVEL,
  lastPositionOf,
  NO_END_LEVEL,
  positionOf,
  UNDATED_LEVEL,
} from '../../domain/time/levels.ts';
import { limitsOf } from '../../domain/time/window.ts';
import { DOUBTED } from '../../index/entry.ts';
import {
  DAY_OF,
  FIRST_MONTH_OF,
  IS_OF_ONE_DAY,
  LEVEL_OF,
  MOMENT_MASK,
  MOMENTS_BY_LATEST_START,
  MOMENTS_IN_BRIEF,
  MONTH_OF,
  MONTH_OF_DAY,
} from '../../index/position-sql.ts';
import { offloadIf, type Reader, type Statement } from '../../storage/port.ts';
import { dialect } from '../../storage/dialect.ts';
import { allPositions } from '../access-paths/access-path.ts';
import { isScanHeavy } from '../plan/plan.ts';
import type { Fragment, Plan } from '../plan/query.ts';
import { BUCKETS_MAX, keyOf, lastDayOf } from './buckets.ts';
import { edgesOf, firstOfMonth, isLastOfMonth, lastWholeMonth, ofType, typed } from './monthly-counts.ts';

/**
 * The number of moments that begin in each bucket, by its key, at their earliest day in the window. `outside` have no known start, where the window has
 * none; else they had begun before it. A moment is uncertain unless it certainly begins in its bucket.
 */
export type Beginnings = { buckets: Map<number, { count: number; uncertain: number }>; outside: number };

function noBeginnings() {
  const buckets: Beginnings['buckets'] = new Map();
  const add = (key: number, count: number, uncertain: number): void => {
    const known = buckets.get(key);
    buckets.set(key, known ? { count: known.count + count, uncertain: known.uncertain + uncertain } : { count, uncertain });
  };
  return { buckets, add };
}

/** The first day in the window on which the moment of a row, one of dates with gaps, can have begun. */
const firstInWindow = (row: string): string =>
  `(SELECT min(${dialect.greater(dialect.column('e', 0, 'integer'), ':windowFrom')}) FROM ${dialect.elements('e', `${row}.members`)}
    WHERE ${dialect.column('e', 0, 'integer')} <= :windowTo AND ${dialect.column('e', 1, 'integer')} >= :windowFrom)`;

const ANY_TYPE = `IN (${ENTRY_TYPES.map((type) => `'${type}'`).join(', ')})`;

/** Beginnings of the moments of a term by monthly counts, with the postings of the months that the window cuts. */
export async function beginningsByMonth(reader: Reader, plan: Plan, term: number, by: CalendarUnit): Promise<Beginnings> {
  const { from, to } = plan.window;
  const params = { term, first: monthIndexOf(from ?? EARLIEST_DAY), last: lastWholeMonth(plan), ...typed(plan) };
  // The types are listed so that the range of months is looked up in each.
  const ofTerm = `FROM monthly_counts WHERE term = :term AND type ${plan.type === undefined ? ANY_TYPE : '= :type'}`;
  const months: Statement<[bucket: number, started: number, uncertain: number]> = {
    sql: `SELECT ${FIRST_MONTH_OF('month', by)}, sum(started), sum(crosses_${by}) ${ofTerm} AND month BETWEEN :first AND :last
      GROUP BY 1 HAVING sum(started) > 0 LIMIT ${BUCKETS_MAX + 1}`,
    params: [params],
  };
  const earlier: Statement<[started: number | null, ended: number | null, begun: number | null]> = {
    sql: `SELECT sum(started), sum(ended), sum(begun) ${ofTerm} AND month < ${dialect.smaller(':first', ':last + 1')}`,
    params: [params],
  };
  const isCut = from !== undefined && from !== firstOfMonth(from);
  const [rows, [before], startCut, endCut, ended, begunInCut, gaps] = await reader.read([
    months,
    earlier,
    isCut ? startedBetween(plan, term, by, firstOfMonth(from), from - 1) : NO_ROWS,
    to === undefined || isLastOfMonth(to) ? NO_ROWS : startedBetween(plan, term, by, firstOfMonth(to), to),
    edgesOf(plan, term).ended ?? NO_ROWS,
    isCut ? begunBetween(plan, term, firstOfMonth(from), from - 1) : NO_ROWS,
    from === undefined ? NO_ROWS : gapsBefore(plan, term, from),
  ]);
  const { buckets, add } = noBeginnings();
  for (const [key, count, uncertain] of rows) add(key, count, uncertain);
  for (const [count, uncertain] of endCut) add(keyOf(to!, by), count!, uncertain!);
  const [startedBefore, endedBefore, begunBefore] = before!.map((sum) => sum ?? 0) as [number, number, number]; // @NOTE three sums
  if (from === undefined) return { buckets, outside: startedBefore };

  const [count = 0, uncertain = 0, begunLater = 0] = startCut[0] ?? [];
  // Those that may have begun before the window or in it.
  const cut = startedBefore - begunBefore - (begunInCut[0]?.[0] ?? 0) + begunLater!;
  const withGaps = gaps.reduce((sum, [, number]) => sum + number!, 0);
  add(keyOf(from, by), cut - withGaps - count!, cut - withGaps - uncertain!);
  for (const [day, number] of gaps) if (day !== null) add(keyOf(day!, by), number!, number!);
  return { buckets, outside: startedBefore + count! - endedBefore + (ended[0]?.[0] ?? 0) - cut };
}

const NO_ROWS: Statement<(number | null)[]> = { sql: 'SELECT 0 WHERE false', params: [] };

const WITH_START = JSON.stringify(Array.from({ length: NO_END_LEVEL + 1 }, (_, level) => level));

/** Moments that start in a part of a month: their number, that of the uncertain ones, and of those that may have begun after it. */
function startedBetween(plan: Plan, term: number, by: CalendarUnit, first: number, last: number): Statement<(number | null)[]> {
  const { sql, params } = ofType(plan, term);
  return {
    sql: `SELECT count(*), count(*) FILTER (WHERE m.doubted = 1 OR m.start_max > :bucketEnd), count(*) FILTER (WHERE m.start_max > :last)
      FROM ${dialect.elements('l', ':levels')} CROSS JOIN postings p CROSS JOIN ${MOMENTS_IN_BRIEF('m')}
      WHERE p.term = :term AND p.level = ${dialect.value('l', 'integer')} AND p.position BETWEEN :low AND :high AND m.id = (p.position & ${MOMENT_MASK})${sql}`,
    params: [
      {
        ...params,
        term,
        levels: WITH_START,
        low: positionOf(first),
        high: lastPositionOf(last),
        last,
        bucketEnd: lastDayOf(keyOf(first, by), by),
      },
    ],
  };
}

/** The number of moments that may have started before a part of a month, and had begun, at the latest, in it. */
function begunBetween(plan: Plan, term: number, first: number, last: number): Statement<(number | null)[]> {
  const { sql, params } = ofType(plan, term);
  return {
    sql: `SELECT count(*) FROM ${MOMENTS_BY_LATEST_START('v')} CROSS JOIN postings p
      WHERE v.start_max > v.start_min AND v.start_max BETWEEN :first AND :last AND v.start_min < :first
        AND p.term = :term AND p.level = v.level AND p.position = v.position${sql}`,
    params: [{ ...params, term, first, last }],
  };
}

/** Moments with gaps in their dates that started before the window, by the first day in it on which they can have begun; null where they cannot. */
function gapsBefore(plan: Plan, term: number, from: number): Statement<(number | null)[]> {
  const { sql, params } = ofType(plan, term);
  return {
    sql: `SELECT ${firstInWindow('g')}, count(*) FROM postings p CROSS JOIN moments g ON g.id = (p.position & ${MOMENT_MASK})
      WHERE p.term = :term AND p.level = ${GAPS_LEVEL} AND p.position < :inside AND p.end_day >= :windowFrom${sql} GROUP BY 1`,
    params: [{ ...params, term, inside: positionOf(from), windowFrom: from, windowTo: plan.window.to ?? AFTER_ALL_DAYS }],
  };
}

/** The bucket in which the moment at `d.position` begins, where that is in the window; `m` is its row, unless it lies on one day. */
const bucketWithin = (by: CalendarUnit): string =>
  FIRST_MONTH_OF(`coalesce(m.start_month, ${MONTH_OF('d.position')})`, by, 'd.position < :yearOne');

/** The key of what had begun before the window, below that of every bucket. */
export const BEFORE_WINDOW = -1_000_000;

/**
 * SQL of the key of the bucket in which the moment at `d.position` begins, at the earliest in the window: `BEFORE_WINDOW` for one that had begun before, and
 * NULL for one without a known start. `m` is its row, unless it lies on one day.
 */
export function bucketOfStart(plan: Plan, by: CalendarUnit): Fragment {
  const { fromMin, toMax } = limitsOf(plan.window);
  const hasStart = fromMin !== BEFORE_ALL_DAYS;
  const outside = hasStart ? String(BEFORE_WINDOW) : 'NULL';
  const level = LEVEL_OF('d.position');
  const withGaps = `CAST(${firstInWindow('m')} AS INTEGER)`;
  return {
    sql: `CASE WHEN ${level} = ${UNDATED_LEVEL} THEN NULL WHEN d.position >= :inside THEN ${bucketWithin(by)}
      WHEN ${level} = ${GAPS_LEVEL} THEN CASE WHEN ${withGaps} >= ${EARLIEST_DAY} THEN ${FIRST_MONTH_OF(MONTH_OF_DAY(withGaps), by)} ELSE ${outside} END
      ${hasStart ? 'WHEN m.start_max >= :windowFrom THEN :firstBucket ' : ''}ELSE ${outside} END`,
    params: {
      inside: positionOf(hasStart ? fromMin : EARLIEST_DAY),
      windowFrom: fromMin,
      windowTo: toMax,
      ...(hasStart && { firstBucket: keyOf(fromMin, by) }),
      ...((by === 'decade' || by === 'century') && { yearOne: positionOf(YEAR_ONE_DAY) }),
    },
  };
}

/** Added to days that stand among months. */
const DAYS_APART = 20_000_000;

/** Beginnings of all matching moments. The position of a moment on one day has its month; of the others the row is read. */
export async function beginningsByScan(reader: Reader, plan: Plan, by: BucketUnit): Promise<Beginnings> {
  const [{ sql, params }] = allPositions({ ...plan, undated: 'without' }).dated as [Fragment]; // @NOTE all positions are one fragment
  const { fromMin, toMax } = limitsOf(plan.window);
  const hasStart = fromMin !== BEFORE_ALL_DAYS;
  const [field, value] = DOUBTED;
  const bucket = by === 'day' ? DAY_OF('d.position') : bucketWithin(by);
  const crosses =
    by === 'day' ? 'm.start_max > m.start_min' : `${FIRST_MONTH_OF('m.start_month_max', by)} > ${FIRST_MONTH_OF('m.start_month', by)}`;
  const counted: Statement<[key: number | null, count: number, uncertain: number]> = {
    sql: `SELECT CASE WHEN d.position >= :inside THEN ${bucket} WHEN ${LEVEL_OF('d.position')} = ${GAPS_LEVEL} THEN ${firstInWindow('m')} + ${DAYS_APART}
          WHEN m.start_max >= :begunLater THEN :firstBucket END,
        count(*), count(*) FILTER (WHERE CASE WHEN ${IS_OF_ONE_DAY('d.position')} THEN d.position IN (SELECT u.position FROM postings u WHERE u.level = 0
          AND u.term = (SELECT id FROM terms WHERE field = :doubtedField AND value = :doubtedValue))
          ELSE d.position < :inside OR m.doubted = 1 OR ${crosses} END)
      FROM (${sql}) d LEFT JOIN moments m ON m.id = CASE WHEN ${IS_OF_ONE_DAY('d.position')} THEN NULL ELSE (d.position & ${MOMENT_MASK}) END
      GROUP BY 1 LIMIT ${BUCKETS_MAX + 2}`,
    params: [
      {
        ...params,
        inside: positionOf(hasStart ? fromMin : EARLIEST_DAY),
        begunLater: hasStart ? fromMin : AFTER_ALL_DAYS,
        firstBucket: hasStart ? keyOf(fromMin, by) : 0,
        windowFrom: fromMin,
        windowTo: toMax,
        doubtedField: fieldOf(plan.type, field),
        doubtedValue: value,
        ...(by === 'decade' || by === 'century' ? { yearOne: positionOf(YEAR_ONE_DAY) } : {}),
      },
    ],
    ...offloadIf(isScanHeavy(plan)),
  };
  const [rows] = await reader.read([counted]);
  return beginningsOf(rows, by);
}

const YEAR_ONE_DAY = -719_162; // 0001-01-01

function beginningsOf(rows: readonly [key: number | null, count: number, uncertain: number][], by: BucketUnit): Beginnings {
  const { buckets, add } = noBeginnings();
  let outside = 0;
  for (const [key, count, uncertain] of rows) {
    const isDay = key !== null && key > DAYS_APART / 2;
    if (key === null || (isDay && key - DAYS_APART < EARLIEST_DAY)) outside += count;
    else add(isDay ? keyOf(key - DAYS_APART, by) : key, count, uncertain);
  }
  return { buckets, outside };
}
