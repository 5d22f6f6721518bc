import { FIRST_PARAGRAPHS, IS_RECORD, SOURCE_OF_ROW } from '../../index/paragraph-rows.ts';
import type { Match } from '../../domain/time/window.ts';
import { nameKey } from '../../domain/text/name.ts';
import type { Page } from '../../model/page.ts';
import type { RecordModel } from '../../model/record-model.ts';
import { type Reader, type Statement, statement } from '../../storage/port.ts';
import { dialect } from '../../storage/dialect.ts';
import { BY_FIELD, BY_RELEVANCE, fieldOrder } from '../lists/cursors.ts';
import { countUpTo, pageRequest, rowDocument, totalOfCount, withLongRecords } from '../lists/page.ts';
import { COUNTED_MAX } from '../plan/costs.ts';
import { nothingToRank, rankMatches, recordsOf } from '../search/ranking.ts';
import { type RecordCondition, recordCondition, type RecordFilters } from './filters.ts';

/** A page of actors, places or sources. Throws `invalid-request` and the like for filters that cannot be understood. */
export async function listRecords(reader: Reader, model: RecordModel, parameters: RecordFilters): Promise<Page> {
  const condition = await recordCondition(reader, model, parameters);
  const sort = parameters.sort ?? (condition.text ? 'relevance' : 'title');
  const page =
    sort === 'relevance'
      ? await pageByRelevance(reader, model, condition, parameters)
      : await pageByField(reader, model, condition, { ...parameters, sort });
  const matches = `SELECT 1 FROM ${CANDIDATES(condition)} WHERE ${condition.sql}`;
  const [[counted]] = await reader.read([{ ...countUpTo(matches, condition.params), offload: condition.offload }]);
  const total = totalOfCount(counted![0]);
  const cut = condition.text && 'totalAtLeast' in total ? ({ ranked: 'newest' } as const) : {};
  return { ...cut, ...page, total, warnings: condition.warnings, echo: condition.echo };
}

const ROW = dialect.textRow('s');

/** SQL of the records `r` to which the condition applies: all, or the newest that match its text, within a bound of their rows. */
function CANDIDATES({ text, params }: RecordCondition, bound = ''): string {
  if (text === undefined) return 'records r';
  const records = `SELECT id FROM (SELECT -${ROW} AS id FROM ${dialect.textFrom('s')} WHERE ${dialect.textMatches('s', ':match')} AND ${IS_RECORD(ROW)}${bound} ORDER BY ${ROW} LIMIT ${COUNTED_MAX + 1}) newest`;
  // A source is found by its stored text, too.
  const texts = `SELECT ${SOURCE_OF_ROW('t.row')} FROM (${FIRST_PARAGRAPHS(':match', COUNTED_MAX + 1)}) t`;
  const ids = params['type'] === 'source' ? `${records} UNION ${texts}` : records;
  return `(${ids}) x CROSS JOIN records r ON r.id = x.id`;
}

type Found = Pick<Page, 'items' | 'next' | 'ranked'>;

async function pageByField(
  reader: Reader,
  { path }: RecordModel,
  condition: RecordCondition,
  parameters: RecordFilters & { sort: string },
): Promise<Found> {
  const { field, orderBy, beyond } = fieldOrder(parameters.sort);
  const { limit, after, paginate } = pageRequest(BY_FIELD[field], path, parameters);
  const page: Statement<[record: number, value: string | number, document: Buffer | null, bytes: number, isCertain: number]> = {
    sql: `SELECT r.id, r.${field}, ${rowDocument('r.document')}, ${isCertain(condition)} FROM ${CANDIDATES(condition)} WHERE ${condition.sql}${after ? beyond : ''} ${orderBy} ${dialect.limit(':limit')}`,
    params: [{ ...condition.params, limit: limit + 1, ...after }],
    // The index by kind is in order of title.
    offload: condition.offload ?? (field === 'updated_at' && parameters.kind !== undefined ? true : undefined),
  };
  const [rows] = await reader.read([page]);
  const { kept, next } = paginate(
    rows,
    ([record, value]) => ({ value, record }),
    ([, , , bytes]) => bytes,
  );
  const found = kept.map(([record, , document, , certain]) => ({ record, document, ...matchOf(condition, certain) }));
  return { items: await withLongRecords(reader, found), next };
}

async function pageByRelevance(
  reader: Reader,
  { path, type }: RecordModel,
  condition: RecordCondition,
  parameters: RecordFilters,
): Promise<Found> {
  const { text, sql, params, offload } = condition;
  if (!text) throw nothingToRank();
  const { limit, after, paginate } = pageRequest(BY_RELEVANCE, path, parameters);
  const candidates = (most: number): Statement<[row: number]> => ({
    sql: `SELECT -r.id FROM ${CANDIDATES(condition, after && ` AND ${ROW} >= :newest`)} WHERE ${sql}${after ? ' AND r.id BETWEEN :oldest AND :newestKey' : ''} ORDER BY r.id DESC LIMIT ${most}`,
    // FTS5 uses a bound of the row's number only where it is bound as an integer.
    params: [
      { ...params, ...(after ? { newest: BigInt(-after.newestRecord), oldest: after.oldestRecord, newestKey: after.newestRecord } : {}) },
    ],
    offload,
  });
  const ranked = await rankMatches(reader, { text, after, candidates: (most) => ({ records: [candidates(most)] }) });
  const rows = await namedFirst(reader, type, parameters.q ?? '', ranked.rows);
  const columns = `${rowDocument('r.document')}, ${isCertain(condition)}`;
  const [found] = await reader.read([recordsOf<[isCertain: number]>({ ...ranked, rows }, limit + 1, columns, condition.certainty?.params)]);
  const { kept, next } = paginate(found, ranked.positionOf, ([, , bytes]) => bytes);
  const hits = kept.map(([record, document, , certain]) => ({ record, document, ...matchOf(condition, certain) }));
  return { items: await withLongRecords(reader, hits), next, ranked: ranked.ranked };
}

/** SQL of 1 for a record `r` that certainly meets the dates that are asked, and 0 for one that possibly does. */
const isCertain = ({ certainty }: RecordCondition): string => (certainty ? `CASE WHEN ${certainty.sql} THEN 1 ELSE 0 END` : '0');

const matchOf = ({ certainty }: RecordCondition, certain: number): { match?: Match } =>
  certainty ? { match: certain === 1 ? 'certain' : 'possible' } : {};

/** Puts the rows of records with exactly this name first: the query CSTO means the actor of that abbreviation. */
async function namedFirst(reader: Reader, type: string, name: string, rows: readonly bigint[]): Promise<bigint[]> {
  const [found] = await reader.read([
    statement<[row: number]>('SELECT -record_id FROM lookups WHERE type = ? AND key = ?', type, nameKey(name)),
  ]);
  const named = new Set(found.map(([row]) => BigInt(row)));
  return rows.toSorted((a, b) => Number(named.has(b)) - Number(named.has(a)));
}
