import { BEFORE_ALL_DAYS } from '../../domain/time/levels.ts';
import { EARLIEST_DAY, type BucketUnit } from '../../domain/time/day.ts';
import { limitsOf } from '../../domain/time/window.ts';
import type { EchoedQuery, Total, Warning } from '../../model/page.ts';
import type { Reader } from '../../storage/port.ts';
import type { EntryFilters, HistogramCount } from '../filters/parameters.ts';
import { parseQuery } from '../filters/parse.ts';
import { countedTerm, planOf, routed } from '../plan/plan.ts';
import type { Plan } from '../plan/query.ts';
import { beginningsByMonth, beginningsByScan, type Beginnings } from './beginnings.ts';
import { type Bucket, bucketsOf } from './buckets.ts';
import { totalOf } from './count.ts';
import { ongoingOf } from './ongoing.ts';

/**
 * Buckets with moments, in order. Of a count of starts, `before` is the number of moments that had begun before the window, and `withoutStart` that of
 * moments without a known start where the window has no start either.
 */
type Histogram = { count: HistogramCount; buckets: Bucket[]; before?: number; withoutStart?: number };

/** The histogram of the timeline, the total, and the number of further moments without a date. Throws `invalid-request` for more than 5,000 buckets. */
export async function timelineHistogram(
  reader: Reader,
  parameters: EntryFilters,
  by: BucketUnit,
  counts: HistogramCount = 'starts',
): Promise<
  Histogram & Total & ({ undated: number } | { undatedAtLeast: number }) & { warnings?: readonly Warning[] | undefined; query: EchoedQuery }
> {
  const { query, echo } = await parseQuery(reader, parameters, 'moment');
  const plan = await planOf(reader, query);
  const { dated, ...histogram } = await (counts === 'starts' ? histogramOfStarts : histogramOfOngoing)(reader, plan, by);
  const undated: Total = parameters.undated === 'false' ? { total: 0 } : await totalOf(reader, undatedOnly(plan));
  // A window leaves out what has no date.
  const found = plan.undated === 'without' ? { total: 0 } : undated;
  return {
    ...histogram,
    ...('total' in undated ? { undated: undated.total } : { undatedAtLeast: undated.totalAtLeast }),
    ...sumOf(dated, found),
    warnings: plan.warnings,
    query: echo,
  };
}

type Counted = Histogram & { dated: Total };

async function histogramOfStarts(reader: Reader, plan: Plan, by: BucketUnit): Promise<Counted> {
  const { buckets, outside } = await beginningsOf(reader, plan, by);
  const { fromMin } = limitsOf(plan.window);
  const total = [...buckets.values()].reduce((sum, { count }) => sum + count, outside);
  const [before, withoutStart] = fromMin === BEFORE_ALL_DAYS ? [0, outside] : [outside, 0];
  return { count: 'starts', buckets: bucketsOf(buckets, by, fromMin), before, withoutStart, dated: { total } };
}

/** The number of moments of a plan that begin in each bucket, by monthly counts where these answer it. */
export async function beginningsOf(reader: Reader, plan: Plan, by: BucketUnit): Promise<Beginnings> {
  if (isEmpty(plan)) return { buckets: new Map(), outside: 0 };
  const term = countedTerm(plan);
  return term === undefined || by === 'day' ? beginningsByScan(reader, plan, by) : beginningsByMonth(reader, plan, term, by);
}

async function histogramOfOngoing(reader: Reader, plan: Plan, by: BucketUnit): Promise<Counted> {
  const { buckets, total } = isEmpty(plan) ? { buckets: new Map(), total: { total: 0 } } : await ongoingOf(reader, plan, by);
  return { count: 'ongoing', buckets: bucketsOf(buckets, by, Math.max(limitsOf(plan.window).fromMin, EARLIEST_DAY)), dated: total };
}

const isEmpty = (plan: Plan): boolean => plan.undated === 'only' || plan.path === 'nothing';

const numberOf = (total: Total): number => ('total' in total ? total.total : total.totalAtLeast);

/** The sum of two totals: a lower bound if one of them is. */
function sumOf(one: Total, other: Total): Total {
  const sum = numberOf(one) + numberOf(other);
  return 'total' in one && 'total' in other ? { total: sum } : { totalAtLeast: sum };
}

/** The plan for moments without a date instead of those in the window. */
function undatedOnly(plan: Plan): Plan {
  const residual = plan.residual.filter(({ ofWindow }) => !ofWindow);
  const rows = Math.min(...plan.conjuncts.map(({ count }) => count));
  return routed({ ...plan, residual, window: {}, undated: 'only', estimate: { rows } });
}
