import type Database from 'better-sqlite3';
import { rowCache } from '../../domain/caches/row-cache.ts';
import { keyOf, type Statement } from '../port.ts';
import { expand, hasTexts } from '../dialect.ts';
import { sqliteDialect } from './dialect.ts';
import { asStorageError } from './errors.ts';
import { boundTexts } from '../full-text/fts5.ts';

/** The rows and the version of one moment of a database. */
type Snapshot = {
  /** Returns the rows of each statement as tuples. Throws SQLite's errors. */
  read: (statements: readonly Statement[]) => unknown[][];
  /** A number that differs from that of an earlier snapshot where another connection has committed since. */
  version: number;
};

/** Passes a snapshot to `use` that begins now and ends with it. Throws what `use` throws, and SQLite's errors. */
type WithSnapshot = <Result>(use: (snapshot: Snapshot) => Result) => Result;

/** The number of prepared statements that a connection keeps. Shapes are bounded: filters choose among a few hundred. */
const PREPARED_LIMIT = 2000;

/** A prepared statement, and whether it has conditions on texts among its parameters. */
type Prepared = { statement: Database.Statement; hasTexts: boolean };

/** Prepares the statements of a connection, each once; rows are tuples. */
export function preparer(connection: Database.Database): (sql: string) => Prepared {
  const prepared = new Map<string, Prepared>();
  return (sql) => {
    const known = prepared.get(sql);
    if (known) return known;
    if (prepared.size >= PREPARED_LIMIT) prepared.clear();
    const fresh = { statement: connection.prepare(expand(sql, sqliteDialect)), hasTexts: hasTexts(sql) };
    if (fresh.statement.reader) fresh.statement.raw(true);
    prepared.set(sql, fresh);
    return fresh;
  };
}

/** The rows of a prepared statement that reads. */
export const rowsOf = ({ statement, hasTexts: has }: Prepared, params: Statement['params']): unknown[] =>
  statement.all(...(has ? boundTexts(params) : params));

/** Snapshots of a connection, whose statements `prepare` keeps. */
export function snapshots(connection: Database.Database, prepare = preparer(connection)): WithSnapshot {
  const begin = connection.prepare('BEGIN');
  const end = connection.prepare('COMMIT');
  const dataVersion = connection.prepare<[], number>('PRAGMA data_version').pluck();
  const readRows = ({ sql, params }: Statement) => rowsOf(prepare(sql), params);
  const cache = rowCache();

  function readCached(statement: Statement, version: number): unknown[] {
    const key = keyOf(statement);
    const known = cache.find(key, version);
    if (known) return known;
    const rows = readRows(statement);
    cache.keep(key, version, rows);
    return rows;
  }

  function read(statements: readonly Statement[], version: number): unknown[][] {
    // A disk error ends the transaction, and later reads of the group still need one.
    if (!connection.inTransaction) begin.run();
    return statements.map((statement) => (statement.cacheable ? readCached(statement, version) : readRows(statement)));
  }

  return (use) => {
    begin.run();
    try {
      const version = dataVersion.get()!;
      return use({ read: (statements) => read(statements, version), version });
    } finally {
      if (connection.inTransaction) end.run();
    }
  };
}

/** The time that a group is read for, in milliseconds, before the reads that are done are resolved and the event loop goes on. */
const GROUP_TIME = 1;

/** The commits that one connection can count: versions of the next connection begin above them. */
const COMMITS = 2 ** 32;

/**
 * Group reads: all reads of one turn of the event loop share a snapshot at its end. BEGIN, data_version and COMMIT cost as much as a point
 * read, and reads that follow each other find the processor's caches warm.
 */
export function groupReads(first: Database.Database, open: () => Database.Database) {
  const waiting: { use: (snapshot: Snapshot) => void; reject: (error: unknown) => void }[] = [];
  let connection = first;
  let withSnapshot = snapshots(connection);
  let earlier = 0;

  function readGroup(): void {
    const until = performance.now() + GROUP_TIME;
    try {
      withSnapshot((snapshot) => {
        do waiting.shift()!.use(snapshot);
        while (waiting.length > 0 && performance.now() < until);
      });
    } catch (error) {
      for (const { reject } of waiting.splice(0)) reject(asStorageError(error));
    }
    if (waiting.length > 0) setImmediate(readGroup);
  }

  function inGroup<Result>(find: (snapshot: Snapshot) => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      const use = (snapshot: Snapshot): void => {
        try {
          resolve(find(snapshot));
        } catch (error) {
          reject(asStorageError(error));
        }
      };
      if (waiting.push({ use, reject }) === 1) setImmediate(readGroup);
    });
  }

  return {
    /** Returns the rows of statements on a snapshot that begins after the call. Rejects with `storage-busy` or `storage-unusable`. */
    read: (statements: readonly Statement[]) => inGroup((snapshot) => snapshot.read(statements)),
    /** Returns a number that changes with every commit of any connection. Rejects as `read` does. */
    version: () => inGroup(({ version }) => earlier * COMMITS + version),
    /** Resolves when the reads that were accepted are done. */
    async settled() {
      if (waiting.length > 0) await inGroup(() => undefined);
    },
    /** Closes the connection. No read may run until `reopen` has opened another. */
    close: () => void connection.close(),
    reopen() {
      connection = open();
      withSnapshot = snapshots(connection);
      earlier += 1;
    },
  };
}
