import type Database from 'better-sqlite3';
import { AnnalsError } from '../domain/errors.ts';
import { letterOrderDigest } from '../domain/text/sort-key.ts';
import { hasTable } from './has-table.ts';
import { type Statement, statement } from './port.ts';

/**
 * Version of the definition of the index (`index/entry.ts`). Every change of what the index holds of a record raises it: a database whose index an
 * older definition made is rebuilt before it is used.
 */
export const INDEX_VERSION = 6;

/** The room of the digest of the order of letters below the version of the definition. */
const DIGESTS = 2 ** 32;

/**
 * The version that a database notes: that of the definition, and below it the digest of the order of letters, by which titles are sorted. The order comes
 * with Node, so that two programs of one definition may differ in it. Earlier releases noted the version of the definition alone.
 */
export const notedVersion = (): number => INDEX_VERSION * DIGESTS + letterOrderDigest();

/** The version of the definition in a version that a database notes. */
export const definitionIn = (noted: number): number => (noted < DIGESTS ? noted : Math.floor(noted / DIGESTS));

/** The statement that notes that this program made the index; for the batch that rebuilds it. */
export const noteIndexVersion = (): Statement => statement('UPDATE index_definition SET version = ?', notedVersion());

/**
 * Prepares the read of the version that a database notes. Undefined for a database from before migration 0007, which has no table for it, and no index
 * of another definition.
 */
export function indexVersionOf(connection: Database.Database): Database.Statement<[], number> | undefined {
  return hasIndexVersion(connection)
    ? connection.prepare<[], number>('SELECT version FROM index_definition WHERE id = 1').pluck()
    : undefined;
}

/** The version that a database notes; undefined for one from before there were versions. */
const versionIn = (connection: Database.Database): number | undefined => {
  const read = indexVersionOf(connection);
  return read && (read.get() ?? 0);
};

/** Returns the version that a database notes if an older definition or another order of letters made its index, undefined if this program did. */
export function outdatedVersionIn(connection: Database.Database): number | undefined {
  const version = versionIn(connection);
  return version === notedVersion() ? undefined : version;
}

/** Throws `storage-unusable` with the reason `newer` where a newer definition made the index of a connection. */
export const refuseNewerIndex = (connection: Database.Database): void => refuseNewer(versionIn(connection) ?? 0);

/** Throws `storage-unusable` with the reason `newer` for the noted version of a newer definition. */
export function refuseNewer(noted: number): void {
  const definition = definitionIn(noted);
  if (definition <= INDEX_VERSION) return;
  const message = `the database is newer than this program: its index is of version ${definition}, and this program knows ${INDEX_VERSION}; start a newer Annals`;
  throw new AnnalsError('storage-unusable', message, [], { reason: 'newer' });
}

/** Notes the version of this program in a database without records: an empty index is that of every definition. */
export function noteEmptyIndex(connection: Database.Database): void {
  if (!hasIndexVersion(connection)) return;
  connection.prepare('UPDATE index_definition SET version = ? WHERE NOT EXISTS (SELECT 1 FROM records)').run(notedVersion());
}

const hasIndexVersion = (connection: Database.Database): boolean => hasTable(connection, 'index_definition');
