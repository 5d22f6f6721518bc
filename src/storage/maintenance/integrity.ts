import type Database from 'better-sqlite3';

/** The number of faults that SQLite lists at most. */
const TOLD = 10;

/**
 * The faults in the pages, b-trees, constraints and full-text indexes of a database, in SQLite's words: ten at most, then a line that says so; none
 * when it is sound. Reads all of it.
 */
export function integrityFaults(connection: Database.Database): string[] {
  const lines = connection.prepare(`PRAGMA integrity_check(${TOLD})`).pluck().all().map(String);
  if (lines.length === 1 && lines[0] === 'ok') return [];
  return lines.length < TOLD ? lines : [...lines, `SQLite lists ${TOLD} faults at most, and there may be more`];
}

/** The rows that refer to rows that do not exist: the table, the number of its rows, and the table they refer to. */
export function danglingReferences(connection: Database.Database): { table: string; rows: number; parent: string }[] {
  const counted = 'SELECT "table", count(*) AS rows, parent FROM pragma_foreign_key_check GROUP BY "table", parent';
  return connection.prepare(counted).all() as { table: string; rows: number; parent: string }[]; // @NOTE the columns named there
}
