import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder } from '../servers/folders.ts';
import { run } from '../servers/process.ts';
import type { Request } from './client.ts';

const SCRIPT = join(import.meta.dirname, 'wrk.lua');

/** Time limit of a response, in seconds. */
const PATIENCE = 120;

/** Requests to a server: sent in turn, again from the first after the last, by that many clients for that many whole seconds. */
export type Flood = { address: string; requests: readonly Request[]; clients: number; seconds: number };

/** The answers per second, and the 99th percentile of their times in milliseconds. */
export type Rate = { perSecond: number; p99: number };

/** The reason why no load can be measured here, or nothing when wrk is installed. */
export function missingWrk(): string | undefined {
  const { error } = spawnSync('wrk', ['--version']);
  return error === undefined
    ? undefined
    : `the load comes from wrk, which cannot be started (${error.message}): install it, on Debian with "apt-get install wrk"`;
}

/**
 * Loads a server by wrk: a client in C takes a part of the processor time that a server in JavaScript takes for the same answer, so it is not
 * what bounds the rate. Throws unless wrk is installed, and where an answer is an error or missing.
 */
export async function flood({ address, requests, clients, seconds }: Flood): Promise<Rate> {
  const file = join(scratchFolder(), 'requests');
  const { host } = new URL(address);
  writeFileSync(file, requests.map((each) => lengthAndBytes(each, host)).join(''));
  const load = ['--threads', '1', '--connections', String(clients), '--duration', `${seconds}s`, '--timeout', `${PATIENCE}s`];
  const { output } = await run({ command: 'wrk', args: [...load, '--script', SCRIPT, address, '--', file] });
  rmSync(file);
  const [line] = /^\{.*\}$/m.exec(output) ?? [];
  if (line === undefined) throw new Error(missingWrk() ?? `wrk printed no result: ${output.slice(0, 500)}`);
  const result = JSON.parse(line) as Record<'answers' | 'refused' | 'lost' | 'duration' | 'p99', number>; // @NOTE printed by the script
  if (result.refused > 0) throw new Error(`${result.refused} of ${result.answers} answers were errors`);
  if (result.lost > 0) throw new Error(`${result.lost} connections or answers were lost`);
  return { perSecond: result.answers / (result.duration / 1e6), p99: result.p99 / 1000 };
}

function lengthAndBytes({ method = 'GET', path, headers = {}, body }: Request, host: string): string {
  const length: Record<string, string> = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const lines = Object.entries({ host, ...headers, ...length }).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`;
  return `${Buffer.byteLength(request)}\n${request}`;
}
