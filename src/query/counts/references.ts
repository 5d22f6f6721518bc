import type { Reader, Statement } from '../../storage/port.ts';
import { dialect } from '../../storage/dialect.ts';
import type { ReferredType } from './dimensions.ts';

/** A record that is a value: its id, kind, and name or, of a source, title. */
export type Reference = { id: string; name?: string; title?: string; kind: string };

/** Reads records in brief, by `type/id`. */
export async function referencesOf(reader: Reader, asked: readonly { type: ReferredType; id: string }[]): Promise<Map<string, Reference>> {
  if (asked.length === 0) return new Map();
  const statement: Statement<[type: string, id: string, title: string, kind: string]> = {
    sql: `SELECT r.type, r.slug, r.title, r.kind FROM ${dialect.elements('j', ':asked')}
      CROSS JOIN records r ON r.type = ${dialect.column('j', 0, 'text')} AND r.slug = ${dialect.column('j', 1, 'text')}`,
    params: [{ asked: JSON.stringify(asked.map(({ type, id }) => [type, id])) }],
  };
  const [rows] = await reader.read([statement]);
  return new Map(
    rows.map(([type, id, title, kind]) => [`${type}/${id}`, type === 'source' ? { id, title, kind } : { id, name: title, kind }]),
  );
}
