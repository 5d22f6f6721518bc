import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { AnnalsError, type Reason } from '../domain/errors.ts';
import type { Answers, Engine, Statement } from './engine.ts';

/** SQLite before this release may corrupt a database in WAL mode when a checkpoint races with a commit. */
const OLDEST_SQLITE = '3.51.3';

/** How long a statement waits for another process's lock, in milliseconds. */
const BUSY_TIMEOUT = 5000;

/** How often the engine asks for that lock meanwhile, in milliseconds. */
const BUSY_STEP = 20;

const READ_ONLY = 'the database file or its folder is read-only: let this program write to both';

/** How many prepared statements each connection keeps. Shapes are bounded: filters choose among a few hundred. */
const PREPARED_LIMIT = 2000;

/** A broken UNIQUE, PRIMARY KEY, FOREIGN KEY or CHECK constraint: something else was written between the reading and the writing. */
export class ConstraintError extends Error {
  override readonly name = 'ConstraintError';
}

type Pending = { statements: Iterable<Statement>; resolve: (rows: unknown[][]) => void; reject: (error: unknown) => void };

/** Opens the SQLite file and sets it up: one connection that writes and one that cannot. Throws `storage-unusable`. */
export function openConnections(path: string): { writer: Database.Database; reader: Database.Database } {
  try {
    refuseReadOnly(path);
    const writer = new Database(path, { timeout: BUSY_TIMEOUT });
    refuseOldSqlite(writer);
    writer.pragma('journal_mode = WAL');
    // This build's default in WAL is NORMAL, which may lose acknowledged writes at a power cut; it is read back to be sure.
    writer.pragma('synchronous = FULL');
    if (writer.pragma('synchronous', { simple: true }) !== 2)
      throw new AnnalsError('storage-unusable', 'SQLite did not accept synchronous=FULL');
    writer.pragma('foreign_keys = ON');
    // A database file is data: nothing in its schema may call functions with side effects.
    writer.pragma('trusted_schema = OFF');
    // An import may sort more than memory holds; what fits into the cache stays there.
    writer.pragma('temp_store = FILE');
    writer.pragma('temp.cache_size = -65536');
    writer.pragma('threads = 1');
    writer.pragma('cache_size = -65536');
    const reader = new Database(path, { timeout: BUSY_TIMEOUT });
    reader.pragma('query_only = ON');
    reader.pragma('trusted_schema = OFF');
    reader.pragma('temp_store = MEMORY');
    reader.pragma('cache_size = -65536');
    return { writer, reader };
  } catch (error) {
    throw asStorageError(error);
  }
}

