import type { MigrationReport, RunContext } from '../store.ts';
import { existsSync, rmSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { AnnalsError } from '../../domain/errors.ts';
import { noteEmptyIndex, refuseNewerIndex } from '../index-version.ts';
import { hasTable } from '../has-table.ts';
import { type Migration, readMigrations, refuseChanged } from '../migration-files.ts';
import { unusable } from '../superseded.ts';
import { asStorageError } from '../sqlite/errors.ts';
import { drawFirstGeneration, drawGenerationIn } from '../sqlite/generation.ts';
import { copyDatabase } from './copy.ts';

const APPLIED = `CREATE TABLE IF NOT EXISTS migrations (
  number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT`;

/**
 * Brings the database to the newest migration, each in one transaction, after a copy of the file was made beside it. Throws
 * `storage-unusable` when the database is newer than the program, is not one of Annals, or was made by files that have changed since.
 * The copy gets a generation of its own, as a backup does.
 */
export async function migrate(connection: Database.Database, folder: string, context: RunContext): Promise<MigrationReport> {
  const { applied, pending } = comparedMigrations(connection, folder);
  if (pending.length === 0 || applied === 0) return { applied: applyAll(connection, pending, context, undefined) };
  const copy = `${connection.name}.before-${String(applied + 1).padStart(4, '0')}`;
  if (existsSync(copy)) {
    if (await appliedElsewhere(connection, applied + pending.length)) return { applied: [] };
    throw unusable(`${copy} exists: a migration failed before; move that copy away first`);
  }
  await copyDatabase(
    connection.name,
    copy,
    () => undefined,
    (partial) => drawGenerationIn(partial, context.random),
  );
  return { applied: applyAll(connection, pending, context, copy), copy };
}

/** Milliseconds for which a program waits for another one that has made its copy and applies migrations, and between two looks. */
const OTHER = { wait: 2000, step: 100 };

/** Returns true as soon as another process has applied as many migrations; false when it has not in time. */
async function appliedElsewhere(connection: Database.Database, count: number): Promise<boolean> {
  for (let waited = 0; waited <= OTHER.wait; waited += OTHER.step) {
    if (appliedMigrations(connection).length >= count) return true;
    await setTimeout(OTHER.step);
  }
  return false;
}

/**
 * Applies migrations in order and returns the names of those that another process has not applied meanwhile. A copy is kept when one of them fails,
 * but not when nothing was tried because another process held the database.
 */
function applyAll(connection: Database.Database, pending: readonly Migration[], context: RunContext, copy: string | undefined): string[] {
  const applied: string[] = [];
  try {
    for (const migration of pending) if (apply(connection, migration, context)) applied.push(migration.name);
    return applied;
  } catch (error) {
    const isUntouched = applied.length === 0 && error instanceof AnnalsError && error.code === 'storage-busy';
    if (isUntouched && copy !== undefined) rmSync(copy);
    throw error;
  }
}

/** Returns true if every migration of the folder is applied. Throws as `migrate` does. */
export const isCurrent = (connection: Database.Database, folder: string): boolean =>
  comparedMigrations(connection, folder).pending.length === 0;

/** Returns true if any migration was ever applied. */
export const isMigrated = (connection: Database.Database): boolean => appliedMigrations(connection).length > 0;

/** The number of migrations that were applied, and those that are pending. Throws as `migrate` does. */
function comparedMigrations(connection: Database.Database, folder: string): { applied: number; pending: Migration[] } {
  const migrations = readMigrations(folder);
  const done = appliedMigrations(connection);
  refuseForeign(connection, done.length);
  refuseChanged(migrations, done);
  refuseNewerIndex(connection);
  return { applied: done.length, pending: migrations.slice(done.length) };
}

function appliedMigrations(connection: Database.Database): { number: number; name: string; sha256: string }[] {
  if (!hasTable(connection, 'migrations')) return [];
  const rows = connection.prepare('SELECT number, name, sha256 FROM migrations ORDER BY number').all();
  return rows as { number: number; name: string; sha256: string }[]; // @NOTE the columns of the table above
}

function refuseForeign(connection: Database.Database, applied: number): void {
  if (applied > 0) return;
  const table = connection
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('migrations', 'sqlite_sequence')")
    .pluck()
    .get();
  if (table !== undefined) throw unusable('the database is not one of Annals: it already has other tables', 'foreign');
}

/** Applies a migration in one transaction. Returns false when another process has applied it since it was found pending: two may start at once. */
function apply(connection: Database.Database, migration: Migration, { now, random }: RunContext): boolean {
  try {
    const applyHere = connection.transaction(() => {
      if (appliedMigrations(connection).some(({ sha256 }) => sha256 === migration.sha256)) return false;
      connection.exec(APPLIED);
      connection.exec(migration.sql);
      connection
        .prepare('INSERT INTO migrations (number, name, sha256, applied_at) VALUES (?, ?, ?, ?)')
        .run(migration.number, migration.name, migration.sha256, now);
      drawFirstGeneration(connection, random);
      noteEmptyIndex(connection);
      return true;
    });
    // A transaction that only read at first could not write after another process has: it would be refused as busy at once.
    return applyHere.immediate();
  } catch (error) {
    const known = asStorageError(error);
    if (known instanceof AnnalsError) throw known;
    const reason = error instanceof Error ? error.message : String(error);
    throw new AnnalsError('storage-unusable', `migration ${migration.name} failed, and nothing of it was kept: ${reason}`, [], {
      cause: error,
    });
  }
}
