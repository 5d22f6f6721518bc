import type { EntryFilters } from '../../resources/filters.ts';
import type { Reader } from '../../storage/engine.ts';
import { countOf, type Total } from '../timeline/count.ts';
import { type BucketUnit, type Histogram, histogramOf } from '../timeline/histogram.ts';
import { type Understood, understand } from '../timeline/understand.ts';

/** The histogram of the timeline under the filters, and how many moments they find in all. */
export async function timelineHistogram(
  reader: Reader,
  filters: EntryFilters,
  by: BucketUnit,
): Promise<Histogram & Total & { query: Understood }> {
  const { query, understood } = await understand(reader, filters, { each: 'moment' });
  const histogram = await histogramOf(reader, query, by);
  return { ...histogram, ...(await countOf(reader, query)), query: understood };
}
