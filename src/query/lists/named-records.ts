import type { Page, Total } from '../../model/page.ts';
import { nameKey } from '../../domain/name.ts';
import type { RecordFilters } from '../filters/parameters.ts';
import type { RecordModel } from '../../model/record-model.ts';
import { type Reader, type Statement, statement } from '../../storage/port.ts';
import { COUNTED_MAX } from '../execute/count.ts';
import { cut, identityOf, limitOf, placeOf } from './page.ts';
import { BY_FIELD } from './cursors.ts';
import { cutRanked, newestKeys, RANKED_AGAIN_MAX, rankedBefore, rankedFirst, rankedOf, type RankedRows } from '../search/ranked-pages.ts';
import { nothingToRank, rank, type Ranked, RANKED_MAX } from '../search/ranking.ts';
import { type RecordFilter, recordFilter } from './named-record-filters.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';

/** A page of records of a type that does not stand on the timeline. Throws for filters that cannot be understood. */
export async function listRecords(reader: Reader, model: RecordModel, parameters: RecordFilters): Promise<Page> {
  const filter = await recordFilter(reader, model, parameters);
  const sort = parameters.sort ?? (filter.sought ? 'relevance' : 'title');
  const page =
    sort === 'relevance'
      ? await pageByRelevance(reader, model, filter, parameters)
      : await pageByField(reader, model, filter, { ...parameters, sort });
  const total = await countRecords(reader, filter);
  const ranked: Ranked | undefined = page.ranked ?? (filter.sought && 'totalAtLeast' in total ? 'newest' : undefined);
  return { ...page, total, understood: filter.understood, ...(ranked ? { ranked } : {}) };
}

const { fullText } = dialect;
const ROW = fullText.row('s');

/** The records that the filter is asked about: all of the type, or the newest of those that have the text, of which `bound` may leave out some. */
const AMONG = ({ sought }: RecordFilter, bound = ''): string =>
  sought === undefined
    ? 'records r'
    : `(SELECT -${ROW} AS id FROM ${fullText.from('s')} WHERE ${fullText.matches('s', ':match')} AND ${ROW} < 0${bound} ORDER BY ${ROW} LIMIT ${COUNTED_MAX + 1}) x CROSS JOIN records r ON r.id = x.id`;

async function countRecords(reader: Reader, filter: RecordFilter): Promise<Total> {
  const count: Statement<[number]> = {
    sql: `SELECT count(*) FROM (SELECT 1 FROM ${AMONG(filter)} WHERE ${filter.sql} LIMIT ${COUNTED_MAX + 1})`,
    params: [filter.params],
    offload: filter.offload,
  };
  const [[row]] = await reader.read([count]);
  return row![0] > COUNTED_MAX ? { totalAtLeast: COUNTED_MAX } : { total: row![0] };
}

async function pageByField(
  reader: Reader,
  { path }: RecordModel,
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
    sql: `SELECT r.id, r.${field}, r.document FROM ${AMONG(filter)} WHERE ${filter.sql}${beyond} ORDER BY r.${field} ${order}, r.id ${order} ${dialect.limit(':limit')}`,
    params: [{ ...filter.params, limit: limit + 1, ...(place ? { value: place[0], record: place[1] } : {}) }],
    // The index by kind is in order of title.
    offload: filter.offload ?? (field === 'updated_at' && parameters.kind !== undefined ? true : undefined),
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

async function pageByRelevance(
  reader: Reader,
  { path, type }: RecordModel,
  filter: RecordFilter,
  parameters: RecordFilters,
): Promise<Page> {
  const { sought } = filter;
  if (!sought) throw nothingToRank();
  const identity = identityOf(path, parameters);
  const limit = limitOf(parameters);
  const before = rankedBefore(parameters.cursor, identity);
  const { found, rows } = before ? await rankedAgain(reader, filter, before) : await firstRanked(reader, filter);
  const ranked = await rank(reader, sought, found);
  const best = await namedFirst(reader, type, parameters.q ?? '', ranked);
  const listed = new Set(rows.listed);
  const left = best.filter((row) => !listed.has(-row));
  const { kept, next } = cutRanked(left, limit, identity, rows, (row) => -row);
  const [documents] = await reader.read([
    statement<[row: number, document: Buffer]>(
      `SELECT -r.id, r.document FROM ${dialect.elements('j', '?')} CROSS JOIN records r ON r.id = -${dialect.value('j', 'integer')}`,
      JSON.stringify(kept),
    ),
  ]);
  const items = documents.map(([row, document]) => ({ record: -row, document }));
  return { items, next, understood: filter.understood, ranked: rankedOf(rows) };
}

/** Rows of the full text to rank, and what is ranked of all that match. */
type Candidates = { found: number[]; rows: RankedRows };

async function firstRanked(reader: Reader, filter: RecordFilter): Promise<Candidates> {
  const candidates: Statement<[row: number]> = {
    sql: `SELECT -r.id FROM ${AMONG(filter)} WHERE ${filter.sql} ORDER BY r.id DESC LIMIT ${RANKED_MAX + 1}`,
    params: [filter.params],
    offload: filter.offload,
  };
  const [rows, keys] = await reader.read([candidates, newestKeys]);
  const found = rows.slice(0, RANKED_MAX).map(([row]) => row);
  return { found, rows: { ...rankedFirst(keys), oldestRecord: rows.length > RANKED_MAX ? -found.at(-1)! : 0 } };
}

async function rankedAgain(reader: Reader, filter: RecordFilter, rows: RankedRows): Promise<Candidates> {
  const { newestRecord, oldestRecord } = rows;
  const candidates: Statement<[row: number]> = {
    sql: `SELECT -r.id FROM ${AMONG(filter, ` AND ${ROW} >= :newest`)} WHERE ${filter.sql} AND r.id >= :oldest ORDER BY r.id DESC LIMIT ${RANKED_AGAIN_MAX}`,
    // FTS5 uses a bound of the row's number only where it is bound as an integer.
    params: [{ ...filter.params, newest: BigInt(-newestRecord), oldest: oldestRecord }],
    offload: filter.offload,
  };
  const [found] = await reader.read([candidates]);
  return { found: found.map(([row]) => row), rows };
}
