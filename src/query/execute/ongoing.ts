import { invalidParameter } from '../../domain/errors.ts';
import { EARLIEST_DAY, LATEST_DAY, monthIndexOf, type BucketUnit, type CalendarUnit, firstMonthOf } from '../../domain/time/day.ts';
import { AFTER_ALL_DAYS, BEFORE_ALL_DAYS, GAPS_LEVEL, lastPositionOf } from '../../domain/time/levels.ts';
import { limitsOf, type Limits } from '../../domain/time/window.ts';
import { FIRST_MONTH_OF, LEVEL_OF, MOMENT_MASK, MONTH_OF_DAY } from '../../index/position-sql.ts';
import type { Total } from '../../model/page.ts';
import { offloadIf, type Reader, type Statement } from '../../storage/port.ts';
import { allPositions } from '../access-paths/access-path.ts';
import { SCANNED_MAX } from '../plan/costs.ts';
import { countedTerm, isScanHeavy } from '../plan/plan.ts';
import type { Fragment, Plan } from '../plan/query.ts';
import { keyAfter, keyOf, refuseTooMany, type Tally } from './buckets.ts';
import { totalOf } from './count.ts';
import { edgesOf, lastWholeMonth, ofType, typed, typeSql } from './monthly-counts.ts';

/** The number of moments that may have been going on in each bucket, by its key, and that of all of them. */
export type Ongoing = { buckets: Map<number, Tally>; total: Total };

/**
 * Counts moments in each bucket that they overlap. Up to `SCANNED_MAX` moments are read, which also says which of them only possibly overlap it; more of
 * one term are counted by month. Throws `invalid-request` where neither can be done.
 */
export async function ongoingOf(reader: Reader, plan: Plan, by: BucketUnit): Promise<Ongoing> {
  const term = countedTerm(plan);
  const total: Total = term === undefined ? { total: 0 } : await totalOf(reader, { ...plan, undated: 'without' });
  const { rows, until } = plan.estimate;
  const isFew = term === undefined ? rows <= SCANNED_MAX && until === undefined : 'total' in total && total.total <= SCANNED_MAX;
  if (isFew) return ongoingByScan(reader, plan, by);
  if (term !== undefined && by !== 'day') return { buckets: await ongoingByMonth(reader, plan, term, by), total };
  const asked = by === 'day' ? 'by=day' : 'several filters';
  throw invalidParameter(
    'count',
    `count=ongoing with ${asked} reads at most ${SCANNED_MAX} moments: ask for a shorter window, or add a filter`,
  );
}

/** Numbers by bucket, made of spans of buckets: a span adds to the bucket in which it begins and takes away after the one in which it ends. */
function bucketSpans({ first, last }: { first: number; last: number }, by: BucketUnit) {
  const changes = new Map<number, Required<Tally>>();
  const change = (key: number, count: number, certain: number): void => {
    const known = changes.get(key) ?? { count: 0, uncertain: 0 };
    changes.set(key, { count: known.count + count, uncertain: known.uncertain + count - certain });
  };
  return {
    add(from: number, to: number, count: number, certain = 0): void {
      if (Math.max(from, first) > Math.min(to, last)) return;
      change(Math.max(from, first), count, certain);
      change(keyAfter(Math.min(to, last), by), -count, -certain);
    },
    tallies(): Map<number, Required<Tally>> {
      const found = new Map<number, Required<Tally>>();
      const keys = [...changes.keys()].toSorted((one, other) => one - other);
      let [count, uncertain] = [0, 0];
      for (const [index, changed] of keys.entries()) {
        count += changes.get(changed)!.count;
        uncertain += changes.get(changed)!.uncertain;
        if (count === 0) continue;
        let key = changed;
        while (key < keys[index + 1]!) {
          found.set(key, { count, uncertain });
          refuseTooMany(found.size, by);
          key = keyAfter(key, by);
        }
      }
      return found;
    },
  };
}

/** The buckets of a window: without its start, or its end, from the first, or to the last, of the known beginnings and ends. */
function rangeOf({ fromMin, toMax }: Limits, known: readonly number[], by: BucketUnit): { first: number; last: number } | undefined {
  const [from, to] = [keyOf(fromMin, by), keyOf(toMax, by)];
  const least = known.reduce((one, other) => Math.min(one, other), Infinity);
  const most = known.reduce((one, other) => Math.max(one, other), -Infinity);
  const first = fromMin > BEFORE_ALL_DAYS ? from : toMax < AFTER_ALL_DAYS ? Math.min(least, to) : least;
  const last = toMax < AFTER_ALL_DAYS ? to : Math.max(most, first);
  return first <= last && Number.isFinite(first) ? { first, last } : undefined;
}

const isKnown = (key: number, by: BucketUnit): boolean => key >= keyOf(EARLIEST_DAY, by) && key <= keyOf(LATEST_DAY, by);

type Spans = ReturnType<typeof bucketSpans>;

/** Adds a date with gaps to the buckets that hold one of its days in the window. */
function addMembers(spans: Spans, members: string, { fromMin, toMax }: Limits, by: BucketUnit, count: number): void {
  let next = -Infinity;
  // @NOTE the index writes members so
  for (const [first, last] of JSON.parse(members) as [number, number][]) {
    const from = Math.max(keyOf(Math.max(first, fromMin), by), next);
    const to = keyOf(Math.min(last, toMax), by);
    if (first > toMax || last < fromMin || from > to) continue;
    spans.add(from, to, count);
    next = keyAfter(to, by);
  }
}

