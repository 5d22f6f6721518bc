import type { Reader, Statement } from '../../storage/port.ts';
import type { StoredRecord } from '../../records/stored-record.ts';
import { pageRequest } from './page.ts';
import { BY_RELATION } from './cursors.ts';
import { dialect } from '../../storage/dialect.ts';

/** A record at the other end of a relation. `outgoing`: the record of the request states the relation. */
export type RelatedRecord = {
  relation: string;
  direction: 'outgoing' | 'incoming';
  record: { type: string; id: string; kind: string; title: string };
};

type Related = [incoming: 0 | 1, first: number, second: number, relation: string, type: string, id: string, kind: string, title: string];

/** The records that a record points to, in its own order, then those that point to it. */
export async function relatedTo(
  reader: Reader,
  { key }: StoredRecord,
  parameters: { limit?: string; cursor?: string },
): Promise<{ items: RelatedRecord[]; next?: string }> {
  const { limit, after, paginate } = pageRequest(BY_RELATION, `related/${key}`, parameters);
  const { incoming, first, second } = after ?? { incoming: 0, first: -1, second: -1 };
  const page: Statement<Related> = {
    sql: `SELECT * FROM (
        SELECT * FROM (SELECT 0, n.ordinal, n.to_id, n.type, r.type, r.slug, r.kind, r.title
          FROM relations n CROSS JOIN records r ON r.id = n.to_id
          WHERE n.record_id = :key AND :incoming = 0 AND n.ordinal > :first ORDER BY n.ordinal ${dialect.limit(':most')}) outgoing
        UNION ALL
        SELECT * FROM (SELECT 1, n.record_id, n.ordinal, n.type, r.type, r.slug, r.kind, r.title
          FROM relations n CROSS JOIN records r ON r.id = n.record_id
          WHERE n.to_id = :key AND (n.record_id, n.ordinal) > (:source, :ordinal) ORDER BY n.record_id, n.ordinal ${dialect.limit(':most')}) incoming) related
      ORDER BY 1, 2, 3 ${dialect.limit(':most')}`,
    params: [
      { key, incoming, first, ...(incoming === 1 ? { source: first, ordinal: second } : { source: -1, ordinal: -1 }), most: limit + 1 },
    ],
  };
  const [rows] = await reader.read([page]);
  const { kept, next } = paginate(rows, ([side, one, two]) => ({ incoming: side, first: one, second: two }));
  const items = kept.map(([side, , , relation, type, id, kind, title]): RelatedRecord => {
    return { relation, direction: side === 0 ? 'outgoing' : 'incoming', record: { type, id, kind, title } };
  });
  return { items, next };
}
