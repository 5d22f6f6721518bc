import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { AnnalsError } from '../../domain/errors.ts';
import { asStorageError, READ_ONLY, REPLACED } from './errors.ts';
import { type FileIdentity, identityOf, isSameIdentity } from './file-identity.ts';

/** SQLite before this release may corrupt a database in WAL mode when a checkpoint races with a commit. */
const OLDEST_SQLITE = '3.51.3';

/**
 * Page-cache sizes in KiB: of the connection that reads, of the one that writes, and of that one during a bulk load, where a page that does not
 * fit is written each time it changes. A larger cache for reading gains a few percent: the system caches the file.
 */
export const CACHE = { reading: 24_576, writing: 65_536, bulk: 196_608 };

/** The time that a statement waits for another process's lock, in milliseconds. */
export const BUSY_TIMEOUT = 5000;

/**
 * The number of pages in the write-ahead log, 32 MiB, at which a commit makes a checkpoint. Successive creates change many of the same pages: with
 * SQLite's default of 1000, two and a half times as much is written. With a reader pool `backgroundCheckpoints` lets it grow longer.
 */
const CHECKPOINT = 8000;

/**
 * Opens the SQLite file and sets it up: one connection that writes and one that cannot; `file` is which file that is. Throws `storage-unusable`.
 * A file that `annals restore` replaces meanwhile is refused by SQLite itself: it is in no WAL mode then, and to set it is a write, before which
 * SQLite looks whether the file has moved.
 */
export function openConnections(path: string): { writer: Database.Database; reader: Database.Database; file: FileIdentity | undefined } {
  try {
    refuseReadOnly(path);
    const before = identityOf(path);
    const writer = new Database(path, { timeout: BUSY_TIMEOUT });
    refuseOldSqlite(writer);
    writer.pragma('journal_mode = WAL');
    // This build's default in WAL is NORMAL, which may lose acknowledged writes at a power cut; it is read back to be sure.
    writer.pragma('synchronous = FULL');
    if (writer.pragma('synchronous', { simple: true }) !== 2)
      throw new AnnalsError('storage-unusable', 'SQLite did not accept synchronous=FULL');
    writer.pragma(`wal_autocheckpoint = ${CHECKPOINT}`);
    writer.pragma('foreign_keys = ON');
    // A database file is data: nothing in its schema may call functions with side effects.
    writer.pragma('trusted_schema = OFF');
    // An import may sort more than memory holds; what fits into the cache stays there.
    writer.pragma('temp_store = FILE');
    writer.pragma(`temp.cache_size = -${CACHE.writing}`);
    writer.pragma('threads = 1');
    writer.pragma(`cache_size = -${CACHE.writing}`);
    const reader = openReader(path, CACHE.reading);
    const file = identityOf(path);
    if (before && !isSameIdentity(before, file)) {
      reader.close();
      writer.close();
      throw new AnnalsError('storage-unusable', REPLACED, [], { reason: 'replaced' });
    }
    return { writer, reader, file };
  } catch (error) {
    throw asStorageError(error);
  }
}

/** Opens a connection that cannot write, with a page cache of that many KiB. */
export function openReader(path: string, cache: number): Database.Database {
  const reader = new Database(path, { timeout: BUSY_TIMEOUT, fileMustExist: true });
  reader.pragma('temp_store = MEMORY');
  // What SQLite cannot tell of a text (`composed` and `unitsOf` in the dialect).
  reader.function('composed', { deterministic: true }, (text: string | null) => text?.normalize('NFC'));
  reader.function('units_of', { deterministic: true }, (text: string | null) => text?.length);
  // The words of the full text: a view of its index, of which nothing is stored.
  reader.exec("CREATE VIRTUAL TABLE temp.words USING fts5vocab('main', 'search', 'instance')");
  reader.pragma('query_only = ON');
  reader.pragma('trusted_schema = OFF');
  reader.pragma(`cache_size = -${cache}`);
  return reader;
}

/** Passes a connection of its own on a database file to `use`, whose commits are durable. Throws the domain error of what `use` throws. */
export function withDatabase<Result>(path: string, use: (connection: Database.Database) => Result): Result {
  try {
    const connection = new Database(path, { timeout: BUSY_TIMEOUT, fileMustExist: true });
    try {
      connection.pragma('trusted_schema = OFF');
      connection.pragma('synchronous = FULL');
      return use(connection);
    } finally {
      connection.close();
    }
  } catch (error) {
    throw asStorageError(error);
  }
}

/** As `withDatabase`, for a file that this program may write. Throws `storage-unusable` for any other. */
export function inspect<Result>(path: string, look: (connection: Database.Database) => Result): Result {
  refuseReadOnly(path);
  return withDatabase(path, look);
}

/** SQLite opens what it cannot write and fails at the first write; WAL needs the folder, too. Root may write wherever the file system lets it. */
function refuseReadOnly(path: string): void {
  const wanted = [dirname(path), path, `${path}-wal`, `${path}-shm`].filter((each) => existsSync(each));
  try {
    for (const each of wanted) accessSync(each, constants.W_OK);
  } catch (error) {
    throw new AnnalsError('storage-unusable', READ_ONLY, [], { cause: error, reason: 'read-only' });
  }
}

function refuseOldSqlite(connection: Database.Database): void {
  const version = String(connection.prepare('SELECT sqlite_version()').pluck().get());
  const older = version.localeCompare(OLDEST_SQLITE, 'en', { numeric: true }) < 0;
  if (older)
    throw new AnnalsError('storage-unusable', `SQLite ${version} has a WAL corruption bug; Annals needs ${OLDEST_SQLITE} or newer`);
}
