import type Database from 'better-sqlite3';
import type { Statement } from '../port.ts';
import { lastingRows } from './lasting.ts';

/** How many prepared statements each connection keeps. Shapes are bounded: filters choose among a few hundred. */
const PREPARED_LIMIT = 2000;

/** What can be asked of one moment of a database. */
export type Snapshot = {
  /** Runs statements and answers the rows of each as tuples. Throws SQLite's errors. */
  read: (statements: readonly Statement[]) => unknown[][];
  /** A number that differs from that of an earlier snapshot where another connection has committed since. */
  version: number;
};

/** Hands `use` a snapshot that begins now and ends with it. Throws what it throws, and SQLite's errors. */
export type WithSnapshot = <Result>(use: (snapshot: Snapshot) => Result) => Result;

/** What reads on a connection, with the statements that `prepare` keeps of it. */
export function snapshots(connection: Database.Database, prepare = preparer(connection)): WithSnapshot {
  const begin = connection.prepare('BEGIN');
  const end = connection.prepare('COMMIT');
  const dataVersion = connection.prepare<[], number>('PRAGMA data_version').pluck();
  const readRows = ({ sql, params }: Statement) => prepare(sql).all(...params);
  const lastingRowsOf = lastingRows(readRows);

  function read(statements: readonly Statement[], version: number): unknown[][] {
    // After a fault of the disk SQLite has ended the snapshot, on which others go on reading.
    if (!connection.inTransaction) begin.run();
    let before = 0;
    return statements.map((statement) => {
      if (before < (statement.onlyAfter ?? 0)) return [];
      const rows = statement.cacheable ? lastingRowsOf(statement, version) : readRows(statement);
      before += rows.length;
      return rows;
    });
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

/** Prepares the statements of a connection, each once; those that have rows answer them as tuples. */
export function preparer(connection: Database.Database): (sql: string) => Database.Statement {
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
