import { chmodSync, chownSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryDatabase, temporaryFolder } from './database.ts';
import { type ProcessEnded, runProcessOn } from './processes.ts';

/** The user that owns nothing; root may write wherever the file system lets it, so tests of permissions run as this one. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

/** Runs `annals` on a database as a user who is not root. */
export const runAsNobody = (path: string, args: readonly string[]): Promise<ProcessEnded> =>
  runProcessOn(path, args, { environment: { PORT: '0' }, ...(isRoot ? { user: NOBODY } : {}) });

/** The path of a database of that user, with these permissions of the file and of its folder. */
export async function databaseOfNobody(fileMode: number, folderMode: number): Promise<string> {
  const folder = temporaryFolder();
  const path = join(folder, 'annals.db');
  copyFileSync(await temporaryDatabase(), path);
  if (isRoot) for (const each of [folder, path]) chownSync(each, NOBODY, NOBODY);
  chmodSync(path, fileMode);
  chmodSync(folder, folderMode);
  onTestFinished(() => chmodSync(folder, 0o755));
  return path;
}
