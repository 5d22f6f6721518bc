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
import { cut, identityOf, limitOf, placeOf } from './lists/page.ts';
import { BY_DATE, BY_FIELD } from './lists/cursors.ts';
import { cutRanked, rankedBefore, rankedOf } from './search/ranked-pages.ts';
import { nothingToRank } from './search/ranking.ts';
import { findByRelevance } from './search/relevance.ts';

type Listing = { query: Query; understood: Understood; parameters: EntryFilters; identity: string };

/** A page of records of one entry type. Throws for filters that cannot be understood. */
export async function listEntries(reader: Reader, model: RecordModel, parameters: EntryFilters): Promise<Page> {
  const type = model.type as EntryType; // @NOTE models with a timeline are entries
  const { query, understood } = await understand(reader, parameters, { type, each: 'record' });
  const listing = { query, understood, parameters, identity: identityOf(model.path, parameters) };
  const page = await pageInOrder(reader, listing);
  const included = await includedWith(reader, page.items, parameters.include);
  return { ...page, ...(included ? { included } : {}) };
}

/** A page of the timeline: every moment that answers, in time order. */
export async function listTimeline(reader: Reader, parameters: EntryFilters): Promise<Page> {
  const { query, understood } = await understand(reader, parameters, { each: 'moment' });
  return listByDate(reader, { query, understood, parameters, identity: identityOf('timeline', parameters) }, 'm.item');
}

function pageInOrder(reader: Reader, listing: Listing): Promise<Page> {
  const { sort = 'date', q } = listing.parameters;
  if (sort === 'date' || sort === '-date') return listByDate(reader, listing, 'r.document');
  if (sort !== 'relevance') return listByField(reader, listing);
  if (q !== undefined) return listByRelevance(reader, listing);
  throw nothingToRank();
}

async function listByDate(reader: Reader, { query, understood, parameters, identity }: Listing, wanted: Wanted): Promise<Page> {
  const limit = limitOf(parameters);
  const [after] = placeOf(BY_DATE, parameters.cursor, identity) ?? [];
  const direction = parameters.sort === '-date' ? 'backward' : 'forward';
  const progress = { direction, ...(after === undefined ? {} : { after }) } as const;
  const page = pageByDate(query, progress, limit + 1, wanted);
  const [found, total] = after === undefined ? await firstPage(reader, query, page, limit) : await laterPage(reader, query, page);
  const { kept, next } = cut(found, limit, BY_DATE, identity, ({ position }) => [position]);
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

async function listByField(reader: Reader, { query, understood, parameters, identity }: Listing): Promise<Page> {
  const limit = limitOf(parameters);
  const sort = parameters.sort!;
  const field = sort.endsWith('title') ? 'sort_title' : 'updated_at';
  const place = placeOf(BY_FIELD[field], parameters.cursor, identity);
  // All that have a text are put in order, as many as are counted: so they are counted to the end.
  const total = await countOf(reader, query.sought ? { ...query, reach: { moments: query.reach.moments } } : query);
  const found = await findByField(
    reader,
    query,
    {
      field,
      order: sort.startsWith('-') ? 'DESC' : 'ASC',
      ...(place ? { after: { value: place[0], record: place[1] } } : {}),
    },
    total,
    limit + 1,
  );
  const { kept, next } = cut(found, limit, BY_FIELD[field], identity, ({ value, record }) => [value, record]);
  const items = kept.map((hit) => ({ record: hit.record, document: hit.document, ...matchIn(query.window, hit) }));
  return { items, next, understood, total, ...(query.sought && 'totalAtLeast' in total ? { ranked: 'newest' } : {}) };
}

async function listByRelevance(reader: Reader, { query, understood, parameters, identity }: Listing): Promise<Page> {
  const limit = limitOf(parameters);
  const { hits, rows } = await findByRelevance(reader, query, rankedBefore(parameters.cursor, identity), limit + 1);
  const { kept, next } = cutRanked(hits, limit, identity, rows, ({ record }) => record);
  const items: Item[] = kept.map((hit) => ({ record: hit.record, document: hit.document, ...matchIn(query.window, hit) }));
  return { items, next, understood, ranked: rankedOf(rows), total: await countOf(reader, query) };
}

/** Whether a moment that overlaps the window certainly does; nothing where no window was asked. */
function matchIn(window: Window, { startMax, endMin }: { startMax: number; endMin: number }): { match?: Match } {
  if (!hasWindow(window)) return {};
  return { match: certainlyOverlaps({ startMin: startMax, startMax, endMin, endMax: endMin }, window) ? 'certain' : 'possible' };
}
