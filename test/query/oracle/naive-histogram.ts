import { expect } from 'vitest';
import { civilOf, dayOf, isoOfDay, LATEST_DAY, EARLIEST_DAY } from '../../../src/domain/time/day.ts';
import { beginningsByMonth, beginningsByScan } from '../../../src/query/execute/beginnings.ts';
import { timelineHistogram } from '../../../src/query/execute/histogram.ts';
import { ongoingByMonth, ongoingByScan } from '../../../src/query/execute/ongoing.ts';
import type { EntryFilters } from '../../../src/query/filters/parameters.ts';
import { parseQuery } from '../../../src/query/filters/parse.ts';
import { countedTerm, planOf } from '../../../src/query/plan/plan.ts';
import { type Answer, scan, windowOf } from './naive.ts';
import { datesOf as readDates } from './naive-dates.ts';
import type { World } from './world.ts';

const known = new WeakMap<object, ReturnType<typeof readDates>>();

/** The dates of which one is meant. Each is read once. */
function datesOf(date: Dated['date']): ReturnType<typeof readDates> {
  const dates = known.get(date) ?? readDates(date);
  known.set(date, dates);
  return dates;
}

export type Unit = 'century' | 'decade' | 'year' | 'month' | 'day';
const UNITS: readonly Unit[] = ['century', 'decade', 'year', 'month', 'day'];

type Bucket = { start: string; end: string; count: number; uncertain: number };
type Window = { from: number; to: number };
type Dated = Answer & { date: NonNullable<Answer['date']> & { edtf: string } };

const isDated = (answer: Answer): answer is Dated => answer.date?.edtf !== undefined;

/** Compares histograms of some units, of starts and of what is ongoing, with counting over the scan of all records. */
export async function expectAsCounted(world: World, asked: EntryFilters, units = UNITS): Promise<void> {
  const { sort: _sort, ...filters } = asked;
  const answers = scan(world.documents, filters);
  const dated = answers.filter(isDated);
  const { from = -Infinity, to = Infinity } = windowOf(filters);
  for (const unit of units) {
    const found = await timelineHistogram(world.annals.engine, filters, unit);
    const { buckets, outside } = startsOf(dated, { from, to }, unit);
    expectBuckets(found.buckets, buckets);
    expect([found.before, found.withoutStart]).toEqual(from === -Infinity ? [0, outside] : [outside, 0]);
    expect('total' in found && found.total).toBe(answers.length);
    await expectOngoing(world, filters, unit, dated, answers.length);
  }
  await expectPathsToAgree(world, filters);
}

/** Compares thousands of buckets as text first, which is fast. */
function expectBuckets(found: readonly (Partial<Bucket> & { label: string })[], buckets: readonly Bucket[]): void {
  const unlabelled = found.map(({ start, end, count, uncertain }) => ({ start, end, count, uncertain }));
  if (JSON.stringify(unlabelled) !== JSON.stringify(buckets)) expect(unlabelled).toEqual(buckets);
}

const isDoubted = ({ date }: Dated): boolean => /[?%]/.test(date.edtf);

/** Each moment in the bucket of the first day in the window on which it may have begun; `outside` are those that cannot have begun in it. */
function startsOf(dated: readonly Dated[], { from, to }: Window, unit: Unit): { buckets: Bucket[]; outside: number } {
  const buckets = new Map<number, Bucket>();
  let outside = 0;
  for (const moment of dated) {
    const dates = datesOf(moment.date);
    const day = beginningIn(moment, { from, to });
    if (day === undefined) {
      outside += 1;
      continue;
    }
    const [unitStart, end] = unitWith(day, unit);
    const start = Math.max(unitStart, from);
    const bucket = buckets.get(start) ?? { start: isoOfDay(start), end: isoOfDay(end), count: 0, uncertain: 0 };
    bucket.count += 1;
    if (isDoubted(moment) || !dates.every(({ startMin, startMax }) => startMin >= start && startMax <= end)) bucket.uncertain += 1;
    buckets.set(start, bucket);
  }
  return { buckets: [...buckets].toSorted(([a], [b]) => a - b).map(([, bucket]) => bucket), outside };
}

/** The first day in the window on which a moment may have begun, unless it cannot have begun in it. */
function beginningIn(moment: Dated, { from, to }: Window): number | undefined {
  const days = datesOf(moment.date)
    .filter(({ startMin, startMax }) => startMin <= to && startMax >= from)
    .map(({ startMin }) => Math.max(startMin, from))
    .filter((day) => day >= EARLIEST_DAY);
  return days.length === 0 || (from === -Infinity && moment.bounds!.startMin < EARLIEST_DAY) ? undefined : Math.min(...days);
}

