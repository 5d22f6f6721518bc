import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type Database from 'better-sqlite3';
import { AnnalsError } from '../domain/errors.ts';
import type { Randomness } from '../domain/token.ts';
import { copyDatabase } from './maintenance/copy.ts';
import type { Engine } from './port.ts';
import { drawGenerationIn } from './generation.ts';
import { isIndexOutdated } from './index-version.ts';
import { danglingReferences, integrityFaults } from './maintenance/integrity.ts';
import { removeLeftovers } from './maintenance/leftovers.ts';
import { databaseOfCompanion, refuseDatabaseInUse } from './maintenance/output-file.ts';
import { isCurrent, migrate, type MigrationReport, readMigrations } from './migrations.ts';
import { inspect, openConnections } from './sqlite/connections.ts';
import { asStorageError } from './sqlite/errors.ts';
import { type EngineOptions, sqliteEngine } from './sqlite/engine.ts';

/** The file of a `file:` address. Throws `invalid-request` for any other address, and for that of a file which SQLite keeps beside a database. */
export function databasePath(url: string): string {
  const path = url.startsWith('file:') ? url.slice('file:'.length).replace(/^\/\/(?=\/)/, '') : '';
  if (path === '' || path.includes('?'))
    throw new AnnalsError('invalid-request', `DATABASE_URL is "${url}": give "file:" and a path, such as file:data/annals.db`);
  const database = databaseOfCompanion(path);
  if (database !== undefined)
    throw new AnnalsError(
      'invalid-request',
      `DATABASE_URL is "${url}", which belongs to the database ${database}: give "file:${database}"`,
    );
  return path;
}

/** Brings the database at a path to the newest migration, making the file and its folder when there is none. Throws `storage-unusable`. */
export async function migrateDatabase(path: string, folder: string, now: number, random: Randomness): Promise<MigrationReport> {
  makeFolder(dirname(path));
  // A file that is not ours is refused before anything of it is changed.
  if (existsSync(path)) inspect(path, (connection) => isCurrent(connection, folder));
  const { writer, reader } = openConnections(path);
  try {
    return await migrate(writer, folder, { now, random });
  } catch (error) {
    throw asStorageError(error);
  } finally {
    reader.close();
    writer.close();
  }
}

/**
 * Opens the database at a path, with the engine's options. Throws `storage-unusable` when it cannot be used, lacks a migration, or has an index
 * of another definition.
 */
export function openDatabase(path: string, folder: string, options?: EngineOptions): Engine {
  inspectCurrent(path, folder, (connection) => {
    if (isIndexOutdated(connection))
      throw new AnnalsError('storage-unusable', `an older Annals made the index of ${path}: run "annals migrate", which rebuilds it`);
    touchTables(connection);
  });
  return sqliteEngine(path, { ...options, schema: readMigrations(folder).length });
}

/** Opens the database at a path if an older definition made its index, which is to be rebuilt before anything else is read. Throws as `openDatabase`. */
export function openOutdated(path: string, folder: string): Engine | undefined {
  let isOutdated = false;
  inspectCurrent(path, folder, (connection) => (isOutdated = isIndexOutdated(connection)));
  return isOutdated ? sqliteEngine(path, { schema: readMigrations(folder).length }) : undefined;
}

/**
 * Copies a database of Annals, whatever its migrations, to a file, with a generation of its own; `now` is in milliseconds since 1970-01-01 UTC.
 * Throws `invalid-request` where the file would take the place of a database in use or of a file beside one, `storage-unusable` and
 * `storage-full`.
 */
export async function backUpDatabase(
  path: string,
  { to, migrations, now, random }: { to: string; migrations: string; now: number; random: Randomness },
  progress: (done: number, total: number) => void,
): Promise<void> {
  refuseMissing(path);
  refuseDatabaseInUse(to, path);
  inspect(path, (connection) => {
    isCurrent(connection, migrations);
    touchTables(connection);
  });
  removeLeftovers(dirname(to), now);
  await copyDatabase(path, to, progress, (partial) => drawGenerationIn(partial, random));
}

/**
 * Draws a new generation for the database at a path, which a server may have open, and returns it. Throws `storage-busy`, and
 * `storage-unusable` when it cannot be used or lacks a migration.
 */
export function renewGeneration(path: string, migrations: string, random: Randomness): string {
  inspectCurrent(path, migrations, () => undefined);
  return drawGenerationIn(path, random)!; // @NOTE a database with every migration has the table
}

/** A sentence for each fault of a database file itself. Throws `storage-unusable` for a file that is no database. */
export function faultsIn(path: string): string[] {
  const faults: string[] = [];
  inspect(path, (connection) => {
    faults.push(...integrityFaults(connection).map((line) => `the file is damaged: ${line}`));
    for (const { table, rows, parent } of danglingReferences(connection))
      faults.push(`${rows} rows of the table ${table} refer to rows of ${parent} that do not exist`);
  });
  return faults;
}

/** Looks at a database that has every migration. Throws `storage-unusable` for any other, and what `look` throws. */
function inspectCurrent(path: string, folder: string, look: (connection: Database.Database) => void): void {
  refuseMissing(path);
  inspect(path, (connection) => {
    if (!isCurrent(connection, folder)) throw new AnnalsError('storage-unusable', `${path} lacks migrations: run "annals migrate"`);
    look(connection);
  });
}

function refuseMissing(path: string): void {
  if (!existsSync(path)) throw new AnnalsError('storage-unusable', `there is no database ${path}: run "annals migrate"`);
}

/** Makes the folder of a database, and those above it. Throws `storage-unusable`. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const denied = error instanceof Error && 'code' in error && ['EACCES', 'EPERM', 'EROFS'].includes(String(error.code));
    const message = `the folder ${folder} of the database cannot be made${denied ? ': this program may not write there' : ''}`;
    throw new AnnalsError('storage-unusable', message, [], { cause: error, reason: denied ? 'read-only' : undefined });
  }
}

/** Reads a row of every table. It finds a damaged schema or root page at once; a full check would read the whole file at every start. */
function touchTables(connection: Database.Database): void {
  const tables = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  for (const table of tables) connection.prepare(`SELECT * FROM "${String(table)}" LIMIT 1`).get();
}
