import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { clientOf } from '../asking/client.ts';
import { freePort } from '../../helpers/free-port.ts';

/** A program to run. */
export type Program = { command: string; args: readonly string[]; environment?: Record<string, string>; folder?: string };

/** A server in a process of its own. */
export type Server = { address: string; pid: number; stop: () => Promise<void> };

/** Time limit of the first response of a server, in milliseconds. */
const PATIENCE = 120_000;

/** Interval at which a running program is sampled, in milliseconds. */
const LOOKING = 50;

const running = new Set<ChildProcess>();
// Whatever ends the benchmark, nothing that it started outlives it.
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

/** Starts a server on a port that is free and waits until it answers at a path. Throws with what it said when it ends before. */
export async function startServer(program: (port: number) => Program, path: string): Promise<Server> {
  const port = await freePort();
  const child = launch(program(port));
  const said = collect(child);
  const address = `http://127.0.0.1:${port}`;
  const client = clientOf(address);
  const deadline = performance.now() + PATIENCE;
  try {
    for (;;) {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${said()}`);
      if (performance.now() > deadline) throw new Error(`the server did not answer within ${PATIENCE / 1000} s: ${said()}`);
      const isUp = await client.ask({ path }).then(
        ({ status }) => status < 500,
        () => false,
      );
      if (isUp) break;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    client.close();
  }
  return { address, pid: child.pid!, stop: () => stop(child) };
}

/** The output of a program, its peak memory in MB and its processor time in seconds, both from the last sample before it ended. */
export type Ran = { output: string; peakMemory: number; processor: number };

/** Runs a program to its end, with `input` as its standard input. Throws with what it said when it fails. */
export async function run(program: Program, input?: Readable): Promise<Ran> {
  const child = launch(program);
  const said = collect(child);
  let output = '';
  child.stdout!.on('data', (part) => (output += String(part)));
  let peakMemory = 0;
  let processor = 0;
  const watch = setInterval(() => {
    peakMemory = Math.max(peakMemory, memoryOf(child.pid!).peak);
    processor = Math.max(processor, processorTimeOf(child.pid!));
  }, LOOKING);
  // When the program ends before it has read all, its own words say why.
  const feeding = pipeline(input ?? Readable.from([]), child.stdin!).then(
    () => undefined,
    (error: unknown) => error,
  );
  try {
    const [code] = (await once(child, 'close')) as [number | null]; // @NOTE 'close' gives the exit code
    if (code !== 0) throw new Error(`${program.command} ${program.args.join(' ')} ended with ${code}: ${said()}`);
    const fault = await feeding;
    if (fault !== undefined) throw fault;
  } finally {
    clearInterval(watch);
    child.kill('SIGKILL');
  }
  return { output, peakMemory, processor };
}

/** The memory that a process has resident now and had at most, in MB; zero where the system does not say (only Linux has /proc). */
export function memoryOf(pid: number): { now: number; peak: number } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024;
    return { now: field('VmRSS'), peak: field('VmHWM') };
  } catch {
    return { now: 0, peak: 0 };
  }
}

/** Clock ticks of Linux in a second. */
const TICKS = 100;

/** The processor time of a process and its threads, in seconds; zero where the system does not say. */
function processorTimeOf(pid: number): number {
  try {
    // The name of the program, in parentheses, may hold spaces: the fields are counted from its end.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return 0;
  }
}

function launch({ command, args, environment = {}, folder }: Program): ChildProcess {
  const child = spawn(command, args, { cwd: folder, env: { ...process.env, ...environment }, stdio: 'pipe' });
  running.add(child);
  child.on('close', () => running.delete(child));
  // A program that cannot be started closes with a code as one that failed does; what is wrong is among what it said.
  child.on('error', (error) => child.stderr?.emit('data', error.message));
  return child;
}

/** The last 500 characters that a program says on either stream; they must be read anyway, or it waits. */
function collect(child: ChildProcess): () => string {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part) => (said = (said + String(part)).slice(-500)));
  return () => said.trim();
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await closed;
  clearTimeout(late);
}
