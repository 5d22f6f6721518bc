import type Database from 'better-sqlite3';
import { AnnalsError } from '../domain/errors.ts';
import { hasTable } from './has-table.ts';
import { type Statement, statement } from './port.ts';

/**
 * Version of the definition of the index (`index/entry.ts`). Every change of what the index holds of a record raises it: a database whose index an
 * older definition made is rebuilt before it is used.
 */
export const INDEX_VERSION = 4;

/** The statement that notes that this program's definition made the index; for the batch that rebuilds it. */
export const noteIndexVersion: Statement = statement('UPDATE index_definition SET version = ?', INDEX_VERSION);

/**
 * Prepares the read of the version of the definition that made the index of a database. Undefined for a database from before migration 0007, which
 * has no table for it, and no index of another definition.
 */
export function indexVersionOf(connection: Database.Database): Database.Statement<[], number> | undefined {
  return hasIndexVersion(connection)
    ? connection.prepare<[], number>('SELECT version FROM index_definition WHERE id = 1').pluck()
    : undefined;
}

const versionIn = (connection: Database.Database): number => {
  const read = indexVersionOf(connection);
  return read ? (read.get() ?? 0) : INDEX_VERSION;
};

/** Returns whether an older definition made the index of a database. */
export const isIndexOutdated = (connection: Database.Database): boolean => versionIn(connection) < INDEX_VERSION;

/** Throws `storage-unusable` with the reason `newer` where a newer definition made the index. */
export function refuseNewerIndex(connection: Database.Database): void {
  const version = versionIn(connection);
  if (version <= INDEX_VERSION) return;
  const message = `the database is newer than this program: its index is of version ${version}, and this program knows ${INDEX_VERSION}; start a newer Annals`;
  throw new AnnalsError('storage-unusable', message, [], { reason: 'newer' });
}

/** Notes the version of this program in a database without records: an empty index is that of every definition. */
export function noteEmptyIndex(connection: Database.Database): void {
  if (!hasIndexVersion(connection)) return;
  connection.prepare('UPDATE index_definition SET version = ? WHERE NOT EXISTS (SELECT 1 FROM records)').run(INDEX_VERSION);
}

const hasIndexVersion = (connection: Database.Database): boolean => hasTable(connection, 'index_definition');
