import type Database from 'better-sqlite3';
import type { Statement } from '../engine.ts';
import { lastingRows } from './lasting.ts';

/** How many prepared statements each connection keeps. Shapes are bounded: filters choose among a few hundred. */
const PREPARED_LIMIT = 2000;

/** What reads on a connection: runs statements on one snapshot and answers the rows of each as tuples. Throws SQLite's errors. */
export function snapshots(connection: Database.Database): (statements: readonly Statement[]) => unknown[][] {
  const prepare = preparer(connection);
  const begin = connection.prepare('BEGIN');
  const end = connection.prepare('COMMIT');
  const readRows = ({ sql, params }: Statement) => prepare(sql).all(...params);
  const lastingRowsOf = lastingRows(connection, readRows);
  const rowsOf = (statement: Statement) => (statement.lasting ? lastingRowsOf(statement) : readRows(statement));

  function readAll(statements: readonly Statement[]): unknown[][] {
    let before = 0;
    return statements.map((statement) => {
      const rows = before < (statement.onlyAfter ?? 0) ? [] : rowsOf(statement);
      before += rows.length;
      return rows;
    });
  }

  return (statements) => {
    // One statement is a snapshot by itself.
    if (statements.length < 2) return readAll(statements);
    begin.run();
    try {
      return readAll(statements);
    } finally {
      end.run();
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
