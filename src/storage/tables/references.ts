import type { RecordType } from '../../domain/record-type.ts';
import { conflictUnless, guard, type Statement, statement } from '../port.ts';
import { dialect } from '../sqlite/dialect.ts';
import type { ReferenceColumn } from './records.ts';

/** References between records: who refers to whom, and what actors are part of. */

/** The statements that tell who refers to a record. */
export type Referrers = {
  /** Reads the records that refer to the one with a key, at most so many. */
  read: (key: number, most: number) => Statement<[type: string, id: string]>;
  /** Aborts the batch with an error while any record refers to the one with a key. */
  refuse: (key: number, error: Error) => Statement;
};

/** The statements over all columns that hold the key of a record. */
export function referrersBy(columns: readonly ReferenceColumn[]): Referrers {
  const referring = columns.map(({ table, column }) => `SELECT record_id AS id FROM ${table} WHERE ${column} = :key`).join(' UNION ALL ');
  return {
    read: (key, most) => ({
      sql: `SELECT DISTINCT r.type, r.slug FROM (${referring} LIMIT 1000) x JOIN records r ON r.id = x.id WHERE x.id <> :key LIMIT ${most}`,
      params: [{ key }],
    }),
    refuse: (key, error) => ({ ...guard(0, error, `SELECT 1 FROM (${referring}) x WHERE x.id <> :key LIMIT 1`), params: [{ key }] }),
  };
}

/** Reads the types and ids of records by their keys. */
export const idsOfKeys = (keys: readonly number[]) =>
  statement<[key: number, type: RecordType, id: string]>(
    `SELECT id, type, slug FROM records WHERE id IN ${dialect.list('?', 'integer')}`,
    JSON.stringify(keys),
  );

/** Reads what some actors are part of, and the actors above them. */
export const actorsAbove = (ids: readonly string[]) =>
  statement<[id: string, whole: string]>(
    `WITH RECURSIVE above (key) AS (
       SELECT r.id FROM ${dialect.elements('j', '?')} CROSS JOIN records r ON r.type = 'actor' AND r.slug = ${dialect.value('j', 'text')}
       UNION SELECT a.part_of_id FROM above b CROSS JOIN actors a ON a.record_id = b.key WHERE a.part_of_id IS NOT NULL)
     SELECT r.slug, w.slug FROM above b CROSS JOIN actors a ON a.record_id = b.key CROSS JOIN records r ON r.id = b.key
       CROSS JOIN records w ON w.id = a.part_of_id`,
    JSON.stringify(ids),
  );

/** Depth up to which the actors that an actor is part of are followed in a batch. */
const DEPTH = 1000;

/** The actor `:whole`, the one it is part of, and so on, up to the actor `:part` or one that is part of none. */
const ABOVE = `WITH RECURSIVE above (key, depth) AS (
  SELECT :whole, 0
  UNION ALL SELECT a.part_of_id, b.depth + 1 FROM above b CROSS JOIN actors a ON a.record_id = b.key
    WHERE a.part_of_id IS NOT NULL AND b.key <> :part AND b.depth < ${DEPTH})`;

/** Aborts the batch when the actor `part`, which is part of `whole`, has become part of itself. */
export const guardPartOf = (keys: { part: number; whole: number }): Statement => ({
  ...conflictUnless(0, `${ABOVE} SELECT 1 FROM above WHERE key = :part`),
  params: [keys],
});

/** Tables that an import relies on, joined with a record `r`: sources with a stored text, and actors that are part of others. */
const RELIED_ON = {
  source: 'paragraphs p ON p.source_id = r.id AND p.number = 1',
  actor: 'actors a ON a.record_id = r.id AND a.part_of_id IS NOT NULL',
};

/** Aborts the batch when a source with a text, or an actor that is part of another, was changed after the change `since`. */
export const guardUnchanged = (type: keyof typeof RELIED_ON, since: number): Statement =>
  conflictUnless(
    0,
    `SELECT 1 FROM changes c CROSS JOIN records r ON r.type = c.type AND r.slug = c.slug
       CROSS JOIN ${RELIED_ON[type]} WHERE c.sequence > ? AND c.type = ? LIMIT 1`,
    since,
    type,
  );
