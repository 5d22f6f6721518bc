import { closeSync, fsyncSync, mkdirSync, openSync, readlinkSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { AnnalsError, NOT_WRITABLE, systemCode } from '../../domain/errors.ts';
import { withDatabase } from '../sqlite/connections.ts';
import { asStorageError } from '../sqlite/errors.ts';
import { owner } from '../temporary-files.ts';

/** The number of pages that are copied at a time, 8 MB of them: progress is told after each. */
const STEP = 2000;

/** The endings of the files that SQLite may keep beside a database file. */
export const SIDE_FILES = ['-wal', '-shm', '-journal'];

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
    leaveWalMode(partial);
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
export const leaveWalMode = (path: string): unknown => withDatabase(path, (connection) => connection.pragma('journal_mode = DELETE'));

/** The number of symbolic links that are followed one after the other, as Linux does; more of them are a circle. */
const LINKS = 40;

/** The path of the file that a path names by symbolic links, which may not exist yet; in a circle of links, the path of one of them. */
export function targetOf(path: string, links = LINKS): string {
  try {
    return realpathSync(path);
  } catch {
    const next = links > 0 ? linkedFrom(path) : undefined;
    return next === undefined ? path : targetOf(next, links - 1);
  }
}

/** The path that a symbolic link holds; nothing where there is no link, or none that can be read. */
function linkedFrom(path: string): string | undefined {
  try {
    return resolve(realpathSync(dirname(path)), readlinkSync(path));
  } catch {
    return undefined;
  }
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
  for (const each of ['', ...SIDE_FILES]) rmSync(`${path}${each}`, { force: true });
}

/** Makes the folder of a database, and those above it. Throws `storage-unusable`. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const denied = NOT_WRITABLE.has(systemCode(error));
    const message = `the folder ${folder} of the database cannot be made${denied ? ': this program may not write there' : ''}`;
    throw new AnnalsError('storage-unusable', message, [], { cause: error, reason: denied ? 'read-only' : undefined });
  }
}
