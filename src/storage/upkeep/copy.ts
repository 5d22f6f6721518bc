import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { asStorageError } from '../sqlite/errors.ts';
import { owner } from './leftovers.ts';

/** How many pages are copied at a time, 8 MB of them: progress is told after each. */
const STEP = 2000;

/** What SQLite may keep beside a database file. */
export const COMPANIONS = ['-wal', '-shm', '-journal'];

/**
 * Copies a database as it is at this moment into one file that needs no other beside it; whoever else has the database open goes on
 * reading and writing. The file is whole and on the disk when it appears under its name, and takes the place of one that is there; before,
 * `finish` may change it at the path it is given. Throws `storage-full` and `storage-unusable`.
 */
export async function copyDatabase(
  path: string,
  to: string,
  progress: (done: number, total: number) => void,
  finish?: (partial: string) => void,
): Promise<void> {
  const partial = `${to}.${owner()}.partial`;
  try {
    await copySnapshot(path, partial, progress);
    standAlone(partial);
    finish?.(partial);
    moveDurably(partial, to);
  } catch (error) {
    throw asStorageError(error);
  } finally {
    removeDatabase(partial);
  }
}

async function copySnapshot(path: string, to: string, progress: (done: number, total: number) => void): Promise<void> {
  const connection = new Database(path, { fileMustExist: true });
  try {
    connection.pragma('trusted_schema = OFF');
    connection.pragma('query_only = ON');
    // SQLite begins its copy anew whenever another connection writes, unless the one it reads through holds on to a snapshot.
    connection.exec('BEGIN');
    connection.prepare('SELECT count(*) FROM sqlite_schema').get();
    await connection.backup(to, {
      progress: ({ totalPages, remainingPages }) => {
        progress(totalPages - remainingPages, totalPages);
        return STEP;
      },
    });
  } finally {
    connection.close();
  }
}

/** Takes a database out of WAL mode: it can then be read from a medium that nobody can write to. */
export function standAlone(path: string): void {
  const connection = new Database(path, { fileMustExist: true });
  try {
    connection.pragma('journal_mode = DELETE');
  } finally {
    connection.close();
  }
}

/** Whether two paths name one file that exists. */
export function isSameFile(path: string, other: string): boolean {
  const [one, two] = [path, other].map((each) => statSync(each, { bigint: true, throwIfNoEntry: false }));
  return one !== undefined && two !== undefined && one.ino === two.ino && one.dev === two.dev;
}

/** Renames a file whose bytes reach the disk before its new name does; a file of that name is replaced. */
export function moveDurably(from: string, to: string): void {
  sync(from);
  renameSync(from, to);
  sync(dirname(to));
}

/** Waits until what a file or a folder holds is on the disk. */
export function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Removes a database file and what SQLite keeps beside it, as far as they exist. */
export function removeDatabase(path: string): void {
  for (const each of ['', ...COMPANIONS]) rmSync(`${path}${each}`, { force: true });
}
