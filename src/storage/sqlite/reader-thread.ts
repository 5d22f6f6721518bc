import { workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import type { Statement } from '../port.ts';
import { openReader } from './connections.ts';
import { preparer, rowsOf, snapshots } from './reading.ts';
import { type FileIdentity, identityOf, isSameIdentity } from './file-identity.ts';

/** The path of the database, the identity of the file that other connections have open there, and the page cache in KiB. */
export type ThreadSettings = { path: string; file: FileIdentity | undefined; cache: number };

/** The rows of each statement, or the parts of SQLite's error, which would lose its class and code between threads. */
export type ThreadResult = { rows: unknown[][] } | { message: string; code: string };

const { path, file, cache } = workerData as ThreadSettings; // @NOTE given by `readerPool`
let reading: ReturnType<typeof readingOn> | undefined;

/** Runs statements on one snapshot of this thread's own connection, which is opened by the first. */
export default function readHere(statements: readonly Statement[]): object {
  try {
    reading ??= readingOn(openSame());
    return asTransferable(reading(statements));
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    return { message: error.message, code: error.code } satisfies ThreadResult;
  }
}

/** Opens the database. Throws SQLite's error of a moved database where another file is at the path. */
function openSame(): Database.Database {
  const connection = openReader(path, cache);
  if (isSameIdentity(identityOf(path), file)) return connection;
  connection.close();
  throw new Database.SqliteError('the database has moved', 'SQLITE_READONLY_DBMOVED');
}

/** Reads on a connection. One statement is a snapshot by itself: a checkpoint cannot run within a transaction. */
function readingOn(reader: Database.Database): (statements: readonly Statement[]) => unknown[][] {
  const prepare = preparer(reader);
  const withSnapshot = snapshots(reader, prepare);
  return ([first, ...more]) =>
    more.length === 0 ? [rowsOf(prepare(first!.sql), first!.params)] : withSnapshot(({ read }) => read([first!, ...more]));
}

/** The rows with the memory of their Buffers transferred instead of copied, where a Buffer has its memory for itself. */
function asTransferable(rows: unknown[][]): object {
  const owned = rows.flat(2).flatMap((value) => (Buffer.isBuffer(value) && ownsBuffer(value) ? [value.buffer] : []));
  const result: ThreadResult = { rows };
  return move({ [transferableSymbol]: owned, [valueSymbol]: result });
}

const ownsBuffer = ({ byteLength, buffer }: Buffer): boolean => byteLength > 0 && byteLength === buffer.byteLength;
