import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { AnnalsError, systemCode } from '../domain/errors.ts';

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
    const why = UNUSABLE[systemCode(error)];
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
  const code = systemCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new AnnalsError('storage-full', 'there is no room for temporary files: nothing was written', [], {
      cause: error,
      forOperator: `${tmpdir()}, where temporary files are kept, is full: name a larger folder in TMPDIR`,
    });
  if (code === 'EMFILE' || code === 'ENFILE')
    return new AnnalsError('overloaded', 'as many files are open as may be: try again in a moment', [], { cause: error });
  return undefined;
}

/** The age in milliseconds, a day, at which a file is removed whose process cannot be looked up. */
const ABANDONED = 86_400_000;

/** The names of temporary folders (`annals-<owner>-<random>`), and of copies that are not whole yet (`<file>.<owner>.partial`). */
const NAMES = [
  /^annals-([0-9a-f]{8})-([0-9]+)-([0-9]+)-\w{6}$/,
  /\.([0-9a-f]{8})-([0-9]+)-([0-9]+)\.(?:partial|restoring)(?:-wal|-shm|-journal)?$/,
];

/** A process as it stands in the name of a temporary file: where it runs, its number there, and when it began. */
type Owner = { machine: string; pid: number; began: string };

/** The name of this process in the names of its temporary files: `removeLeftovers` knows by it whether the process still runs. */
export const owner = (): string => `${machine()}-${process.pid}-${beganOf(process.pid) ?? 0}`;

/**
 * Removes temporary folders and unfinished copies of killed processes from a folder, by their names, and returns their number. One is removed
 * when its process is gone; where that is unknown, as for a process of another container or from before a restart of the machine, when it was
 * not touched for a day. Files of running processes and of other users stay. `now` is in milliseconds since 1970-01-01 UTC.
 */
export function removeLeftovers(folder: string, now: number): number {
  let removed = 0;
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    try {
      if (!isLeftover(name, path, now)) continue;
      rmSync(path, { recursive: true, force: true });
      removed += 1;
    } catch {
      // Somebody else has removed it, or may alone: it is in nobody's way here.
    }
  }
  return removed;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isLeftover(name: string, path: string, now: number): boolean {
  const of = ownerIn(name);
  if (of === undefined || lstatSync(path).uid !== (process.getuid?.() ?? 0)) return false;
  if (of.machine === machine()) return beganOf(of.pid) !== of.began;
  return now - lastTouched(path) > ABANDONED;
}

function ownerIn(name: string): Owner | undefined {
  for (const pattern of NAMES) {
    const [, where, pid, began] = pattern.exec(name) ?? [];
    if (where !== undefined) return { machine: where, pid: Number(pid), began: began! };
  }
  return undefined;
}

/** The last change of a file, or of anything in a folder, in milliseconds since 1970-01-01 UTC. */
function lastTouched(path: string): number {
  const inside = lstatSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [];
  return Math.max(...[path, ...inside].map((each) => lstatSync(each).mtimeMs));
}

let known: string | undefined;

/** Identifies the space of process numbers: this machine since it was started, or this container. */
function machine(): string {
  known ??= createHash('sha256')
    .update(
      JSON.stringify([
        hostname(),
        undefinedOnError(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
        undefinedOnError(() => readlinkSync('/proc/self/ns/pid')),
      ]),
    )
    .digest('hex')
    .slice(0, 8);
  return known;
}

/** The start of a process in ticks since the machine was started (proc_pid_stat(5), field 22); 0 where the system does not tell; undefined if it is gone. */
function beganOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemCode(error) !== 'EPERM') return undefined;
  }
  // The name of the program stands in parentheses before the third field, and may hold anything.
  const fields = undefinedOnError(() => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' '));
  // A zombie has ended: only its parent has not waited for it yet.
  return fields?.[0] === 'Z' ? undefined : (fields?.[19] ?? '0');
}

function undefinedOnError<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
