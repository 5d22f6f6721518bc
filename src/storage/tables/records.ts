import type { RecordType } from '../../domain/record-type.ts';
import { conflictUnless, type Statement, statement, WriteConflict } from '../port.ts';
import { dialect } from '../dialect.ts';
import { insertAll, type TableRows } from './rows.ts';

/** The tables `records` and `changes`: each record as it is rendered, and the log of its changes. */

/** A record by its type and id. */
export const recordById = (type: RecordType, id: string) =>
  statement<[key: number, revision: number, createdAt: number, document: Buffer]>(
    'SELECT id, revision, created_at, document FROM records WHERE type = ? AND slug = ?',
    type,
    id,
  );

type CurrentRow = [
  key: number,
  revision: number,
  createdAt: number,
  updatedAt: number,
  document: Buffer,
  generation: string | null,
  newestChange: number | null,
];

const CURRENT = `SELECT r.id, r.revision, r.created_at, r.updated_at, r.document, g.word, (SELECT at FROM changes ORDER BY sequence DESC LIMIT 1)
  FROM records r LEFT JOIN generation g ON g.id = 1 WHERE r.type = ? AND r.slug = ?`;

const MOMENT_KEYS = `SELECT m.id FROM records r CROSS JOIN moments m ON m.record_id = r.id WHERE r.type = ? AND r.slug = ? ORDER BY m.ordinal`;

/** The reads of all that a change of a record starts from. `referred` is made by `referredBy`. */
export const currentRecord = (referred: string, type: RecordType, id: string) =>
  [
    statement<CurrentRow>(CURRENT, type, id),
    statement<[key: number]>(MOMENT_KEYS, type, id),
    statement<[type: RecordType, id: string, key: number]>(referred, type, id),
  ] as const;

/** A column that holds the key of a record which the row refers to. */
export type ReferenceColumn = { table: string; column: string };

/** The text of the select of all records that a record refers to, by its type and id: once for each reference. */
export function referredBy(columns: readonly ReferenceColumn[]): string {
  const keys = columns.map(({ table, column }) => `SELECT t.${column} AS id FROM own CROSS JOIN ${table} t ON t.record_id = own.key`);
  return `WITH own (key) AS (SELECT id FROM records WHERE type = ? AND slug = ?)
    SELECT DISTINCT r.type, r.slug, r.id FROM (${keys.join(' UNION ALL ')}) x CROSS JOIN records r ON r.id = x.id`;
}

/** The columns of a record that a write sets. */
export type RecordValues = {
  kind: string;
  title: string;
  sortTitle: string;
  revision: number;
  updatedAt: number;
  document: Buffer;
};

const TAKEN = new WriteConflict();

/** The row of a new record; it aborts the batch when the id is in use. */
export const newRecord = (row: RecordValues & { id: number; type: RecordType; slug: string; createdAt: number }): TableRows => ({
  table: 'records (id, type, slug, kind, title, sort_title, revision, created_at, updated_at, document)',
  rows: [[row.id, row.type, row.slug, row.kind, row.title, row.sortTitle, row.revision, row.createdAt, row.updatedAt, row.document]],
  conflict: 'ON CONFLICT (type, slug) DO NOTHING',
  error: TAKEN,
});

/** Puts a record in the place of the one that is stored, which must be at the revision before. */
export const replaceRecordRow = (key: number, { kind, title, sortTitle, revision, updatedAt, document }: RecordValues): Statement =>
  conflictUnless(
    1,
    'UPDATE records SET kind = ?, title = ?, sort_title = ?, revision = ?, updated_at = ?, document = ? WHERE id = ? AND revision = ?',
    kind,
    title,
    sortTitle,
    revision,
    updatedAt,
    document,
    key,
    revision - 1,
  );

/** Puts the document of a record in the place of the one that is stored, which must be at the revision before. */
export const replaceDocument = (
  key: number,
  { revision, updatedAt, document }: Omit<RecordValues, 'kind' | 'title' | 'sortTitle'>,
): Statement =>
  conflictUnless(
    1,
    'UPDATE records SET document = ?, revision = ?, updated_at = ? WHERE id = ? AND revision = ?',
    document,
    revision,
    updatedAt,
    key,
    revision - 1,
  );

/** Deletes the row of a record, which must be at that revision. */
export const deleteRecordRow = (key: number, revision: number): Statement =>
  conflictUnless(1, 'DELETE FROM records WHERE id = ? AND revision = ?', key, revision);

/** Deletes the rows of many records, which must be at those revisions. */
export const deleteRecordRows = (revisions: readonly (readonly [key: number, revision: number])[]): Statement[] => [
  guardRevisions(revisions.length, revisions),
  statement(`DELETE FROM records WHERE id IN ${dialect.list('?', 'integer')}`, JSON.stringify(revisions.map(([key]) => key))),
];

/** Aborts the batch when a record is of another revision. */
export const guardRevision = ({ key, revision }: { key: number; revision: number }): Statement =>
  conflictUnless(1, 'SELECT 1 FROM records WHERE id = ? AND revision = ?', key, revision);

/** Aborts the batch when the database has another generation. */
export const guardGeneration = (generation: string): Statement => conflictUnless(1, 'SELECT 1 FROM generation WHERE word = ?', generation);

