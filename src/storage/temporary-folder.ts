import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AnnalsError } from '../domain/errors.ts';
import { owner } from './leftovers.ts';

/** An error about a full disk with the folder of temporary files for the operator; any other error as it is. */
export function namingFolder(error: unknown): unknown {
  if (!(error instanceof AnnalsError) || error.code !== 'storage-full') return error;
  const forOperator = `${tmpdir()}, where the database is copied to, is full: name a folder in TMPDIR with room for three of it`;
  return new AnnalsError('storage-full', error.message, [], { cause: error, forOperator });
}

/**
 * Runs `use` with a folder for temporary files, where the system keeps them (`TMPDIR`), and removes it afterwards. Throws
 * `storage-full`, `temporary-unusable` where no such folder can be made, and `overloaded` when too many files are open.
 */
export async function withFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = makeFolder();
  try {
    return await use(folder);
  } catch (error) {
    throw asTemporaryError(error) ?? error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), `annals-${owner()}-`));
  } catch (error) {
    const why = UNUSABLE[codeOf(error)];
    if (why === undefined) throw asTemporaryError(error) ?? error;
    throw new AnnalsError('temporary-unusable', 'temporary files cannot be kept here: nothing was written', [], {
      cause: error,
      forOperator: `${tmpdir()}, where temporary files are kept, ${why}: name another folder in TMPDIR`,
    });
  }
}

/** Reasons for the error codes of system calls on a folder in which no file can be made. */
const UNUSABLE: Record<string, string> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'is not a folder',
  EACCES: 'may not be written to by this program',
  EPERM: 'may not be written to by this program',
  EROFS: 'is read-only',
};

/** The domain error of a failed system call on a temporary file. */
function asTemporaryError(error: unknown): AnnalsError | undefined {
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new AnnalsError('storage-full', 'there is no room for temporary files: nothing was written', [], {
      cause: error,
      forOperator: `${tmpdir()}, where temporary files are kept, is full: name a larger folder in TMPDIR`,
    });
  if (code === 'EMFILE' || code === 'ENFILE')
    return new AnnalsError('overloaded', 'as many files are open as may be: try again in a moment', [], { cause: error });
  return undefined;
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
