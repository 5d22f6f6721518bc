import { CommanderError } from 'commander';
import { AnnalsError, systemCode } from '../domain/errors.ts';

/** The endings of a command, with the exit code of the process. A test compares the table in the manual with this one. */
export const EXIT_CODES = {
  done: { code: 0, meaning: 'The command did what it was asked to.' },
  failed: { code: 1, meaning: 'The command failed, or what it was given is invalid.' },
  usage: { code: 2, meaning: 'The command line or an environment variable is wrong.' },
  unusable: {
    code: 3,
    meaning:
      'The database cannot be used: it is missing, lacks migrations, is locked, the disk is full, its keys are used up, or its server does not answer, refuses the role, is too old or may lose writes; or temporary files cannot be kept.',
  },
  corrupt: { code: 10, meaning: 'The database file is corrupt, or its server says so.' },
  'not-a-database': { code: 11, meaning: 'The file is not an SQLite database.' },
  'read-only': { code: 12, meaning: 'The database file or its folder is read-only, or its server is, such as a standby.' },
  newer: { code: 13, meaning: 'The database was made by a newer Annals.' },
  'port-taken': { code: 14, meaning: 'Another program listens on the port.' },
  foreign: { code: 15, meaning: 'The database belongs to another program, or migrations were changed.' },
  'in-use': { code: 16, meaning: 'Another program has the database open that is to be replaced.' },
  unsound: { code: 17, meaning: 'The check of the database found something.' },
  replaced: { code: 18, meaning: 'Another file took the place of the database while it was served or opened: start the program again.' },
} as const;

/** The name of a way in which a command ends. */
export type ExitReason = keyof typeof EXIT_CODES;

/** An error that ends the command with a sentence for the person at the terminal. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly reason: ExitReason;

  constructor(reason: ExitReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** The exit reason of a command that threw this error. */
export function exitReason(error: unknown): ExitReason {
  if (error instanceof CommandError) return error.reason;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 'done' : 'usage';
  if (!(error instanceof AnnalsError)) return 'failed';
  const isUnusable = error.code.startsWith('storage-') || error.code === 'moments-used-up' || error.code === 'temporary-unusable';
  return error.reason ?? (isUnusable ? 'unusable' : 'failed');
}

const SYSTEM: Record<string, string> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a folder',
  ENOTDIR: 'is not a folder',
  ELOOP: 'is a symbolic link that leads back to itself: point it to a file',
  EACCES: 'may not be opened by this program',
  EPERM: 'may not be opened by this program',
  ENOSPC: 'cannot be written: the disk is full',
};

/** The lines that explain an error at the terminal: a sentence, then each thing that is wrong, with its line in an import. */
export function explain(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)];
  if ('path' in error && SYSTEM[systemCode(error)]) return [`${String(error.path)} ${SYSTEM[systemCode(error)]}`];
  const issues =
    error instanceof AnnalsError ? error.issues.filter(({ line, message }) => line !== undefined || message !== error.message) : [];
  const details = issues.map(
    ({ file, line, pointer, message, sent }) =>
      `  ${line === undefined ? '' : `${file}:${line}: `}${pointer ? `${pointer} ` : ''}${message}${sent === undefined || message.includes(sent) ? '' : ` (sent: ${sent})`}`,
  );
  return [(error instanceof AnnalsError ? error.forOperator : undefined) ?? error.message, ...details];
}
