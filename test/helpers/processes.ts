import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { urlOf } from './store.ts';

const MAIN = join(import.meta.dirname, '../../dist/main.js');

/** The exit code of a process, null for one that a signal ended, and what it printed. */
export type ProcessEnded = { code: number | null; output: string; errors: string };

type Around = {
  environment?: Record<string, string>;
  input?: string | Promise<string>;
  user?: number;
  main?: string;
  openFiles?: number;
  through?: readonly string[];
};

/** A folder for the temporary files of one process, without leftovers of another test. */
function ownTemporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'annals-test-'));
  chmodSync(folder, 0o777);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Starts `annals` as users do, in a process of its own, from `dist/`; it is killed when the test is over. */
export function start(
  args: readonly string[],
  { environment = {}, input, user, main = MAIN, openFiles, through = [] }: Around = {},
): ChildProcessWithoutNullStreams {
  const command = [...through, process.execPath, main, ...args];
  const limited = openFiles === undefined ? command : ['sh', '-c', `ulimit -n ${openFiles} && exec "$@"`, 'sh', ...command];
  const child = spawn(limited[0]!, limited.slice(1), {
    env: { PATH: process.env['PATH'], LOG_LEVEL: 'silent', TMPDIR: ownTemporaryFolder(), ...environment },
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdin.on('error', () => undefined); // who does not read its input may end before it is written
  void Promise.resolve(input ?? '').then((text) => child.stdin.end(text));
  return child;
}

/** Waits until a process ends. */
export async function ended(child: ChildProcessWithoutNullStreams): Promise<ProcessEnded> {
  const said = { output: '', errors: '' };
  child.stdout.on('data', (chunk) => (said.output += String(chunk)));
  child.stderr.on('data', (chunk) => (said.errors += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, ...said };
}

/** Runs `annals` in a process of its own to its end. */
export const runProcess = (args: readonly string[], around?: Around): Promise<ProcessEnded> => ended(start(args, around));

/** Runs `annals` in a process of its own on a database. */
export const runProcessOn = (path: string, args: readonly string[], around: Around = {}): Promise<ProcessEnded> =>
  runProcess(args, { ...around, environment: { DATABASE_URL: urlOf(path), ...around.environment } });
