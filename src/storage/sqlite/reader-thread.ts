import { workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import type { Statement } from '../port.ts';
import { openReader } from './connections.ts';
import { preparer, snapshots } from './reading.ts';
import { type FileIdentity, identityOf, isSameIdentity } from './file-identity.ts';

/** What a thread is told when it starts: the path, which file the others have open under it, and the page cache of its connection in KiB. */
export type ThreadSettings = { path: string; file: FileIdentity | undefined; cache: number };

/** What a thread answers: the rows of each statement, or what SQLite says is wrong. An error that crosses threads loses its class and code. */
export type ThreadAnswer = { rows: unknown[][] } | { message: string; code: string };

const { path, file, cache } = workerData as ThreadSettings; // @NOTE given by `readerPool`
let reading: ReturnType<typeof readingOn> | undefined;

/** Runs statements on one snapshot of this thread's own connection, which is opened by the first. */
export default function readHere(statements: readonly Statement[]): object {
  try {
    reading ??= readingOn(openSame());
    return moved(reading(statements));
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    return { message: error.message, code: error.code } satisfies ThreadAnswer;
  }
}

/** Opens the file that the others have open. Throws what SQLite calls a database that has moved where it is another. */
function openSame(): Database.Database {
  const connection = openReader(path, cache);
  if (isSameIdentity(identityOf(path), file)) return connection;
  connection.close();
  throw new Database.SqliteError('the database has moved', 'SQLITE_READONLY_DBMOVED');
}

/** What reads on a connection. One statement is a snapshot by itself; what copies the log could not run within another. */
function readingOn(reader: Database.Database): (statements: readonly Statement[]) => unknown[][] {
  const prepare = preparer(reader);
  const withSnapshot = snapshots(reader, prepare);
  return ([first, ...more]) =>
    more.length === 0 ? [prepare(first!.sql).all(...first!.params)] : withSnapshot(({ read }) => read([first!, ...more]));
}

/** The rows with the memory of their Buffers handed over instead of copied, which is sound where a Buffer has its memory for itself. */
function moved(rows: unknown[][]): object {
  const owned = rows.flat(2).flatMap((value) => (Buffer.isBuffer(value) && isAlone(value) ? [value.buffer] : []));
  const answer: ThreadAnswer = { rows };
  return move({ [transferableSymbol]: owned, [valueSymbol]: answer });
}

const isAlone = ({ byteLength, buffer }: Buffer): boolean => byteLength > 0 && byteLength === buffer.byteLength;
