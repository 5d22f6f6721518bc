import Database from 'better-sqlite3';
import { AnnalsError, type Reason } from '../../domain/errors.ts';
import { ConstraintError } from '../port.ts';

/** The message about a database that cannot be written. */
export const READ_ONLY = 'the database file or its folder is read-only: let this program write to both';

/** The message about a database whose place another file has taken. */
export const REPLACED = 'another file has taken the place of the database while this program had it open: start the program again';

/** The domain error for a result code of SQLite; returns any other error unchanged. */
export function asStorageError(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const cause = { cause: error };
  if (error.code.startsWith('SQLITE_CONSTRAINT'))
    return new ConstraintError(`a constraint of the database is broken: ${error.message}`, cause);
  if (error.code.startsWith('SQLITE_BUSY'))
    return new AnnalsError('storage-busy', 'another process holds the database; try again', [], cause);
  if (error.code === 'SQLITE_READONLY_DBMOVED') return new AnnalsError('storage-unusable', REPLACED, [], { ...cause, reason: 'replaced' });
  if (error.code === 'SQLITE_FULL') return new AnnalsError('storage-full', 'the disk is full: nothing was written', [], cause);
  const [reason, message] = UNUSABLE[error.code.split('_').slice(0, 2).join('_')] ?? [];
  return message ? new AnnalsError('storage-unusable', message, [], { ...cause, reason }) : error;
}

const UNUSABLE: Record<string, [reason: Reason | undefined, message: string]> = {
  SQLITE_CORRUPT: ['corrupt', 'the database file is corrupt: put a copy in its place'],
  SQLITE_NOTADB: ['not-a-database', 'the file is not an SQLite database: name another in DATABASE_URL'],
  SQLITE_READONLY: ['read-only', READ_ONLY],
  SQLITE_CANTOPEN: [undefined, 'the database file cannot be opened'],
  SQLITE_IOERR: [undefined, 'the disk does not answer'],
};
