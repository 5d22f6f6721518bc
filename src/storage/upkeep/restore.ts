import { chmodSync, chownSync, constants, copyFileSync, existsSync, linkSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { AnnalsError, type Reason } from '../../domain/errors.ts';
import { COMPANIONS, isSameFile, moveDurably, removeDatabase, standAlone } from './copy.ts';
import { makeFolder } from '../database.ts';
import { integrityFaults } from './integrity.ts';
import { isCurrent, isMigrated } from '../migrations.ts';
import { inspect } from '../sqlite/connections.ts';
import { asStorageError } from '../sqlite/errors.ts';

/** Which file to put in the place of which database, and where the database that it replaces is kept. */
export type Restoring = { from: string; path: string; keepAs: string };

/** Why a file is not restored. */
const REFUSALS: Record<Reason, string> = {
  corrupt: 'is corrupt: take another copy',
  'not-a-database': 'is not an SQLite database',
  'read-only': 'could not be copied to where it can be checked',
  newer: 'was made by a newer Annals: restore it with that one',
  foreign: 'is not a database of this Annals',
  'in-use': 'is in use',
};

/**
 * Puts a copy of a database file in the place of the database and answers whether there was one, which is kept. The file itself is only
 * read. Until the last step, which is one rename, the database is as it was. Throws `storage-unusable` with a reason when the file
 * is not a sound database of this program or older, and when another program has the database open.
 */
export function restoreDatabase({ from, path, keepAs }: Restoring, migrations: string): boolean {
  if (isSameFile(from, path)) throw new AnnalsError('invalid-request', `${from} is the database itself: name a backup of it`);
  makeFolder(dirname(path));
  const fresh = `${path}.${process.pid}.restoring`;
  try {
    copyFile(from, fresh);
    // A copy that was made file by file may have its last changes in the log beside it.
    if (existsSync(`${from}-wal`)) copyFile(`${from}-wal`, `${fresh}-wal`);
    takeRights(fresh, path);
    refuseUnsound(fresh, from, migrations);
    const isReplaced = existsSync(path);
    if (isReplaced) {
      takeOver(path);
      keep(path, keepAs);
    }
    clearCompanions(path, keepAs);
    moveDurably(fresh, path);
    return isReplaced;
  } catch (error) {
    throw asStorageError(error);
  } finally {
    removeDatabase(fresh);
  }
}

const copyFile = (from: string, to: string): void => copyFileSync(from, to, constants.COPYFILE_FICLONE);

/** Whoever may write to the database that is there may write to the one that takes its place, however the backup was put away. */
function takeRights(fresh: string, path: string): void {
  const before = statSync(path, { throwIfNoEntry: false });
  chmodSync(fresh, ((before?.mode ?? 0o644) & 0o777) | 0o600);
  if (before && process.getuid?.() === 0) chownSync(fresh, before.uid, before.gid);
}

function refuseUnsound(copy: string, from: string, migrations: string): void {
  try {
    inspect(copy, (connection) => {
      isCurrent(connection, migrations);
      if (!isMigrated(connection)) throw new AnnalsError('storage-unusable', 'no migration was applied', [], { reason: 'foreign' });
      if (integrityFaults(connection).length > 0) throw new AnnalsError('storage-unusable', 'it is corrupt', [], { reason: 'corrupt' });
    });
    standAlone(copy);
  } catch (error) {
    const reason = error instanceof AnnalsError ? error.reason : undefined;
    if (reason === undefined) throw error;
    const message = `${from} ${REFUSALS[reason]}; nothing was replaced`;
    throw new AnnalsError('storage-unusable', message, [], { cause: error, reason });
  }
}

/**
 * Makes the database that is to be replaced one file, with all that its log holds. SQLite takes a database out of WAL mode for its only
 * user alone: every other connection, even an idle one, stands in the way. A database too damaged for that may be replaced all the same.
 */
function takeOver(path: string): void {
  const connection = new Database(path, { fileMustExist: true, timeout: 0 });
  try {
    connection.pragma('journal_mode = DELETE');
    connection.exec('BEGIN EXCLUSIVE; COMMIT');
  } catch (error) {
    const known = asStorageError(error);
    if (!(known instanceof AnnalsError)) throw error;
    if (known.code === 'storage-busy')
      throw new AnnalsError('storage-unusable', `another program has ${path} open: stop it first; nothing was replaced`, [], {
        cause: error,
        reason: 'in-use',
      });
    if (known.reason !== 'corrupt' && known.reason !== 'not-a-database') throw known;
  } finally {
    connection.close();
  }
}

/** Gives the database a second name, so that at every moment there is one under the first. */
function keep(path: string, keepAs: string): void {
  try {
    linkSync(path, keepAs);
  } catch {
    // Not every file system knows second names.
    copyFileSync(path, keepAs, constants.COPYFILE_EXCL + constants.COPYFILE_FICLONE);
  }
}

/** A log that is left, even without its database, must not meet the new file: SQLite would take its pages for those of that one. */
function clearCompanions(path: string, keepAs: string): void {
  for (const each of COMPANIONS.filter((companion) => existsSync(`${path}${companion}`))) {
    if (each === '-shm') rmSync(`${path}${each}`);
    else renameSync(`${path}${each}`, `${keepAs}${each}`);
  }
}
