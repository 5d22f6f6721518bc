import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** How long something of a process that cannot be looked for must have been untouched before it is removed, in milliseconds: a day. */
const ABANDONED = 86_400_000;

/** The names of temporary folders (`annals-<owner>-<random>`), and of copies that are not whole yet (`<file>.<owner>.partial`). */
const NAMES = [
  /^annals-([0-9a-f]{8})-([0-9]+)-([0-9]+)-\w{6}$/,
  /\.([0-9a-f]{8})-([0-9]+)-([0-9]+)\.(?:partial|restoring)(?:-wal|-shm|-journal)?$/,
];

/** A process as it stands in the name of a temporary file: where it runs, its number there, and when it began. */
type Owner = { machine: string; pid: number; began: string };

/** This process, for the name of what it makes and removes again: should it be killed, `removeLeftovers` knows it by that. */
export const owner = (): string => `${machine()}-${process.pid}-${beganOf(process.pid) ?? 0}`;

/**
 * Removes what killed processes have left in a folder: temporary folders and unfinished copies, by their names. It is removed when its
 * process is gone; where that cannot be told, as it ran in another container or before the machine was started, when nothing of it was
 * touched for a day. What a living process has, and what another user owns, stays. `now` is in milliseconds since 1970-01-01 UTC. Returns
 * how many names were removed; a folder that cannot be read has none.
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

/** When a file, or anything in a folder, was changed last. */
function lastTouched(path: string): number {
  const inside = lstatSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [];
  return Math.max(...[path, ...inside].map((each) => lstatSync(each).mtimeMs));
}

let known: string | undefined;

/** Where processes have numbers of their own: this machine since it was started, this container. */
function machine(): string {
  known ??= createHash('sha256')
    .update(
      JSON.stringify([
        hostname(),
        orNothing(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
        orNothing(() => readlinkSync('/proc/self/ns/pid')),
      ]),
    )
    .digest('hex')
    .slice(0, 8);
  return known;
}

/** When a process began, in ticks since the machine was started (proc_pid_stat(5), field 22); 0 where the system does not tell; nothing when there is none. */
function beganOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return undefined;
  }
  // The name of the program stands in parentheses before the third field, and may hold anything.
  const fields = orNothing(() => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' '));
  // A zombie has ended: only its parent has not asked yet.
  return fields?.[0] === 'Z' ? undefined : (fields?.[19] ?? '0');
}

function orNothing<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
