import type { RestoreResult, RunContext } from '../store.ts';
import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type Database from 'better-sqlite3';
import { AnnalsError, NOT_WRITABLE, type Reason, systemCode } from '../../domain/errors.ts';
import { instantOf } from '../../domain/time/instant.ts';
import { carryKeys, workingKeys } from './carry-keys.ts';
import { leaveWalMode, makeFolder, moveDurably, removeDatabase, SIDE_FILES, sync, targetOf } from './copy.ts';
import { integrityFaults } from './integrity.ts';
import { isCurrent, isMigrated } from './migrations.ts';
import { inspect, withDatabase } from '../sqlite/connections.ts';
import { asStorageError, READ_ONLY } from '../sqlite/errors.ts';
import { identityOf, isSameIdentity } from '../sqlite/file-identity.ts';
import { drawGeneration } from '../sqlite/generation.ts';
import { owner, removeLeftovers } from '../temporary-files.ts';
import { type LockedDatabase, takeOver } from './take-over.ts';

/** A restore: the backup, and the path of the database that it replaces. */
export type RestoreOptions = RunContext & { from: string; path: string };

/** The reason why a file is not restored, as it stands after the file's name. */
const REFUSALS: Record<Reason, string> = {
  corrupt: 'is corrupt: take another copy',
  'not-a-database': 'is not an SQLite database',
  'read-only': 'could not be copied to where it can be checked',
  newer: 'was made by a newer Annals: restore it with that one',
  foreign: 'is not a database of this Annals',
  'in-use': 'is in use',
  replaced: 'was replaced while it was read',
};

/**
 * Puts a copy of a database file in the place of the database, which is kept under another name. The file itself is only read, and a
 * symbolic link stays. Throws `storage-unusable` with a reason when the file is not a sound database of this program or older, and when
 * another program has the database open.
 *
 * The process may be killed at any moment: the path names the old database or the new one, each whole. The copy is made, checked and
 * synced beside the database first. Then the database is locked, its log copied into it and removed, and the copy renamed over it, all
 * under the one lock: so a log of the old file never meets the new one, and another program that opens the old file meanwhile waits for
 * the lock, and then finds that the file has moved. A copy into the file by SQLite's backup would need as much room again for its journal,
 * and for what is kept, and could not replace a damaged file.
 */
export async function restoreDatabase({ from, path: named, now, random }: RestoreOptions, migrations: string): Promise<RestoreResult> {
  const path = targetOf(named);
  if (!statSync(from).isFile())
    throw new AnnalsError('invalid-request', `${from} is not a regular file: name one that "annals backup" wrote`);
  if (isSameIdentity(identityOf(from), identityOf(path)))
    throw new AnnalsError('invalid-request', `${from} is the database itself: name a backup of it`);
  makeFolder(dirname(path));
  const backupPath = `${path}.replaced-${instantOf(now).replaceAll(':', '-')}`;
  const fresh = `${path}.${owner()}.restoring`;
  try {
    for (const folder of new Set([dirname(named), dirname(path)])) removeLeftovers(folder, now);
    removeDatabase(fresh);
    copyFile(from, fresh);
    // A copy that was made file by file may have its last changes in the log beside it.
    if (existsSync(`${from}-wal`)) copyFile(`${from}-wal`, `${fresh}-wal`);
    copyPermissions(fresh, statSync(from));
    refuseUnsound(fresh, from, migrations);
    sync(fresh);
    return await replace({ fresh, path, backupPath }, { now, random });
  } catch (error) {
    throw asStorageError(error);
  } finally {
    removeDatabase(fresh);
  }
}

/** Copies a file. Throws `storage-unusable` when the new one may not be written, and `storage-full`. */
function copyFile(from: string, to: string): void {
  accessSync(from, constants.R_OK);
  try {
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
  } catch (error) {
    // The error of Node names the file that is read.
    const code = systemCode(error);
    if (NOT_WRITABLE.has(code)) throw new AnnalsError('storage-unusable', READ_ONLY, [], { cause: error, reason: 'read-only' });
    if (code === 'ENOSPC') throw new AnnalsError('storage-full', 'the disk is full: nothing was written', [], { cause: error });
    throw error;
  }
}

/** Gives a file the permissions of another, and its owners as far as this process may; the owner may always write. */
function copyPermissions(path: string, { mode, uid, gid }: Stats): void {
  const own = process.getuid?.();
  try {
    if (own === 0) chownSync(path, uid, gid);
    else if (own !== undefined) chownSync(path, own, gid);
  } catch {
    // Not a group of this process: the file is its own.
  }
  chmodSync(path, permissionsOf(mode));
}

const permissionsOf = (mode: number): number => (mode & 0o777) | 0o600;

