import type Database from 'better-sqlite3';

/** Returns whether a database has a table: those of earlier releases lack some. */
export const hasTable = (connection: Database.Database, name: string): boolean =>
  connection.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(name) !== undefined;
