import type { Total } from '../../model/page.ts';
import type { Reader, Statement } from '../../storage/port.ts';
import { UNDATED_LEVEL } from '../../domain/time/levels.ts';
import { MOMENT_MASK } from '../../index/position-sql.ts';
import { COUNTED_MAX } from '../lists/page.ts';
import { asksForChanges } from './count.ts';
import { LOOKED_AT_MAX } from '../plan/estimate.ts';
import type { Query } from '../plan/query.ts';
import { areFewChanged } from '../access-paths/change-scan.ts';
import { conditionsOf, type Fragment } from '../access-paths/residual-filter.ts';
import { allPositions, isHeavyAsWhole, isWide } from '../access-paths/access-path.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';

/** A record that was found, with its sort value. */
export type RecordHit = {
  record: number;
  value: string | number;
  startMin: number;
  startMax: number;
  endMin: number;
  endMax: number;
  document: Buffer;
};

/** By what records are put in order, and which way. */
export type FieldOrder = {
  field: 'sort_title' | 'updated_at';
  order: 'ASC' | 'DESC';
  after?: { value: string | number; record: number };
};

type Row = [record: number, value: string | number, startMin: number, startMax: number, endMin: number, endMax: number, document: Buffer];

/** Beyond this many candidates to sort, or records to read for a page of them, a statement is heavy. */
const LIGHT_MAX = 1000;

/** How many records a page has at most, times what it costs to look at a candidate rather than at the next record in order. */
const PAGE_COST = 30;

/**
 * The first `limit` records that answer the query, by title or by last change. Few candidates are gathered and sorted; of many, the
 * records are read in order and each is asked whether a moment of it answers: the more there are, the sooner a page is full. `total` is
 * how many answer, as far as they were counted.
 */
export async function findByField(reader: Reader, query: Query, by: FieldOrder, total: Total, limit: number): Promise<RecordHit[]> {
  if (query.conjuncts.some((terms) => terms.length === 0)) return [];
  const answers = expected(query, total);
  // Where many have changed, each of the moments is asked whether it has.
  const candidates = query.updatedSince === undefined || areFewChanged(query) ? answers : query.reach.moments;
  const few = query.searchTerms !== undefined || candidates * answers <= Math.max(LIGHT_MAX ** 2, PAGE_COST * query.everything);
  const { sql, params } = few ? fromCandidates(query) : fromRecords(query);
  const { field, order, after } = by;
  const beyond = order === 'ASC' ? '>' : '<';
  const isHeavy = few ? candidates > LIGHT_MAX || isHeavyAsWhole(query) : isWide(query) || (limit * query.everything) / answers > LIGHT_MAX;
  const statement: Statement<Row> = {
    sql: `${sql.replaceAll('$field', field)}${after ? ` AND (r.${field}, r.id) ${beyond} (:value, :record)` : ''}
      ORDER BY r.${field} ${order}, r.id ${order} ${dialect.limit(':limit')}`,
    params: [{ ...params, limit, ...after }],
    ...(isHeavy ? { offload: true } : {}),
  };
  const [rows] = await reader.read([statement]);
  return rows.map(([record, value, startMin, startMax, endMin, endMax, document]) => ({
    record,
    value,
    startMin,
    startMax,
    endMin,
    endMax,
    document,
  }));
}

/** How many answer: counted, or what the part that was looked at lets expect of the whole. */
function expected(query: Query, total: Total): number {
  if ('total' in total) return total.total;
  const { reach } = query;
  return reach.until === undefined || asksForChanges(query)
    ? COUNTED_MAX
    : Math.max(1, total.totalAtLeast * (reach.moments / LOOKED_AT_MAX));
}

const COLUMNS = 'r.id, r.$field, m.start_min, m.start_max, m.end_min, m.end_max, r.document';

function fromCandidates(query: Query): Fragment {
  const { dated, undated } = allPositions(query);
  const positions = query.searchTerms === undefined ? [...dated, ...undated] : [...dated, ...undated].map(newest);
  return {
    sql: `SELECT ${COLUMNS} FROM (${positions.map(({ sql }) => sql).join(' UNION ALL ')}) d
      CROSS JOIN moments m ON m.id = d.position & ${MOMENT_MASK} CROSS JOIN records r ON r.id = m.record_id WHERE true`,
    params: Object.assign({}, ...positions.map(({ params }) => params)) as Fragment['params'], // @NOTE a union of such records
  };
}

/** Of the positions, the newest: as many as are counted. */
function newest({ sql, params }: Fragment): Fragment {
  return { sql: `SELECT * FROM (${sql} ORDER BY 1 DESC LIMIT ${COUNTED_MAX + 1})`, params };
}

function fromRecords(query: Query): Fragment {
  const moment = conditionsOf(query, { level: 'm.level', position: 'm.position', end: 'm.end_max' }, query.conjuncts);
  const lies = [
    query.undated === 'with' ? '' : ` AND m.level ${query.undated === 'only' ? '=' : '<>'} ${UNDATED_LEVEL}`,
    ' AND m.start_min <= :to AND m.end_max >= :from',
  ].join('');
  return {
    sql: `SELECT ${COLUMNS} FROM records r CROSS JOIN moments m ON m.record_id = r.id WHERE r.type = :type${lies}${moment.sql}`,
    params: { ...moment.params, type: query.type ?? '' },
  };
}
