import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unusable } from './superseded.ts';

/** A numbered SQL file: `0001-records-and-index.sql`. */
export type Migration = { number: number; name: string; sha256: string; sql: string };

/** The numbered files of a folder, in order. Throws `storage-unusable` when a number is missing or given twice. */
export function readMigrations(folder: string): Migration[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  const migrations = files.toSorted().map((name) => {
    const sql = readFileSync(join(folder, name), 'utf8');
    return { number: Number.parseInt(name, 10), name, sha256: createHash('sha256').update(sql).digest('hex'), sql };
  });
  migrations.forEach((migration, index) => {
    if (migration.number !== index + 1)
      throw unusable(`migrations are numbered from 0001 without gaps, and ${migration.name} is not ${index + 1}`);
  });
  return migrations;
}

/** Throws `storage-unusable` when a database has migrations that are not those of the program: more, or others. */
export function refuseChanged(migrations: readonly Migration[], done: readonly { name: string; sha256: string }[]): void {
  if (done.length > migrations.length) {
    throw unusable(
      `the database is newer than this program: it has migration ${done[migrations.length]!.name}; start a newer Annals`,
      'newer',
    );
  }
  done.forEach((applied, index) => {
    const migration = migrations[index]!;
    if (applied.name !== migration.name || applied.sha256 !== migration.sha256) {
      throw unusable(
        `migration ${applied.name} of the database is not the file ${migration.name} of this program: migrations never change`,
        'foreign',
      );
    }
  });
}
