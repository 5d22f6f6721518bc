import { closeSync, existsSync, fchmodSync, openSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { AnnalsError, systemCode } from '../../domain/errors.ts';
import { asStorageError } from '../sqlite/errors.ts';
import { type FileIdentity, identityOf, isSameIdentity } from '../sqlite/file-identity.ts';

/**
 * A database file that no other process can read or write until it is let go. `isEmpty` says that it holds no table, as one that was made
 * for the purpose. `connection` holds the lock, in no transaction; there is none for a file that is too damaged to be locked, which no other
 * process can open either.
 */
export type LockedDatabase = { isEmpty: boolean; connection: Database.Database | undefined; letGo: () => void };

/**
 * Takes a database file for this process alone, after its log was copied into it, so that the one file holds everything and none beside it
 * belongs to it. Where there is no file an empty database with these permissions is made and held, so that no other process makes one there
 * meanwhile; to let go removes it, unless it was replaced. Throws `storage-unusable` with the reason `in-use` when another connection is
 * open, even an idle one, and other storage errors when the file cannot be locked; a file that was made is then removed.
 *
 * @NOTE While it is held, this process must not open and close the file otherwise: POSIX would let go of the lock.
 */
export function takeOver(path: string, mode: number): LockedDatabase {
  const isMade = makeFile(path, mode);
  const file = identityOf(path);
  const removeMade = (): void => {
    if (isMade && isSameIdentity(file, identityOf(path))) rmSync(path);
  };
  let connection: Database.Database | undefined;
  const letGo = (): void => {
    removeMade();
    connection?.close();
  };
  try {
    connection = new Database(path, { fileMustExist: true, timeout: 0 });
    return { isEmpty: lock(connection, path, file), connection, letGo };
  } catch (error) {
    const known = refusalOf(error, path);
    const reason = known instanceof AnnalsError ? known.reason : undefined;
    const isDamaged = reason === 'corrupt' || reason === 'not-a-database';
    // Another process that has opened the empty file meanwhile may have begun to fill it.
    if (!isDamaged && reason !== 'in-use') removeMade();
    connection?.close();
    if (!isDamaged) throw known;
    return { isEmpty: false, connection: undefined, letGo: () => undefined };
  }
}

/**
 * Locks a database until its connection is closed, and returns whether it holds no table. The lock is one of the connection and of no
 * transaction: SQLite's backup copies nothing of a connection that is in a transaction which may write.
 */
function lock(connection: Database.Database, path: string, file: FileIdentity | undefined): boolean {
  connection.pragma('trusted_schema = OFF');
  // SQLite takes a database out of WAL mode for its only user alone.
  connection.pragma('journal_mode = DELETE');
  // In a file without a page SQLite writes the first one when a transaction begins. Its journal would stay as long as an exclusive lock.
  connection.exec('BEGIN EXCLUSIVE; COMMIT');
  connection.pragma('locking_mode = EXCLUSIVE');
  connection.exec('BEGIN EXCLUSIVE; COMMIT');
  const isOurs = connection.pragma('journal_mode', { simple: true }) === 'delete' && isSameIdentity(file, identityOf(path));
  if (!isOurs) throw inUse(path);
  return connection.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
}

/** The error of a file that was not locked, as the domain knows it. */
function refusalOf(error: unknown, path: string): unknown {
  const known = asStorageError(error);
  return known instanceof AnnalsError && known.code === 'storage-busy' ? inUse(path, error) : known;
}

/** Makes an empty file, which SQLite takes for an empty database, unless there is one; returns whether it did. */
function makeFile(path: string, mode: number): boolean {
  if (existsSync(path)) return false;
  try {
    const file = openSync(path, 'wx', mode);
    fchmodSync(file, mode);
    closeSync(file);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

const inUse = (path: string, cause?: unknown): AnnalsError =>
  new AnnalsError('storage-unusable', `another program has ${path} open: stop it first; nothing was replaced`, [], {
    cause,
    reason: 'in-use',
  });
