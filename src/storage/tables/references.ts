import type { RecordType } from '../../domain/record-type.ts';
import { conflictUnless, guard, type Statement, statement } from '../port.ts';
import { dialect } from '../dialect.ts';
import type { ReferenceColumn } from './records.ts';

/** References between records: who refers to whom, and what actors and places are part of. */

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
      sql: `SELECT DISTINCT r.type, r.slug FROM (${referring} LIMIT 1000) x JOIN records r ON r.id = x.id WHERE x.id <> :key
        ORDER BY r.type, r.slug LIMIT ${most}`,
      params: [{ key }],
    }),
    refuse: (key, error) => ({ ...guard(0, error, `SELECT 1 FROM (${referring}) x WHERE x.id <> :key LIMIT 1`), params: [{ key }] }),
  };
}

/** The statements that tell who refers to any of many records. */
export type ReferrersOfAny = {
  /** Reads the keys of the records that refer to each of the records, separated by commas: one list for each column that has any. */
  read: (keys: readonly number[]) => Statement<[key: number, ...referrers: (string | null)[]]>;
  /** Aborts the batch while any record refers to one of the records. */
  refuse: (keys: readonly number[]) => Statement;
};

/** The key of each of many records, for which rows are looked up one by one. */
const KEY = dialect.integer('j');
const KEYS = dialect.integers('j', '?');

/**
 * SQL of the rows of a table that refer to such a key. Where most rows have one and the same value, PostgreSQL expects that of all keys, and would read the
 * whole table for each: of a range it expects few rows. It expects the same where only the first row is asked for, so rows are counted instead.
 */
const REFERRING = ({ table, column }: ReferenceColumn): string => `FROM ${table} t WHERE t.${column} BETWEEN ${KEY} AND ${KEY}`;

/** The statements over all columns that hold the key of a record, for many records at once. */
export function referrersOfAnyBy(columns: readonly ReferenceColumn[]): ReferrersOfAny {
  const lists = columns.map((each) => `(SELECT string_agg(CAST(t.record_id AS TEXT), ',') ${REFERRING(each)})`);
  const any = columns.map((each) => `(SELECT count(*) ${REFERRING(each)}) > 0`);
  return {
    read: (keys) => statement(`SELECT ${[KEY, ...lists].join(', ')} FROM ${KEYS}`, JSON.stringify(keys)),
    refuse: (keys) => conflictUnless(0, `SELECT 1 FROM ${KEYS} WHERE ${any.join(' OR ')} LIMIT 1`, JSON.stringify(keys)),
  };
}

/** Records that are read at once of those that cite a source. */
const CITING = 5000;

/**
 * Reads the records besides a source itself that cite it, in the order of their keys after one, and 1 for those that cite no other source: so many at a
 * time, none after the last.
 */
export const recordsCitingOnly = (source: number, after: number) =>
  statement<[key: number, type: RecordType, id: string, isOnly: 0 | 1]>(
    `SELECT r.id, r.type, r.slug,
        (SELECT count(*) FROM citations o WHERE o.record_id = x.id AND o.source_id <> x.source_id) = 0
      FROM (SELECT DISTINCT c.record_id AS id, c.source_id FROM citations c
        WHERE c.source_id = ? AND c.record_id > ? AND c.record_id <> c.source_id ORDER BY c.record_id LIMIT ${CITING}) x
      CROSS JOIN records r ON r.id = x.id ORDER BY 1`,
    source,
    after,
  );

/** Reads which of some records relations point to, by their keys. */
export const relationTargets = (keys: readonly number[]) =>
  statement<[key: number]>(
    `SELECT ${KEY} FROM ${KEYS} WHERE (SELECT count(*) ${REFERRING({ table: 'relations', column: 'to_id' })}) > 0`,
    JSON.stringify(keys),
  );

/** Reads the types and ids of records by their keys. */
export const idsOfKeys = (keys: readonly number[]) =>
  statement<[key: number, type: RecordType, id: string]>(
    `SELECT id, type, slug FROM records WHERE id IN ${dialect.list('?', 'integer')}`,
    JSON.stringify(keys),
  );

/** The column that holds what the records of a type are part of, and its table. */
const WHOLES = {
  actor: { table: 'actors', column: 'part_of_id' },
  place: { table: 'place_wholes', column: 'whole_id' },
} as const;

/** A type of records that may be part of others. */
export type PartType = keyof typeof WHOLES;

/** Reads what some records of a type are part of, and the records above them: each with one that it is part of. */
export function wholesAbove(type: PartType, ids: readonly string[]): Statement<[id: string, whole: string]> {
  const { table, column } = WHOLES[type];
  return statement(
    `WITH RECURSIVE above (key) AS (
       SELECT r.id FROM ${dialect.elements('j', '?')} CROSS JOIN records r ON r.type = '${type}' AND r.slug = ${dialect.value('j', 'text')}
       UNION SELECT a.${column} FROM above b CROSS JOIN ${table} a ON a.record_id = b.key WHERE a.${column} IS NOT NULL)
     SELECT r.slug, w.slug FROM above b CROSS JOIN ${table} a ON a.record_id = b.key CROSS JOIN records r ON r.id = b.key
       CROSS JOIN records w ON w.id = a.${column}`,
    JSON.stringify(ids),
  );
}

/** Aborts the batch when the record `part`, which is part of `wholes`, has become part of itself. */
export function guardPartOf(type: PartType, { part, wholes }: { part: number; wholes: readonly number[] }): Statement {
  const { table, column } = WHOLES[type];
  const above = `WITH RECURSIVE above (key) AS (
    SELECT ${dialect.integer('j')} FROM ${dialect.integers('j', ':wholes')}
    UNION SELECT a.${column} FROM above b CROSS JOIN ${table} a ON a.record_id = b.key WHERE a.${column} IS NOT NULL AND b.key <> :part)`;
  return { ...conflictUnless(0, `${above} SELECT 1 FROM above WHERE key = :part`), params: [{ part, wholes: JSON.stringify(wholes) }] };
}

/** Tables that an import relies on, joined with a record `r`: sources with a stored text, and actors and places that are part of others. */
const RELIED_ON = {
  source: 'paragraphs p ON p.source_id = r.id AND p.number = 1',
  actor: 'actors a ON a.record_id = r.id AND a.part_of_id IS NOT NULL',
  place: 'place_wholes w ON w.record_id = r.id',
};

/** Aborts the batch when a source with a text, or an actor or a place that is part of another, was changed after the change `since`. */
export const guardUnchanged = (type: keyof typeof RELIED_ON, since: number): Statement =>
  conflictUnless(
    0,
    `SELECT 1 FROM changes c CROSS JOIN records r ON r.type = c.type AND r.slug = c.slug
       CROSS JOIN ${RELIED_ON[type]} WHERE c.sequence > ? AND c.type = ? LIMIT 1`,
    since,
    type,
  );
