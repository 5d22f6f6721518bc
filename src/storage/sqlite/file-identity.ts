import { statSync } from 'node:fs';

/** Identifies a file: two paths with the same identity are one file, for as long as it is open. */
export type FileIdentity = { device: bigint; inode: bigint };

/** The identity of the file that a path names, symbolic links followed; undefined where there is none. */
export function identityOf(path: string): FileIdentity | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && { device: found.dev, inode: found.ino };
}

/** Returns true if both are the same existing file. */
export const isSameIdentity = (one: FileIdentity | undefined, other: FileIdentity | undefined): boolean =>
  one !== undefined && one.device === other?.device && one.inode === other.inode;