type ScanRow = [
  startMin: number,
  startMax: number,
  endMin: number,
  endMax: number,
  isUncertain: number,
  members: string | null,
  count: number,
];

/** Reads all matching moments. */
export async function ongoingByScan(reader: Reader, plan: Plan, by: BucketUnit): Promise<Ongoing> {
  const limits = limitsOf(plan.window);
  const rows = await readSpans(reader, plan, by);
  const total = { total: rows.reduce((sum, row) => sum + row[6], 0) };
  const known = rows.flatMap(([startMin, , , endMax]) => [startMin, endMax]).filter((key) => isKnown(key, by));
  const range = rangeOf(limits, known, by);
  if (!range) return { buckets: new Map(), total };
  const spans = bucketSpans(range, by);
  for (const [startMin, startMax, endMin, endMax, isUncertain, members, count] of rows) {
    if (members === null) spans.add(startMin, endMax, count);
    else addMembers(spans, members, limits, by, count);
    if (isUncertain === 0) spans.add(startMax, endMin, 0, count);
  }
  return { buckets: spans.tallies(), total };
}

/** The buckets of the bounds of all matching moments, the same ones together. */
async function readSpans(reader: Reader, plan: Plan, by: BucketUnit): Promise<ScanRow[]> {
  const [found] = allPositions({ ...plan, undated: 'without' }).dated as [Fragment]; // @NOTE all positions are one fragment
  const ofMonth = (month: string) => FIRST_MONTH_OF(month, by as CalendarUnit); // @NOTE where it is not `day`
  const keys =
    by === 'day'
      ? ['m.start_min', 'm.start_max', 'm.end_min', 'm.end_max']
      : ['m.start_month', 'm.start_month_max', MONTH_OF_DAY('m.end_min'), 'm.end_month'].map(ofMonth);
  const statement: Statement<ScanRow> = {
    sql: `SELECT ${keys.join(', ')}, m.doubted = 1 OR m.end_min < :windowFrom, CASE WHEN ${LEVEL_OF('d.position')} = ${GAPS_LEVEL} THEN m.members END, count(*)
      FROM (${found.sql}) d CROSS JOIN moments m ON m.id = (d.position & ${MOMENT_MASK}) GROUP BY 1, 2, 3, 4, 5, 6`,
    params: [{ ...found.params, windowFrom: limitsOf(plan.window).fromMin }],
    ...offloadIf(isScanHeavy(plan)),
  };
  const [rows] = await reader.read([statement]);
  return rows;
}

type MonthRow = [key: number | null, started: number, ended: number];

/** Counts the moments of a term: those started by the end of a bucket, less those ended before it and the dates with gaps that have no day in it. */
export async function ongoingByMonth(reader: Reader, plan: Plan, term: number, by: CalendarUnit): Promise<Map<number, Tally>> {
  const limits = limitsOf(plan.window);
  const { from, to } = plan.window;
  const { sql, params } = ofType(plan, term);
  const months: Statement<MonthRow> = {
    sql: `SELECT CASE WHEN month >= :first THEN ${FIRST_MONTH_OF('month', by)} END, sum(started), sum(ended)
      FROM monthly_counts WHERE term = :term AND month <= :last${typeSql(plan)} GROUP BY 1 ORDER BY 1`,
    params: [{ term, first: monthIndexOf(from ?? EARLIEST_DAY), last: lastWholeMonth(plan), ...typed(plan) }],
  };
  const gaps: Statement<[startMonth: number, endMonth: number, members: string]> = {
    sql: `SELECT g.start_month, g.end_month, g.members FROM postings p CROSS JOIN moments g ON g.id = (p.position & ${MOMENT_MASK})
      WHERE p.term = :term AND p.level = ${GAPS_LEVEL} AND p.position <= :until AND p.end_day >= :from${sql}`,
    params: [{ ...params, term, from: limits.fromMin, until: lastPositionOf(limits.toMax) }],
  };
  const { started, ended } = edgesOf(plan, term);
  const nothing: Statement<[number]> = { sql: 'SELECT 0', params: [] };
  const [rows, withGaps, [startedInCut], [endedInCut]] = await reader.read([
    months,
    gaps,
    (started ?? nothing) as Statement<[number]>, // @NOTE a statement of one number
    (ended ?? nothing) as Statement<[number]>, // @NOTE a statement of one number
  ]);
  const known = rows.flatMap(([key]) => (key !== null && isKnown(key, by) ? [key] : []));
  const range = rangeOf(limits, known, by);
  if (!range) return new Map();
  const { first, last } = range;
  const spans = bucketSpans(range, by);
  for (const [key, begins, ends] of rows) {
    spans.add(key ?? first, last, begins);
    if (key === null) spans.add(first, last, -ends);
    else if (key < last) spans.add(keyAfter(key, by), last, -ends);
  }
  if (to !== undefined) spans.add(last, last, startedInCut![0]);
  spans.add(first, first, endedInCut![0]);
  for (const [startMonth, endMonth, members] of withGaps) {
    spans.add(firstMonthOf(startMonth, by), firstMonthOf(endMonth, by), -1);
    addMembers(spans, members, limits, by, 1);
  }
  return new Map([...spans.tallies()].map(([key, { count }]) => [key, { count }]));
}
