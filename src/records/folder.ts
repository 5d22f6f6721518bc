import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AnnalsError } from '../domain/errors.ts';

/** Does something with a folder for temporary files, where the system keeps them (`TMPDIR`), and removes it afterwards. Throws `storage-full`. */
export async function withFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'annals-'));
  try {
    return await use(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC')
      throw new AnnalsError('storage-full', `${tmpdir()}, where temporary files are kept, is full: name a larger folder in TMPDIR`);
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
