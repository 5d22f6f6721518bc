import { nameKey } from '../../domain/name.ts';
import type { RecordFilters } from '../../resources/filters.ts';
import type { Resource } from '../../resources/resource.ts';
import { type Reader, type Statement, statement } from '../../storage/engine.ts';
import { COUNTED_MAX, type Total } from '../timeline/count.ts';
import { cut, identityOf, limitOf, type Page, placeOf } from './page.ts';
import { BY_FIELD, BY_RELEVANCE } from './places.ts';
import { nothingToRank, rank, type Ranked, RANKED_MAX } from './ranking.ts';
import { type RecordFilter, recordFilter } from './record-filters.ts';

/** A page of records of a type that does not stand on the timeline. Throws for filters that cannot be understood. */
export async function listRecords(reader: Reader, resource: Resource, parameters: RecordFilters): Promise<Page> {
  const filter = await recordFilter(reader, resource, parameters);
  const sort = parameters.sort ?? (filter.sought ? 'relevance' : 'title');
  const page =
    sort === 'relevance'
      ? await pageByRelevance(reader, resource, filter, parameters)
      : await pageByField(reader, resource, filter, { ...parameters, sort });
  const total = await countRecords(reader, filter);
  const ranked: Ranked | undefined = page.ranked ?? (filter.sought && 'totalAtLeast' in total ? 'newest' : undefined);
  return { ...page, total, understood: filter.understood, ...(ranked ? { ranked } : {}) };
}

/** The records that the filter is asked about: all of the type, or the newest of those that have the text. */
const AMONG = ({ sought }: RecordFilter): string =>
  sought === undefined
    ? 'records r'
    : `(SELECT -rowid AS id FROM search WHERE search MATCH :match AND rowid < 0 ORDER BY rowid LIMIT ${COUNTED_MAX + 1}) x CROSS JOIN records r ON r.id = x.id`;

async function countRecords(reader: Reader, filter: RecordFilter): Promise<Total> {
  const count: Statement<[number]> = {
    sql: `SELECT count(*) FROM (SELECT 1 FROM ${AMONG(filter)} WHERE ${filter.sql} LIMIT ${COUNTED_MAX + 1})`,
    params: [filter.params],
    heavy: filter.heavy,
  };
  const [[row]] = await reader.read([count]);
  return row![0] > COUNTED_MAX ? { totalAtLeast: COUNTED_MAX } : { total: row![0] };
}

async function pageByField(
  reader: Reader,
  { path }: Resource,
  filter: RecordFilter,
  parameters: RecordFilters & { sort: string },
): Promise<Page> {
  const field = parameters.sort.endsWith('title') ? 'sort_title' : 'updated_at';
  const order = parameters.sort.startsWith('-') ? 'DESC' : 'ASC';
  const identity = identityOf(path, parameters);
  const limit = limitOf(parameters);
  const place = placeOf(BY_FIELD[field], parameters.cursor, identity);
  const beyond = place ? ` AND (r.${field}, r.id) ${order === 'ASC' ? '>' : '<'} (:value, :record)` : '';
  const page: Statement<[record: number, value: string | number, document: Buffer]> = {
    sql: `SELECT r.id, r.${field}, r.document FROM ${AMONG(filter)} WHERE ${filter.sql}${beyond} ORDER BY r.${field} ${order}, r.id ${order} LIMIT +:limit`,
    params: [{ ...filter.params, limit: limit + 1, ...(place ? { value: place[0], record: place[1] } : {}) }],
    heavy: filter.heavy,
  };
  const [rows] = await reader.read([page]);
  const { kept, next } = cut(rows, limit, BY_FIELD[field], identity, ([record, value]) => [value, record]);
  return { items: kept.map(([record, , document]) => ({ record, document })), next, understood: filter.understood };
}

/** The same rows, those first that bear the very name that is sought: whoever asks for an abbreviation means the one who has it. */
async function namedFirst(reader: Reader, type: string, name: string, ranked: readonly number[]): Promise<number[]> {
  const [rows] = await reader.read([
    statement<[row: number]>('SELECT -record_id FROM lookups WHERE type = ? AND key = ?', type, nameKey(name)),
  ]);
  const named = new Set(rows.map(([row]) => row));
  return ranked.toSorted((a, b) => Number(named.has(b)) - Number(named.has(a)));
}

async function pageByRelevance(reader: Reader, { path, type }: Resource, filter: RecordFilter, parameters: RecordFilters): Promise<Page> {
  const { sought } = filter;
  if (!sought) throw nothingToRank();
  const identity = identityOf(path, parameters);
  const limit = limitOf(parameters);
  const offset = placeOf(BY_RELEVANCE, parameters.cursor, identity)?.[0] ?? 0;
  const candidates: Statement<[row: number]> = {
    sql: `SELECT -r.id FROM ${AMONG(filter)} WHERE ${filter.sql} ORDER BY r.id DESC LIMIT ${RANKED_MAX + 1}`,
    params: [filter.params],
    heavy: filter.heavy,
  };
  const [rows] = await reader.read([candidates]);
  const newest = rows.slice(0, RANKED_MAX).map(([row]) => row);
  const ranked = await rank(reader, sought, newest);
  const best = await namedFirst(reader, type, parameters.q ?? '', ranked);
  const { kept, next } = cut(best.slice(offset, offset + limit + 1), limit, BY_RELEVANCE, identity, () => [offset + limit]);
  const [documents] = await reader.read([
    statement<[row: number, document: Buffer]>(
      'SELECT -r.id, r.document FROM json_each(?) j CROSS JOIN records r ON r.id = -j.value',
      JSON.stringify(kept),
    ),
  ]);
  const items = documents.map(([row, document]) => ({ record: -row, document }));
  return { items, next, understood: filter.understood, ranked: rows.length > RANKED_MAX ? 'newest' : 'all' };
}
