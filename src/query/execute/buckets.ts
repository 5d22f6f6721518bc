import { invalidParameter } from '../../domain/errors.ts';
import { civilOf, firstDayOfMonth, isoOfDay, monthIndexOf, type BucketUnit, firstMonthOf, lastMonthOf } from '../../domain/time/day.ts';
import { labelOf, yearName } from '../../domain/time/edtf-label.ts';
import { parseEdtf } from '../../domain/time/edtf.ts';

/** The first and last day of a bucket, and its name. */
export type Span = { start: string; end: string; label: string };

/** A span of days and the number of moments in it; `uncertain` ones may not be in it. */
export type Bucket = Span & { count: number; uncertain?: number };

/** The numbers of a bucket. */
export type Tally = Pick<Bucket, 'count' | 'uncertain'>;

/** Maximum number of buckets. */
export const BUCKETS_MAX = 5000;

/** The key of the bucket with a day: the first month of its unit, or the day. */
export const keyOf = (day: number, by: BucketUnit): number => (by === 'day' ? day : firstMonthOf(monthIndexOf(day), by));

/** The key of the next bucket. */
export const keyAfter = (key: number, by: BucketUnit): number => (by === 'day' ? key + 1 : lastMonthOf(key, by) + 1);

/** The last day of a bucket. */
export function lastDayOf(key: number, by: BucketUnit): number {
  return by === 'day' ? key : firstDayOfMonth(lastMonthOf(key, by) + 1) - 1;
}

const firstDayOf = (key: number, by: BucketUnit): number => (by === 'day' ? key : firstDayOfMonth(key));

/** Throws `invalid-request` for more than 5,000 buckets. */
export function refuseTooMany(buckets: number, by: BucketUnit): void {
  if (buckets > BUCKETS_MAX)
    throw invalidParameter('by', `by=${by} would give more than ${BUCKETS_MAX} buckets: ask for wider ones, or a shorter window`);
}

/** The buckets with moments, in order. The first one begins with the window, where that begins within it. */
export function bucketsOf(tallies: ReadonlyMap<number, Tally>, by: BucketUnit, windowStart: number): Bucket[] {
  const found = [...tallies].filter(([, { count }]) => count > 0).toSorted(([a], [b]) => a - b);
  refuseTooMany(found.length, by);
  // A spread of both would take twice as long, which a thousand buckets show.
  return found.map(([key, tally]) => Object.assign(spanOf(key, by, windowStart), tally));
}

/** The span of the bucket with a key, which begins with the window where that begins within it. */
export function spanOf(key: number, by: BucketUnit, windowStart: number): Span {
  const [first, last] = [Math.max(firstDayOf(key, by), windowStart), lastDayOf(key, by)];
  const start = isoOfDay(first);
  return { start, end: isoOfDay(last), label: by === 'month' ? start.slice(0, -3) : bucketLabel(first, last, by) };
}

/** `500 to 401 BCE`, `1 to 99 CE`, `1990`, `26 March 2018`. */
function bucketLabel(first: number, last: number, by: BucketUnit): string {
  if (by === 'day') return labelOf(parseEdtf(isoOfDay(first)));
  const [from, to] = [civilOf(first).year, civilOf(last).year];
  return from === to ? yearName(from) : `${yearName(from).replace(/ .*/, '')} to ${yearName(to)}`;
}
