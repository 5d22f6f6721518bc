import type { Statement } from '../../storage/port.ts';
import { MOMENT_MASK, MOMENTS_IN_BRIEF } from '../../index/position-sql.ts';
import { type Asked, asked } from '../query-batch.ts';
import type { Query } from '../plan/query.ts';
import type { Fragment } from '../access-paths/residual-filter.ts';
import type { Progress } from '../../domain/time/position-ranges.ts';
import { isHeavy, positionsFrom } from '../access-paths/access-path.ts';
import { textsByShape } from '../access-paths/sql-by-shape.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';

/** A moment that was found, with the bytes that were asked for: of its record or of itself. */
export type Hit = { position: number; record: number; startMax: number; endMin: number; document: Buffer };

/** What of a moment is wanted: the document of its record, or its own item on the timeline. */
export type Wanted = 'r.document' | 'm.item';

export type Row = [position: number, record: number, startMax: number, endMin: number, document: Buffer];

/** The first `limit` moments in timeline order that answer the query, from `progress` on. */
export function pageByDate(query: Query, progress: Progress, limit: number, wanted: Wanted): Asked<Hit[]> {
  const { dated, undated } = positionsFrom(query, progress, progress.direction === 'forward' ? 'ASC' : 'DESC');
  const statements = [...dated, ...undated].map((source) => pageOf(query, source, progress, limit, wanted));
  const sign = progress.direction === 'forward' ? 1 : -1;
  const inOrder = (rows: readonly Row[][]) => rows.flat().toSorted((a, b) => sign * (a[0] - b[0]));
  return asked(statements, (answers) => {
    const hits: Hit[] = [];
    // The undated come last in both directions.
    for (const row of [...inOrder(answers.slice(0, dated.length)), ...inOrder(answers.slice(dated.length))]) {
      const [position, record, startMax, endMin, document] = row;
      // Several terms of one conjunct may find the same moment.
      if (hits.at(-1)?.position !== position) hits.push({ position, record, startMax, endMin, document });
      if (hits.length === limit) break;
    }
    return hits;
  });
}

const texts = {
  forward: { 'r.document': textsByShape(), 'm.item': textsByShape() },
  backward: { 'r.document': textsByShape(), 'm.item': textsByShape() },
};

function pageOf(query: Query, { sql, params }: Fragment, { direction }: Progress, limit: number, wanted: Wanted): Statement<Row> {
  return {
    sql: texts[direction][wanted](sql, () => pageText(sql, direction, wanted)),
    params: [{ ...params, limit }],
    ...(isHeavy(query) ? { offload: true } : {}),
  };
}

function pageText(positions: string, direction: Progress['direction'], wanted: Wanted): string {
  const [moments, records] =
    wanted === 'm.item' ? ['moments m', ''] : [MOMENTS_IN_BRIEF('m'), ' CROSS JOIN records r ON r.id = m.record_id'];
  const order = direction === 'forward' ? 'ASC' : 'DESC';
  return `SELECT d.position, m.record_id, m.start_max, m.end_min, ${wanted} FROM (${positions} ORDER BY 1 ${order} ${dialect.limit(':limit')}) d
    CROSS JOIN ${moments} ON m.id = d.position & ${MOMENT_MASK}${records}`;
}
