import { type Reader, statement } from '../../storage/port.ts';
import type { StoredRecord } from '../../records/stored-record.ts';
import { cut, identityOf, limitOf, placeOf } from './page.ts';
import { BY_RELATION } from './cursors.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';

/** A record at the other end of a relation. `outgoing`: the relation is stated by the record that was asked about. */
export type RelatedRecord = {
  relation: string;
  direction: 'outgoing' | 'incoming';
  record: { type: string; id: string; kind: string; title: string };
};

type Row = [incoming: number, ordinal: number, key: number, relation: string, type: string, id: string, kind: string, title: string];

/** The records a record points to, in its own order, then those that point to it. */
export async function relatedTo(
  reader: Reader,
  { key }: StoredRecord,
  parameters: { limit?: string; cursor?: string },
): Promise<{ items: RelatedRecord[]; next?: string }> {
  const identity = identityOf(`related/${key}`, parameters);
  const limit = limitOf(parameters);
  const [incoming, first, second] = placeOf(BY_RELATION, parameters.cursor, identity) ?? [0, -1, -1];
  const [rows] = await reader.read([
    statement<Row>(
      `SELECT * FROM (
         SELECT * FROM (SELECT 0, n.ordinal, n.to_id, n.type, r.type, r.slug, r.kind, r.title
           FROM relations n CROSS JOIN records r ON r.id = n.to_id WHERE n.record_id = ? AND ? = 0 AND n.ordinal > ? ORDER BY n.ordinal ${dialect.limit('?')})
         UNION ALL
         SELECT * FROM (SELECT 1, n.record_id, n.ordinal, n.type, r.type, r.slug, r.kind, r.title
           FROM relations n CROSS JOIN records r ON r.id = n.record_id
           WHERE n.to_id = ? AND (n.record_id, n.ordinal) > (?, ?) ORDER BY n.record_id, n.ordinal ${dialect.limit('?')}))
       ORDER BY 1, 2, 3 ${dialect.limit('?')}`,
      key,
      incoming,
      first,
      limit + 1,
      key,
      incoming === 1 ? first : -1,
      incoming === 1 ? second : -1,
      limit + 1,
      limit + 1,
    ),
  ]);
  const { kept, next } = cut(rows, limit, BY_RELATION, identity, ([side, one, two]) => [side, one, two]);
  const items = kept.map(([side, , , relation, type, id, kind, title]) => ({
    relation,
    direction: side === 0 ? ('outgoing' as const) : ('incoming' as const),
    record: { type, id, kind, title },
  }));
  return { items, next };
}
