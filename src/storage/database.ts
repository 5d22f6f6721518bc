import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { AnnalsError } from '../domain/errors.ts';
import type { Engine } from './engine.ts';
import { isCurrent, migrate, type MigrationReport } from './migrations.ts';
import { openConnections, sqliteEngine } from './sqlite.ts';

/** The file of a `file:` address. Throws `invalid-request` for any other address. */
export function databasePath(url: string): string {
  const path = url.startsWith('file:') ? url.slice('file:'.length).replace(/^\/\/(?=\/)/, '') : '';
  if (path === '' || path.includes('?'))
    throw new AnnalsError('invalid-request', `DATABASE_URL is "${url}": give "file:" and a path, such as file:data/annals.db`);
  return path;
}

/** Brings the database at a path to the newest migration, making the file and its folder when there is none. Throws `storage-unusable`. */
export async function migrateDatabase(path: string, folder: string, now: number): Promise<MigrationReport> {
  mkdirSync(dirname(path), { recursive: true });
  const { writer, reader } = openConnections(path);
  try {
    return await migrate(writer, folder, now);
  } finally {
    reader.close();
    writer.close();
  }
}

/** Opens the database at a path. Throws `storage-unusable` when it cannot be used or lacks a migration. */
export function openDatabase(path: string, folder: string): Engine {
  const { writer, reader } = openConnections(path);
  try {
    if (!isCurrent(writer, folder)) throw new AnnalsError('storage-unusable', `${path} lacks migrations: run "annals migrate"`);
  } finally {
    reader.close();
    writer.close();
  }
  return sqliteEngine(path);
}