/** The first day of the bucket in which a moment begins, cut to the window; undefined where that is not known. */
export function bucketStart(moment: Answer, window: { from?: number; to?: number }, unit: Unit): number | 'before' | undefined {
  if (!isDated(moment)) return undefined;
  const { from = -Infinity, to = Infinity } = window;
  const day = beginningIn(moment, { from, to });
  if (day !== undefined) return Math.max(unitWith(day, unit)[0], from);
  return from === -Infinity ? undefined : 'before';
}

async function expectOngoing(world: World, filters: EntryFilters, unit: Unit, dated: readonly Dated[], total: number): Promise<void> {
  const spans = bucketsAround(dated, windowOf(filters), unit);
  if (spans.length > 5000) return;
  const found = await timelineHistogram(world.annals.engine, filters, unit, 'ongoing');
  const { from = -Infinity, to = Infinity } = windowOf(filters);
  const counted = spans.map(([unitStart, end]): Bucket => {
    const start = Math.max(unitStart, from);
    const possible = dated.filter(({ date }) =>
      datesOf(date).some(({ startMin, endMax }) => startMin <= Math.min(end, to) && endMax >= start),
    );
    const certain = possible.filter(
      (moment) => !isDoubted(moment) && datesOf(moment.date).every(({ startMax, endMin }) => startMax <= end && endMin >= start),
    );
    return { start: isoOfDay(start), end: isoOfDay(end), count: possible.length, uncertain: possible.length - certain.length };
  });
  expectBuckets(
    found.buckets,
    counted.filter(({ count }) => count > 0),
  );
  expect('total' in found && found.total).toBe(total);
}

/** The first and last days of the buckets of a window; where it has no limit, from the first or to the last known bound of a moment. */
function bucketsAround(dated: readonly Dated[], window: { from?: number; to?: number }, unit: Unit): [number, number][] {
  const bounds = dated
    .flatMap((moment) => [moment.bounds!.startMin, moment.bounds!.endMax])
    .filter((day) => day >= EARLIEST_DAY && day <= LATEST_DAY);
  const least = Math.min(...bounds, window.to ?? Infinity);
  const first = window.from ?? least;
  const last = window.to ?? Math.max(...bounds, first);
  const spans: [number, number][] = [];
  for (let day = first; day <= last && Number.isFinite(day) && spans.length <= 5000; day = spans.at(-1)![1] + 1)
    spans.push(unitWith(day, unit));
  return spans;
}

/** The first and last day of the unit with a day. Before Christ, decades and centuries are counted from 1 BCE. */
function unitWith(day: number, unit: Unit): [first: number, last: number] {
  const { year, month } = civilOf(day);
  if (unit === 'day') return [day, day];
  if (unit === 'month') return [dayOf(year, month, 1), month === 12 ? dayOf(year + 1, 1, 1) - 1 : dayOf(year, month + 1, 1) - 1];
  const [first, last] = yearsWith(year, { year: 1, decade: 10, century: 100 }[unit]);
  return [dayOf(first, 1, 1), dayOf(last, 12, 31)];
}

function yearsWith(year: number, size: number): [number, number] {
  if (year > 0) return [Math.max(1, year - (year % size)), year - (year % size) + size - 1];
  const yearsBeforeChrist = Math.ceil((1 - year) / size) * size;
  return [1 - yearsBeforeChrist, size - yearsBeforeChrist];
}

/** Holds monthly counts against reading all moments, where they answer a question. */
async function expectPathsToAgree({ annals: { engine } }: World, filters: EntryFilters): Promise<void> {
  const { query } = await parseQuery(engine, filters, 'moment');
  const plan = await planOf(engine, query);
  const term = countedTerm(plan);
  if (term === undefined || plan.undated === 'only' || plan.path === 'nothing') return;
  for (const unit of ['century', 'decade', 'year', 'month'] as const) {
    const [months, read] = [await beginningsByMonth(engine, plan, term, unit), await beginningsByScan(engine, plan, unit)];
    const filled = [...months.buckets].filter(([, { count, uncertain }]) => count !== 0 || uncertain !== 0);
    expect({ ...months, buckets: new Map(filled) }).toEqual(read);
    const ongoing = await ongoingByMonth(engine, plan, term, unit).catch(() => undefined);
    if (ongoing === undefined) continue;
    const scanned = await ongoingByScan(engine, plan, unit);
    expect([...ongoing]).toEqual([...scanned.buckets].map(([key, { count }]) => [key, { count }]));
  }
}
