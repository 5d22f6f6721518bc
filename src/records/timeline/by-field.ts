import type { Reader, Statement } from '../../storage/engine.ts';
import { MOMENT_MASK, UNDATED_LEVEL } from '../../storage/interval-index.ts';
import { gathered, GATHERED_MAX } from './by-date.ts';
import { COUNTED_MAX } from './count.ts';
import { textSources } from './by-text.ts';
import { conditionsOf, type Fragment } from './conditions.ts';
import { type Query, total } from './query.ts';
import { rangesOf, undatedRange } from './ranges.ts';

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

/**
 * The first `limit` records that answer the query, by title or by last change. Few candidates are gathered and sorted; of many, the
 * records are read in order and each is asked whether a moment of it answers.
 */
export async function findByField(reader: Reader, query: Query, by: FieldOrder, limit: number): Promise<RecordHit[]> {
  if (query.conjuncts.some((terms) => terms.length === 0)) return [];
  const few = query.sought !== undefined || total(query.conjuncts[0]!) <= GATHERED_MAX;
  const { sql, params } = few ? fromCandidates(query) : fromRecords(query);
  const { field, order, after } = by;
  const beyond = order === 'ASC' ? '>' : '<';
  const statement: Statement<Row> = {
    sql: `${sql.replaceAll('$field', field)}${after ? ` AND (r.${field}, r.id) ${beyond} (:value, :record)` : ''}
      ORDER BY r.${field} ${order}, r.id ${order} LIMIT +:limit`,
    params: [{ ...params, limit, ...after }],
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

const COLUMNS = 'r.id, r.$field, m.start_min, m.start_max, m.end_min, m.end_max, r.document';

function fromCandidates(query: Query): Fragment {
  const forward = { direction: 'forward' } as const;
  const positions: Fragment[] = [];
  if (query.sought === undefined) {
    const ranges = [
      ...(query.undated === 'only' ? [] : rangesOf(query.window, forward)),
      ...(query.undated === 'without' ? [] : [undatedRange(forward)]),
    ];
    positions.push(gathered(query, ranges));
  } else {
    if (query.undated !== 'only') positions.push(newest(textSources(query, forward, 'DESC')));
    if (query.undated !== 'without') positions.push(newest(textSources(query, forward, 'DESC', undatedRange(forward))));
  }
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