function refuseUnsound(copy: string, from: string, migrations: string): void {
  try {
    inspect(copy, (connection) => {
      isCurrent(connection, migrations);
      if (!isMigrated(connection)) throw new AnnalsError('storage-unusable', 'no migration was applied', [], { reason: 'foreign' });
      if (integrityFaults(connection).length > 0) throw new AnnalsError('storage-unusable', 'it is corrupt', [], { reason: 'corrupt' });
    });
    leaveWalMode(copy);
  } catch (error) {
    const reason = error instanceof AnnalsError ? error.reason : undefined;
    if (reason === undefined) throw error;
    const message = `${from} ${REFUSALS[reason]}; nothing was replaced`;
    throw new AnnalsError('storage-unusable', message, [], { cause: error, reason });
  }
}

/** Puts a sound copy in the place of a database while no other process can open that. */
async function replace(
  { fresh, path, backupPath }: Record<'fresh' | 'path' | 'backupPath', string>,
  context: RunContext,
): Promise<RestoreResult> {
  const held = takeOver(path, permissionsOf(statSync(fresh).mode));
  try {
    // Where there was no database, the permissions stay those of the backup.
    if (!held.isEmpty) copyPermissions(fresh, statSync(path));
    const keys = finish(fresh, held, context);
    if (!held.isEmpty) await keep(path, backupPath, held);
    moveSideFiles(path, backupPath);
    moveDurably(fresh, path);
    return { keptAs: held.isEmpty ? undefined : backupPath, keys };
  } finally {
    held.letGo();
  }
}

const WORKS_AGAIN = 'a key that was revoked since the backup works again, and "annals keys revoke" revokes it';
const UNREADABLE = `the keys of the database that was replaced could not be read: ${WORKS_AGAIN}`;
const NOTHING_THERE = `there was no database to compare the keys of the backup with: ${WORKS_AGAIN}`;

/** Draws a generation for the copy, and lets no key in it go back to what it was when the backup was made; returns what differs in keys. */
function finish(fresh: string, held: LockedDatabase, { now, random }: RunContext): string[] {
  return withDatabase(fresh, (restored) =>
    restored.transaction(() => {
      drawGeneration(restored, random);
      return carried(held, restored, now);
    })(),
  );
}

/** The sentences about keys. Where there are none to compare those of the backup with, those that work are listed. */
function carried({ isEmpty, connection: replaced }: LockedDatabase, restored: Database.Database, now: number): string[] {
  try {
    if (isEmpty) return notCompared(NOTHING_THERE, restored, now);
    return replaced ? carryKeys(replaced, restored, now) : notCompared(UNREADABLE, restored, now);
  } catch (error) {
    const known = asStorageError(error);
    if (known instanceof AnnalsError && known.reason === 'corrupt') return notCompared(UNREADABLE, restored, now);
    throw error;
  }
}

/** The reason why keys were not compared, and the keys that work; nothing where no key works. */
function notCompared(reason: string, restored: Database.Database, now: number): string[] {
  const working = workingKeys(restored, now);
  return working.length > 0 ? [reason, ...working] : [];
}

/** The error codes of file systems that give a file no second name (link(2)): exFAT and FAT, and some shares and file systems of users. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** Gives the database a second name, or a copy where that cannot be: at every moment there is a database under the first name. */
async function keep(path: string, backupPath: string, held: LockedDatabase): Promise<void> {
  try {
    linkSync(path, backupPath);
  } catch (error) {
    if (!NO_LINKS.has(systemCode(error))) throw error;
    await keepCopy(path, backupPath, held);
  }
}

/** Copies the database; the copy is whole and on the disk when it appears under its name. */
async function keepCopy(path: string, backupPath: string, { connection }: LockedDatabase): Promise<void> {
  const partial = `${backupPath}.${owner()}.partial`;
  try {
    // Nobody else may read it before it has the permissions of the database.
    closeSync(openSync(partial, 'wx', 0o600));
    // SQLite copies by the connection that holds the lock: to open and close the file otherwise would let go of it.
    if (connection) await connection.backup(partial);
    else copyFile(path, partial);
    copyPermissions(partial, statSync(path));
    moveDurably(partial, backupPath);
  } finally {
    removeDatabase(partial);
  }
}

/** A log that is left, even without its database, must not meet the new file: SQLite would take its pages for those of that one. */
function moveSideFiles(path: string, backupPath: string): void {
  for (const each of SIDE_FILES.filter((ending) => existsSync(`${path}${ending}`))) {
    if (each === '-shm') rmSync(`${path}${each}`);
    else renameSync(`${path}${each}`, `${backupPath}${each}`);
  }
}
