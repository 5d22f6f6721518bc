import { copyFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type Database from 'better-sqlite3';
import { AnnalsError } from '../../domain/errors.ts';
import type { Progress } from '../../domain/progress.ts';
import { notedVersion, outdatedVersionIn } from '../index-version.ts';
import type { Engine, EngineAddress, EngineOptions, KnownVersions } from '../port.ts';
import { inspect, openConnections } from '../sqlite/connections.ts';
import { sqliteEngine } from '../sqlite/engine.ts';
import { asStorageError } from '../sqlite/errors.ts';
import { drawGenerationIn } from '../sqlite/generation.ts';
import { readMigrations } from '../migration-files.ts';
import type { Copies, MigrationReport, RunContext, Store } from '../store.ts';
import { indexToRebuild, lacksMigrations } from '../superseded.ts';
import { namingFolder, removeLeftovers, withFolder } from '../temporary-files.ts';
import { openComparison } from './compare.ts';
import { copyDatabase, makeFolder, targetOf } from './copy.ts';
import { danglingReferences, integrityFaults } from './integrity.ts';
import { isCurrent, migrate } from './migrations.ts';
import { databaseOfSideFile, refuseDatabase, refuseDatabaseInUse } from './output-file.ts';
import { restoreDatabase } from './restore.ts';
import { dropForeign, schemaFaults } from './schema.ts';

/** The store of the SQLite file that a `file:` URL names. Throws `invalid-request` for any other URL, and for a file that SQLite keeps beside a database. */
export function sqliteStore(url: string, migrations: string): Store {
  const path = pathOf(url);
  return {
    name: path,
    goBack: 'put a backup in its place with "annals restore"',
    open: async (options) => openDatabase(path, migrations, options),
    openOutdated: async () => openOutdated(path, migrations),
    migrate: (context) => migrateDatabase(path, migrations, context),
    backUp: (to, context, progress) => backUpDatabase({ path, to, migrations }, context, progress),
    restore: (from, context) => restoreDatabase({ from, path, ...context }, migrations),
    async newGeneration(random) {
      inspectCurrent(path, migrations, () => undefined);
      return drawGenerationIn(path, random)!; // @NOTE a database with every migration has the table
    },
    clearLeftovers: (now) => leftoverFolders(path).map((folder) => ({ folder, count: removeLeftovers(folder, now) })),
    refuseOutput: (to) => refuseDatabase(to, path),
    withCopies: (use, progress) =>
      withFolder(async (folder) => {
        const kept = join(folder, 'kept.db');
        await inFolder(() => copyDatabase(path, kept, (done, total) => progress('copying', done, total)));
        return use(copiesIn(folder, kept, migrations, progress));
      }),
  };
}

/** Opens an engine at the address of another one, such as in another thread. Throws `storage-unusable`. */
export const sqliteEngineAt = ({ url, known }: EngineAddress): Engine => sqliteEngine(pathOf(url), { known });

function pathOf(url: string): string {
  const path = url.startsWith('file:') ? url.slice('file:'.length).replace(/^\/\/(?=\/)/, '') : '';
  if (path === '' || path.includes('?'))
    throw new AnnalsError('invalid-request', `DATABASE_URL is "${url}": give "file:" and a path, such as file:data/annals.db`);
  const database = databaseOfSideFile(path);
  if (database !== undefined)
    throw new AnnalsError(
      'invalid-request',
      `DATABASE_URL is "${url}", which belongs to the database ${database}: give "file:${database}"`,
    );
  return path;
}

function openDatabase(path: string, migrations: string, options?: EngineOptions): Engine {
  inspectCurrent(path, migrations, (connection) => {
    const version = outdatedVersionIn(connection);
    if (version !== undefined) throw indexToRebuild(path, version);
    probeTables(connection);
  });
  return sqliteEngine(path, { ...options, known: knownVersions(migrations) });
}

function openOutdated(path: string, migrations: string): Engine | undefined {
  const version = inspectCurrent(path, migrations, outdatedVersionIn);
  return version === undefined ? undefined : sqliteEngine(path, { known: knownVersions(migrations, version) });
}

/** The versions of this program, and that of an index which it rebuilds. */
const knownVersions = (migrations: string, ...rebuilt: number[]): KnownVersions => ({
  schema: readMigrations(migrations).length,
  index: [notedVersion(), ...rebuilt],
});

async function migrateDatabase(path: string, migrations: string, context: RunContext): Promise<MigrationReport> {
  makeFolder(dirname(path));
  // A foreign file is refused before anything of it is changed.
  if (existsSync(path)) inspect(path, (connection) => isCurrent(connection, migrations));
  const { writer, reader } = openConnections(path);
  try {
    return await migrate(writer, migrations, context);
  } catch (error) {
    throw asStorageError(error);
  } finally {
    reader.close();
    writer.close();
  }
}

type Backup = { path: string; to: string; migrations: string };

async function backUpDatabase({ path, to, migrations }: Backup, { now, random }: RunContext, progress: Progress): Promise<void> {
  refuseMissing(path);
  refuseDatabaseInUse(to, path);
  inspect(path, (connection) => {
    isCurrent(connection, migrations);
    probeTables(connection);
  });
  removeLeftovers(dirname(to), now);
  await copyDatabase(
    path,
    to,
    (done, total) => progress('copying', done, total),
    (partial) => drawGenerationIn(partial, random),
  );
}

/** Copies of a migration lie beside the path even where it is a symbolic link, and those of a restore beside the file it points to. */
const leftoverFolders = (path: string): string[] => [...new Set([tmpdir(), dirname(resolve(path)), dirname(resolve(targetOf(path)))])];

function copiesIn(folder: string, kept: string, migrations: string, progress: Progress): Copies {
  const rebuilt = join(folder, 'rebuilt.db');
  return {
    faults: () => inFolder(async () => faultsIn(kept)),
    schemaFaults: () => schemaFaults(kept, migrations),
    rebuild: (use, schema = []) =>
      inFolder(async () => {
        copyFileSync(kept, rebuilt);
        dropForeign(rebuilt, schema);
        const engine = openDatabase(rebuilt, migrations);
        try {
          return await use(engine);
        } finally {
          await engine.close();
        }
      }),
    async compare(use) {
      const comparison = openComparison(kept, rebuilt, (rows) => progress('comparing', rows));
      try {
        return await use(comparison);
      } finally {
        await comparison.close();
      }
    },
  };
}

/** Does work on copies, whose errors name the folder of temporary files where that is full. */
const inFolder = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    throw namingFolder(error);
  }
};

const faultsIn = (path: string): string[] =>
  inspect(path, (connection) => [
    ...integrityFaults(connection).map((line) => `the file is damaged: ${line}`),
    ...danglingReferences(connection).map(
      ({ table, rows, parent }) => `${rows} rows of the table ${table} refer to rows of ${parent} that do not exist`,
    ),
  ]);

/** Inspects a database that has every migration. Throws `storage-unusable` for any other, and what `look` throws. */
function inspectCurrent<Result>(path: string, migrations: string, look: (connection: Database.Database) => Result): Result {
  refuseMissing(path);
  return inspect(path, (connection) => {
    if (!isCurrent(connection, migrations)) throw lacksMigrations(path);
    return look(connection);
  });
}

function refuseMissing(path: string): void {
  if (!existsSync(path)) throw new AnnalsError('storage-unusable', `there is no database ${path}: run "annals migrate"`);
}

/** Reads a row of every table. It finds a damaged schema or root page at once; a full check would read the whole file at every start. */
function probeTables(connection: Database.Database): void {
  const tables = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  for (const table of tables) connection.prepare(`SELECT * FROM "${String(table)}" LIMIT 1`).get();
}