/** Looks at a database file without changing it. Throws `storage-unusable` and what `look` throws. */
export function inspect(path: string, look: (connection: Database.Database) => void): void {
  try {
    refuseReadOnly(path);
    const connection = new Database(path, { timeout: BUSY_TIMEOUT, fileMustExist: true });
    try {
      connection.pragma('trusted_schema = OFF');
      look(connection);
    } finally {
      connection.close();
    }
  } catch (error) {
    throw asStorageError(error);
  }
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

/** How many writes may wait when nothing else is said: about as many as one transaction commits in a second. */
const WRITE_QUEUE = 1000;

/** The engine on one SQLite file in this process. `writeQueue` is how many writes may wait for their transaction. */
export function sqliteEngine(path: string, { writeQueue = WRITE_QUEUE }: { writeQueue?: number } = {}): Engine {
  const { writer, reader } = openConnections(path);
  // SQLite would wait on this thread, and every reader with it: `lock` waits instead.
  writer.pragma('busy_timeout = 0');
  const prepareRead = preparer(reader);
  const prepareWrite = preparer(writer);
  const begin = writer.prepare('BEGIN IMMEDIATE');
  const commit = writer.prepare('COMMIT');
  const rollback = writer.prepare('ROLLBACK');
  const savepoint = writer.prepare('SAVEPOINT batch');
  const release = writer.prepare('RELEASE batch');
  const undo = writer.prepare('ROLLBACK TO batch');
  const beginRead = reader.prepare('BEGIN');
  const endRead = reader.prepare('COMMIT');
  let queue: Pending[] = [];
  let flushing: Promise<void> | undefined;
  let batches = 0;
  let writes = 0;

  function runBatch(statements: Iterable<Statement>): unknown[][] {
    savepoint.run();
    try {
      let answer: unknown[][] = [];
      for (const each of statements) {
        const prepared = prepareWrite(each.sql);
        const rows = prepared.reader ? (prepared.all(...each.params) as unknown[][]) : undefined; // @NOTE raw mode answers arrays
        const count = rows?.length ?? prepared.run(...each.params).changes;
        if (each.guard && each.guard.rows !== count) throw each.guard.refuse;
        if (rows) answer = rows;
      }
      release.run();
      return answer;
    } catch (error) {
      // A full disk may have rolled the whole transaction back already.
      if (writer.inTransaction) {
        undo.run();
        release.run();
      }
      throw error;
    }
  }

  /** Begins a transaction that may write, when no other process has one. */
  async function lock(): Promise<void> {
    for (let waited = 0; ; waited += BUSY_STEP) {
      try {
        begin.run();
        return;
      } catch (error) {
        const isBusy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
        if (!isBusy || waited >= BUSY_TIMEOUT) throw error;
      }
      await setTimeout(BUSY_STEP);
    }
  }

  /** Group commit: all writes that wait share one transaction, a savepoint each, and are answered after its commit. */
  async function flush(): Promise<void> {
    // Every request that is already readable joins the group, and whatever comes while another process holds the database.
    await setImmediate();
    try {
      await lock();
    } catch (error) {
      return refuse(takeQueue(), error);
    }
    commitTogether(takeQueue());
  }

  function takeQueue(): Pending[] {
    const group = queue;
    queue = [];
    flushing = undefined;
    return group;
  }

  function refuse(group: readonly Pending[], error: unknown): void {
    for (const pending of group) pending.reject(asStorageError(error));
  }

  function commitTogether(group: readonly Pending[]): void {
    const done: (() => void)[] = [];
    try {
      for (const pending of group) {
        try {
          const rows = runBatch(pending.statements);
          done.push(() => pending.resolve(rows));
        } catch (error) {
          if (!writer.inTransaction) throw error;
          done.push(() => pending.reject(asStorageError(error)));
        }
      }
      commit.run();
      batches += 1;
      writes += done.length;
      for (const answer of done) answer();
    } catch (error) {
      refuse(group, error);
      if (writer.inTransaction) rollback.run();
    }
  }

  return {
    async read<const Statements extends readonly Statement[]>(statements: Statements) {
      try {
        const single = statements.length < 2;
        if (!single) beginRead.run();
        try {
          const answers = statements.map((each) => prepareRead(each.sql).all(...each.params));
          return answers as Answers<Statements>; // @NOTE the tuple types are stated where each statement is written
        } finally {
          if (!single) endRead.run();
        }
      } catch (error) {
        throw asStorageError(error);
      }
    },

    write(statements) {
      if (queue.length >= writeQueue)
        return Promise.reject(new AnnalsError('overloaded', `${writeQueue} writes wait for the database already: try again in a moment`));
      const result = new Promise<unknown[][]>((resolve, reject) => {
        queue.push({ statements, resolve, reject });
      });
      flushing ??= flush();
      return result;
    },

    statistics: () => ({ waiting: queue.length, batches, writes }),

    async close() {
      await flushing;
      reader.close();
      writer.close();
    },
  };
}

function preparer(connection: Database.Database): (sql: string) => Database.Statement {
  const prepared = new Map<string, Database.Statement>();
  return (sql) => {
    const known = prepared.get(sql);
    if (known) return known;
    if (prepared.size >= PREPARED_LIMIT) prepared.clear();
    const fresh = connection.prepare(sql);
    if (fresh.reader) fresh.raw(true);
    prepared.set(sql, fresh);
    return fresh;
  };
}

/** What SQLite's result codes mean to the domain; anything else passes as it is. */
export function asStorageError(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const cause = { cause: error };
  if (error.code.startsWith('SQLITE_CONSTRAINT')) return new ConstraintError(error.message, cause);
  if (error.code.startsWith('SQLITE_BUSY'))
    return new AnnalsError('storage-busy', 'another process holds the database; try again', [], cause);
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
