import type { EntryType } from '../../domain/record-type.ts';
import type { Page } from '../../model/page.ts';
import type { RecordModel } from '../../model/record-model.ts';
import type { Reader } from '../../storage/port.ts';
import type { EntryFilters } from '../filters/parameters.ts';
import { parseQuery } from '../filters/parse.ts';
import { includedWith, tooMuchIncluded } from '../lists/include.ts';
import { BY_RELEVANCE } from '../lists/cursors.ts';
import { pageRequest } from '../lists/page.ts';
import { planOf } from '../plan/plan.ts';
import { nothingToRank } from '../search/ranking.ts';
import { pageByRelevance } from '../search/relevance.ts';
import { totalOf } from './count.ts';
import { pageByField } from './page-by-field.ts';
import { itemsOf, type Listing, pageByDate } from './timeline.ts';

/** A page of records of one entry type. Throws for parameters that cannot be understood. */
export async function listEntries(reader: Reader, model: RecordModel, parameters: EntryFilters): Promise<Page> {
  const type = model.type as EntryType; // @NOTE models with a timeline are entries
  const { query, echo } = await parseQuery(reader, { ...parameters, type }, 'record');
  const plan = await planOf(reader, query);
  const page = await pageWithIncluded(reader, { list: model.path, plan, parameters, echo });
  return { ...page, warnings: plan.warnings };
}

/** A page with the records that its items refer to, where these are asked for. Where they are too long for one page, it has fewer items. */
async function pageWithIncluded(reader: Reader, listing: Listing): Promise<Page> {
  const { include } = listing.parameters;
  const page = await pageInOrder(reader, listing);
  if (include === undefined) return page;
  const included = await includedWith(reader, page.items, include);
  if (included) return { ...page, included };
  if (page.items.length === 1) throw tooMuchIncluded(include);
  const limit = String(Math.ceil(page.items.length / 2));
  return pageWithIncluded(reader, { ...listing, parameters: { ...listing.parameters, limit } });
}

function pageInOrder(reader: Reader, listing: Listing): Promise<Page> {
  const { sort = 'date', q } = listing.parameters;
  if (sort === 'date' || sort === '-date') return pageByDate(reader, listing, 'r.document');
  if (sort !== 'relevance') return pageByField(reader, listing, sort);
  if (q !== undefined) return rankedPage(reader, listing);
  throw nothingToRank();
}

async function rankedPage(reader: Reader, { list, plan, parameters, echo }: Listing): Promise<Page> {
  const { hits, next, ranked } = await pageByRelevance(reader, plan, pageRequest(BY_RELEVANCE, list, parameters));
  return { items: await itemsOf(reader, plan, hits), next, echo, ranked, total: await totalOf(reader, plan) };
}