/** Records are joined, and not by IN, for which SQLite would make a table each time. */
const EXISTING = `SELECT r.id FROM ${dialect.integers('j', '?')} CROSS JOIN records r ON r.id = ${dialect.integer('j')}`;

/** Aborts the batch when one of some records was deleted. */
export const guardExistence = (keys: readonly number[]): Statement => conflictUnless(keys.length, EXISTING, JSON.stringify(keys));

const SAME_REVISIONS = `SELECT r.id FROM ${dialect.elements('j', '?')}
  CROSS JOIN records r ON r.id = ${dialect.column('j', 0, 'integer')} AND r.revision = ${dialect.column('j', 1, 'integer')}`;

/** Aborts the batch unless so many records are at the revisions that were read. */
export const guardRevisions = (count: number, revisions: readonly (readonly [key: number, revision: number])[]): Statement =>
  conflictUnless(count, SAME_REVISIONS, JSON.stringify(revisions));

/** Reads the number of the newest change; every list's ETag is made from it. */
export const latestSequence = statement<[sequence: number | null]>('SELECT max(sequence) FROM changes');

/** Reads the instant of the newest change. */
export const newestInstant = statement<[at: number]>('SELECT at FROM changes ORDER BY sequence DESC LIMIT 1');

/** Aborts the batch when the newest change of the log is later than an instant. */
export const guardNoneAfter = (at: number): Statement =>
  conflictUnless(0, 'SELECT 1 WHERE (SELECT at FROM changes ORDER BY sequence DESC LIMIT 1) > ?', at);

/** Aborts the batch when the newest change has another number, 0 for none. */
export const guardSequence = (sequence: number): Statement =>
  conflictUnless(1, 'SELECT 1 WHERE (SELECT coalesce(max(sequence), 0) FROM changes) = ?', sequence);

const REVISED = new WriteConflict();

/** A change of a record; `replaced` is its document before. */
export type Change = {
  type: string;
  slug: string;
  action: 'created' | 'updated' | 'deleted';
  revision: number;
  at: number;
  replaced?: Buffer | null;
};

/** The row of the change log; no write goes without one. A revision that another made of the same record meanwhile aborts the batch. */
export const changeRow = ({ type, slug, action, revision, at, replaced = null }: Change): TableRows => ({
  table: 'changes (type, slug, action, revision, at, replaced)',
  rows: [[type, slug, action, revision, at, replaced]],
  conflict: 'ON CONFLICT (type, slug, revision) DO NOTHING',
  error: REVISED,
});

/** The statement that logs a change. */
export const logChange = (change: Change): Statement => insertAll(changeRow(change))[0]!;

/** Reads the last revision in the log of an id, also of a deleted record. */
export const lastRevision = (type: RecordType, id: string) =>
  statement<[revision: number | null]>('SELECT max(revision) FROM changes WHERE type = ? AND slug = ?', type, id);

/** Returns a row where a record has the id. */
export const anyWithId = (type: RecordType, id: string) => statement('SELECT 1 FROM records WHERE type = ? AND slug = ?', type, id);

/** Returns a row where there is any record. */
export const anyRecord = statement('SELECT 1 FROM records LIMIT 1');

/** Reads the last key of a record, 0 where there is none. */
export const lastKey = statement<[key: number]>('SELECT coalesce(max(id), 0) FROM records');

/** Reads records by their keys, with their moments' keys in order. */
export const recordsWithMoments = (keys: readonly number[]) => {
  const list = JSON.stringify(keys);
  return [
    statement<[key: number, revision: number, createdAt: number, updatedAt: number, document: Buffer]>(
      `SELECT id, revision, created_at, updated_at, document FROM records WHERE id IN ${dialect.list('?', 'integer')}`,
      list,
    ),
    statement<[record: number, key: number]>(
      `SELECT record_id, id FROM moments WHERE record_id IN ${dialect.list('?', 'integer')} ORDER BY record_id, ordinal`,
      list,
    ),
  ] as const;
};

/** Reads the documents of records by their keys, in the order of these. */
export const documentsOf = (keys: readonly number[]) =>
  statement<[key: number, document: Buffer]>(
    `SELECT id, document FROM records WHERE id IN ${dialect.list('?', 'integer')} ORDER BY id`,
    JSON.stringify(keys),
  );

/** A page of records as they stood at a change: those without a later one as they are, the others as the first later one found them. */
const PAGE_AT = `WITH later (slug, first) AS (
    SELECT slug, min(sequence) FROM ${dialect.unindexed('changes')} WHERE sequence > CAST(:at AS BIGINT) AND type = :type GROUP BY slug)
  SELECT slug, document FROM records WHERE type = :type AND slug > :after AND slug NOT IN (SELECT slug FROM later)
  UNION ALL SELECT l.slug, c.replaced FROM later l CROSS JOIN changes c ON c.sequence = l.first WHERE l.slug > :after AND c.action <> 'created'
  ORDER BY 1 ${dialect.limit(':limit')}`;

/** Reads records of a type as they stood at a change, in the order of their ids after one. */
export const recordsAt = (page: {
  at: number;
  type: RecordType;
  after: string;
  limit: number;
}): Statement<[id: string, document: Buffer]> => ({
  sql: PAGE_AT,
  params: [page],
  offload: true,
});

/** Reads the generation of a database: one row. */
export const currentGeneration: Statement<[word: string]> = {
  sql: 'SELECT word FROM generation WHERE id = 1',
  params: [],
  cacheable: true,
};
