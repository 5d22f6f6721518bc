import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { AnnalsError } from '../../domain/errors.ts';
import { identityOf, isSameIdentity } from '../sqlite/file-identity.ts';
import { SIDE_FILES, targetOf } from './copy.ts';

/** The first bytes of a file of SQLite (sqlite.org/fileformat.html, section 1.3). */
const SQLITE_HEADER = Buffer.from('SQLite format 3\0');

/** The database whose side file a path names, where that database exists: `x.db` for `x.db-wal`. */
export function databaseOfSideFile(path: string): string | undefined {
  const ending = SIDE_FILES.find((each) => path.endsWith(each));
  const database = ending === undefined ? '' : path.slice(0, -ending.length);
  return statSync(database, { throwIfNoEntry: false })?.isFile() ? database : undefined;
}

/**
 * Refuses to write a file where a database is in use: onto the database at `database`, onto another that has a log beside it, and onto a
 * file that SQLite keeps, or would make, beside any database. A symbolic link stands for what it points to. Throws `invalid-request`.
 */
export function refuseDatabaseInUse(to: string, database: string | undefined): void {
  const owner = [to, targetOf(to)].map(databaseOfSideFile).find((each) => each !== undefined) ?? ownerAmong(to, database);
  if (owner !== undefined)
    throw invalid(`${to} belongs to the database ${owner}, which loses writes without it: name another file, such as ${owner}.copy`);
  // A log beside the file is of whoever has it open; it would be taken for that of the new file.
  const isItself = database !== undefined && isSameIdentity(identityOf(database), identityOf(to));
  if (isItself || SIDE_FILES.some((ending) => existsSync(`${to}${ending}`))) throw invalid(`${to} is a database in use: name another file`);
}

/** Refuses to write anything else than a database onto one, whether in use or not. Throws `invalid-request`. */
export function refuseDatabase(to: string, database?: string): void {
  refuseDatabaseInUse(to, database);
  if (isRegularFile(to) && startsAsSqlite(to)) throw invalid(`${to} is a database: name another file`);
}

/** Refuses a path that cannot become a file: an empty one, a folder, a device, or one in a folder that does not exist. Throws `invalid-request`. */
export function refuseNoFile(to: string): void {
  if (to === '') throw invalid('the name of the file to write is empty: name a file');
  const found = statSync(to, { throwIfNoEntry: false });
  if (found?.isDirectory()) throw invalid(`${to} is a folder: name a file in it`);
  if (found && !found.isFile()) throw invalid(`${to} is not a regular file: name another`);
  if (!existsSync(dirname(to))) throw invalid(`the folder ${dirname(to)} does not exist: make it first, or name a file in another`);
}

/** The database, if `to` is one of its side files under another name. */
const ownerAmong = (to: string, database: string | undefined): string | undefined =>
  SIDE_FILES.some((ending) => database !== undefined && isSameIdentity(identityOf(`${database}${ending}`), identityOf(to)))
    ? database
    : undefined;

/** @NOTE To close a file lets go of the locks that this process has on it: it must have no connection to it. */
function startsAsSqlite(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(SQLITE_HEADER.length);
    return readSync(file, bytes) === bytes.length && bytes.equals(SQLITE_HEADER);
  } finally {
    closeSync(file);
  }
}

const isRegularFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

const invalid = (message: string): AnnalsError => new AnnalsError('invalid-request', message);
