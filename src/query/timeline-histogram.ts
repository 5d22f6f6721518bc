import type { Total, Understood } from '../model/page.ts';
import type { EntryFilters } from './filters/parameters.ts';
import type { Reader } from '../storage/port.ts';
import { countOf } from './execute/count.ts';
import { type Query, total } from './plan/query.ts';
import { type BucketUnit, type Histogram, histogramOf } from './execute/histogram.ts';
import { understand } from './filters/parse.ts';

/** How many moments without a date answer the filters besides the window: exactly, or at least so many. */
type Undated = { undated: number } | { undatedAtLeast: number };

/** The histogram of the timeline under the filters, how many moments they find in all, and how many more have no date. */
export async function timelineHistogram(
  reader: Reader,
  filters: EntryFilters,
  by: BucketUnit,
): Promise<Histogram & Total & Undated & { query: Understood }> {
  const { query, understood } = await understand(reader, filters, { each: 'moment' });
  const histogram = await histogramOf(reader, query, by);
  const dated = histogram.buckets.reduce((sum, { count }) => sum + count, histogram.beginless);
  const undated: Total = filters.undated === 'false' ? { total: 0 } : await countOf(reader, withoutDate(query));
  // A window leaves out what has no date.
  const found = query.undated === 'without' ? { total: 0 } : undated;
  return {
    ...histogram,
    ...('total' in undated ? { undated: undated.total } : { undatedAtLeast: undated.totalAtLeast }),
    ...('total' in found ? { total: dated + found.total } : { totalAtLeast: dated + found.totalAtLeast }),
    query: understood,
  };
}

/** The same question about what has no date. */
function withoutDate(query: Query): Query {
  return { ...query, window: {}, match: 'possible', undated: 'only', reach: { moments: Math.min(...query.conjuncts.map(total)) } };
}
