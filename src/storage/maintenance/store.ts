import { copyFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type Database from 'better-sqlite3';
import { AnnalsError } from '../../domain/errors.ts';
import type { Progress } from '../../domain/progress.ts';
import type { Randomness } from '../../domain/token.ts';
import { definitionIn, INDEX_VERSION, notedVersion, outdatedVersionIn } from '../index-version.ts';
import type { Engine, EngineAddress, EngineOptions, KnownVersions } from '../port.ts';
import { inspect, openConnections } from '../sqlite/connections.ts';
import { sqliteEngine } from '../sqlite/engine.ts';
import { asStorageError } from '../sqlite/errors.ts';
import { drawGenerationIn } from '../sqlite/generation.ts';
import { namingFolder, removeLeftovers, withFolder } from '../temporary-files.ts';
import { type Comparison, openComparison } from './compare.ts';
import { copyDatabase, makeFolder, targetOf } from './copy.ts';
import { danglingReferences, integrityFaults } from './integrity.ts';
import { isCurrent, migrate, type MigrationReport, readMigrations, type RunContext } from './migrations.ts';
import { databaseOfSideFile, refuseDatabase, refuseDatabaseInUse } from './output-file.ts';
import { type RestoreResult, restoreDatabase } from './restore.ts';
import { dropForeign, type SchemaFault, schemaFaults } from './schema.ts';

/** A folder, and the number of unfinished files of killed processes that were removed from it. */
export type ClearedFolder = { folder: string; count: number };

/** The database that DATABASE_URL names, and every operation on it as a whole. Paths and connections stay behind this interface. */
export interface Store {
  /** The name of the database in messages to the operator. */
  readonly name: string;
  /** Opens the database. Throws `storage-unusable` when it is missing, damaged at first sight, lacks a migration, or has an older index. */
  open(options?: EngineOptions): Engine;
  /** Opens the database if an older definition made its index, which is rebuilt before anything else is read. Throws as `open`. */
  openOutdated(): Engine | undefined;
  /** Makes the database, or brings it to the newest migration after a copy was made. Throws `storage-unusable` and `storage-busy`. */
  migrate(context: RunContext): Promise<MigrationReport>;
  /**
   * Copies the database, whatever its migrations, to a file, with a generation of its own. Throws `invalid-request` where the file would take
   * the place of a database in use or of a file beside one, `storage-unusable` and `storage-full`.
   */
  backUp(to: string, context: RunContext, progress: Progress): Promise<void>;
  /** Puts a copy of a file that `backUp` wrote in the place of the database, as `restoreDatabase` does. */
  restore(from: string, context: RunContext): Promise<RestoreResult>;
  /** Draws a new generation, also while a server has the database open. Throws `storage-busy` and `storage-unusable`. */
  newGeneration(random: Randomness): string;
  /** Removes what killed processes have left beside the database and in the folder of temporary files. */
  clearLeftovers(now: number): ClearedFolder[];
  /** Refuses to write a file, which is no database, onto this database, onto another, or onto what belongs to one. Throws `invalid-request`. */
  refuseOutput(to: string): void;
  /** Copies the database as it is at this moment to temporary files, which are gone when `use` is done. Throws `storage-full`. */
  withCopies<Result>(use: (copies: Copies) => Promise<Result>, progress: Progress): Promise<Result>;
}

/** Two copies of one moment of the database: one as it was, and one to rebuild and to compare with it. Throws `storage-full`. */
export interface Copies {
  /** Returns a sentence for each fault of the file itself. Throws `storage-unusable` for a file that is no database. */
  faults(): Promise<string[]>;
  /** Compares the schema with that of the migrations. */
  schemaFaults(): Promise<SchemaFault[]>;
  /** Makes the second copy, without the foreign triggers and indexes among `schema`, and passes an engine on it to `use`. */
  rebuild<Result>(use: (engine: Engine) => Promise<Result>, schema?: readonly SchemaFault[]): Promise<Result>;
  /** Passes a comparison of both copies to `use`. */
  compare<Result>(use: (comparison: Comparison) => Promise<Result> | Result): Promise<Result>;
}

/** The store that a `file:` URL names. Throws `invalid-request` for any other URL, and for a file that SQLite keeps beside a database. */
export function openStore(url: string, migrations: string): Store {
  const path = pathOf(url);
  return {
    name: path,
    open: (options) => openDatabase(path, migrations, options),
    openOutdated: () => openOutdated(path, migrations),
    migrate: (context) => migrateDatabase(path, migrations, context),
    backUp: (to, context, progress) => backUpDatabase({ path, to, migrations }, context, progress),
    restore: (from, context) => restoreDatabase({ from, path, ...context }, migrations),
    newGeneration(random) {
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
export const engineAt = ({ url, known }: EngineAddress): Engine => sqliteEngine(pathOf(url), { known });

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
    if (version !== undefined) {
      const maker =
        definitionIn(version) < INDEX_VERSION ? 'an older Annals' : 'an Annals on another release of Node, which orders letters otherwise,';
      throw new AnnalsError('storage-unusable', `${maker} made the index of ${path}: run "annals migrate", which rebuilds it`);
    }
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
        comparison.close();
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
    if (!isCurrent(connection, migrations)) throw new AnnalsError('storage-unusable', `${path} lacks migrations: run "annals migrate"`);
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
