import type { Item, Page, Total, Understood } from '../model/page.ts';
import { certainlyOverlaps, type Match, type Window } from '../domain/time/window.ts';
import type { EntryFilters } from './filters/parameters.ts';
import type { RecordModel } from '../model/record-model.ts';
import type { EntryType } from '../domain/record-type.ts';
import type { Reader } from '../storage/port.ts';
import { ask, type Asked } from './query-batch.ts';
import { type Hit, pageByDate, type Wanted } from './execute/page-by-date.ts';
import { findByField } from './execute/page-by-field.ts';
import { countOf } from './execute/count.ts';
import type { Query } from './plan/query.ts';
import { hasWindow, understand } from './filters/parse.ts';
import { includedWith } from './lists/include.ts';
import { pageRequest } from './lists/page.ts';
import { BY_DATE, BY_FIELD, BY_RELEVANCE } from './lists/cursors.ts';
import { nothingToRank } from './search/ranking.ts';
import { pageByRelevance } from './search/relevance.ts';

type Listing = { query: Query; understood: Understood; parameters: EntryFilters; list: string };

/** A page of records of one entry type. Throws for filters that cannot be understood. */
export async function listEntries(reader: Reader, model: RecordModel, parameters: EntryFilters): Promise<Page> {
  const type = model.type as EntryType; // @NOTE models with a timeline are entries
  const { query, understood } = await understand(reader, parameters, { type, each: 'record' });
  const listing = { query, understood, parameters, list: model.path };
  const page = await pageInOrder(reader, listing);
  const included = await includedWith(reader, page.items, parameters.include);
  return { ...page, ...(included ? { included } : {}) };
}

/** A page of the timeline: every moment that answers, in time order. */
export async function listTimeline(reader: Reader, parameters: EntryFilters): Promise<Page> {
  const { query, understood } = await understand(reader, parameters, { each: 'moment' });
  return listByDate(reader, { query, understood, parameters, list: 'timeline' }, 'm.item');
}

function pageInOrder(reader: Reader, listing: Listing): Promise<Page> {
  const { sort = 'date', q } = listing.parameters;
  if (sort === 'date' || sort === '-date') return listByDate(reader, listing, 'r.document');
  if (sort !== 'relevance') return listByField(reader, listing);
  if (q !== undefined) return listByRelevance(reader, listing);
  throw nothingToRank();
}

async function listByDate(reader: Reader, { query, understood, parameters, list }: Listing, wanted: Wanted): Promise<Page> {
  const { limit, after, paginate } = pageRequest(BY_DATE, list, parameters);
  const direction = parameters.sort === '-date' ? 'backward' : 'forward';
  const page = pageByDate(query, { direction, after: after?.position }, limit + 1, wanted);
  const [found, total] = after === undefined ? await firstPage(reader, query, page, limit) : await laterPage(reader, query, page);
  const { kept, next } = paginate(found, ({ position }) => ({ position }));
  const items = kept.map((hit) => ({ record: hit.record, document: hit.document, ...matchIn(query.window, hit) }));
  // What was found on the page may lie beyond the part that was counted.
  const known = 'total' in total ? total : { totalAtLeast: Math.max(total.totalAtLeast, found.length) };
  return { items, next, understood, total: known };
}

/** The hits of a first page, and the total, which is counted only where the page does not hold all there is. */
async function firstPage(reader: Reader, query: Query, page: Asked<Hit[]>, limit: number): Promise<[Hit[], Total]> {
  const found = await ask(reader, page);
  return [found, found.length <= limit ? { total: found.length } : await countOf(reader, query)];
}

/** The hits of a later page and the total, read in one turn and so of one snapshot. */
const laterPage = (reader: Reader, query: Query, page: Asked<Hit[]>): Promise<[Hit[], Total]> =>
  Promise.all([ask(reader, page), countOf(reader, query)]);

async function listByField(reader: Reader, { query, understood, parameters, list }: Listing): Promise<Page> {
  const sort = parameters.sort!;
  const field = sort.endsWith('title') ? 'sort_title' : 'updated_at';
  const { limit, after, paginate } = pageRequest(BY_FIELD[field], list, parameters);
  // All that have a text are put in order, as many as are counted: so they are counted to the end.
  const total = await countOf(reader, query.searchTerms ? { ...query, reach: { moments: query.reach.moments } } : query);
  const order = sort.startsWith('-') ? 'DESC' : 'ASC';
  const found = await findByField(reader, query, { field, order, after }, total, limit + 1);
  const { kept, next } = paginate(found, ({ value, record }) => ({ value, record }));
  const items = kept.map((hit) => ({ record: hit.record, document: hit.document, ...matchIn(query.window, hit) }));
  return { items, next, understood, total, ...(query.searchTerms && 'totalAtLeast' in total ? { ranked: 'newest' } : {}) };
}

async function listByRelevance(reader: Reader, { query, understood, parameters, list }: Listing): Promise<Page> {
  const { hits, next, ranked } = await pageByRelevance(reader, query, pageRequest(BY_RELEVANCE, list, parameters));
  const items: Item[] = hits.map((hit) => ({ record: hit.record, document: hit.document, ...matchIn(query.window, hit) }));
  return { items, next, understood, ranked, total: await countOf(reader, query) };
}

/** Whether a moment that overlaps the window certainly does; nothing where no window was asked. */
function matchIn(window: Window, { startMax, endMin }: { startMax: number; endMin: number }): { match?: Match } {
  if (!hasWindow(window)) return {};
  return { match: certainlyOverlaps({ startMin: startMax, startMax, endMin, endMax: endMin }, window) ? 'certain' : 'possible' };
}
