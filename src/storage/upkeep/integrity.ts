import type Database from 'better-sqlite3';

/** How many faults are told, of as many as there may be. */
const TOLD = 10;

/** What is wrong with the pages, b-trees, constraints and full-text indexes of a database, in SQLite's words; nothing when it is sound. Reads all of it. */
export function integrityFaults(connection: Database.Database): string[] {
  const lines = connection.prepare(`PRAGMA integrity_check(${TOLD})`).pluck().all().map(String);
  return lines.length === 1 && lines[0] === 'ok' ? [] : lines;
}

/** Which rows refer to rows that do not exist: the table, how many of its rows, and the table they refer to. */
export function danglingReferences(connection: Database.Database): { table: string; rows: number; parent: string }[] {
  const counted = 'SELECT "table", count(*) AS rows, parent FROM pragma_foreign_key_check GROUP BY "table", parent';
  return connection.prepare(counted).all() as { table: string; rows: number; parent: string }[]; // @NOTE the columns named there
}
