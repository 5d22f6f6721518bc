import { statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { AnnalsError } from '../../domain/errors.ts';
import { INDEX_VERSION, indexVersionReader } from '../index-version.ts';
import { REPLACED } from './errors.ts';

/** Which file a path names: two paths with the same identity are one file, for as long as it is open. */
export type FileIdentity = { device: bigint; inode: bigint };

/** The file that a path names, symbolic links followed; nothing where there is none. */
export function identityOf(path: string): FileIdentity | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && { device: found.dev, inode: found.ino };
}

/** Whether both are the same file, which exists. */
export const isSameIdentity = (one: FileIdentity | undefined, other: FileIdentity | undefined): boolean =>
  one !== undefined && one.device === other?.device && one.inode === other.inode;

/** Tells whether an open database is still the one to use. */
export type Supersession = {
  /** Throws as `refuseReplaced` does, after it has looked at the file, and `storage-migrated`. Some 5 µs: cheap enough for every transaction. */
  refuse: () => void;
  /** Throws `storage-unusable` with the reason `replaced` once `refuse` has found another file under the path. */
  refuseReplaced: () => void;
};

/** How a database was opened: under which path, which file that was, and the newest migration that this program knows, where it was told. */
type Opened = { path: string; file: FileIdentity | undefined; schema: number | undefined };

/**
 * Looks on a connection whether another file has taken the place of the database, and whether a newer program has migrated it or rebuilt its index. Within a write
 * transaction the answer about migrations holds until its end, since a migration is a write transaction; and `annals restore` replaces no file
 * that is open.
 */
export function supersession(connection: Database.Database, { path, file, schema }: Opened): Supersession {
  const newest = schema === undefined ? undefined : connection.prepare<[], number | null>('SELECT max(number) FROM migrations').pluck();
  const indexVersion = schema === undefined ? () => INDEX_VERSION : indexVersionReader(connection);
  let replaced: AnnalsError | undefined;

  function refuseReplaced(): void {
    if (replaced) throw replaced;
  }

  return {
    refuse() {
      refuseReplaced();
      const there = identityOf(path);
      // A file that is away for a moment, as while an operator moves another into its place, ends nothing.
      if (!there) throw new AnnalsError('storage-unusable', 'the database file is not in its place any more: put it back');
      if (!isSameIdentity(there, file)) replaced = new AnnalsError('storage-unusable', REPLACED, [], { reason: 'replaced' });
      refuseReplaced();
      const found = newest?.get() ?? 0;
      if (schema !== undefined && found > schema)
        throw passed(`migrated the database, which has migration ${found}, and this program knows ${schema}`);
      const version = indexVersion();
      if (version > INDEX_VERSION)
        throw passed(`rebuilt the index, which is of version ${version}, and this program knows ${INDEX_VERSION}`);
    },
    refuseReplaced,
  };
}

const passed = (what: string): AnnalsError =>
  new AnnalsError('storage-migrated', `a newer Annals has ${what}: it writes nothing more; start the newer release in its place`, [], {
    reason: 'newer',
  });
