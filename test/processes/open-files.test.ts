import { type ChildProcessWithoutNullStreams, execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../helpers/database.ts';
import { start } from '../helpers/processes.ts';
import { isSkipped } from '../helpers/skip.ts';
import { type Connection, connectTo, parsed, timeOfGoodRequest } from '../helpers/socket.ts';

/** A server with a limit of open files, and its output. */
async function serveWith(openFiles: number): Promise<{ child: ChildProcessWithoutNullStreams; port: number; printed: () => string }> {
  const environment = { DATABASE_URL: `file:${join(temporaryFolder(), 'annals.db')}`, PORT: '0', LOG_LEVEL: 'warn' };
  const child = start(['serve', '--seed'], { openFiles, environment });
  let text = '';
  child.stdout.on('data', (chunk) => (text += String(chunk)));
  child.stderr.on('data', (chunk) => (text += String(chunk)));
  for (;;) {
    const port = /127\.0\.0\.1:(\d+)/.exec(text)?.[1];
    if (port !== undefined) return { child, port: Number(port), printed: () => text };
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${text}`);
    await setTimeout(20);
  }
}

/** Opens connections that ask nothing, closed when the test is over. */
async function idle(port: number, count: number): Promise<Connection[]> {
  const open: Connection[] = [];
  onTestFinished(() => open.forEach(({ socket }) => socket.destroy()));
  while (open.length < count) open.push(...(await Promise.all(Array.from({ length: 50 }, () => connectTo(port)))));
  return open;
}

test('a server with a limit of 600 files reports its limit of connections, refuses others, and keeps running', {
  timeout: 60_000,
}, async () => {
  const { child, port, printed } = await serveWith(600);
  expect(printed()).toContain('this process may open 600 files: it takes 195 connections at once, not 10000 (MAX_CONNECTIONS)');
  const open = await idle(port, 700);
  await setTimeout(2500); // the event loop is looked at every second
  const away = open.filter(({ received }) => received() !== '');
  for (const { received } of away) expect(parsed(received()).status).toBe(503);
  expect(away.length).toBeGreaterThan(0);
  expect(readdirSync(`/proc/${child.pid}/fd`).length).toBeLessThan(600 - 200);
  for (const { socket } of open) socket.destroy();
  await setTimeout(500);
  await timeOfGoodRequest(port);
  expect(child.exitCode).toBeNull();
});

const noPrlimit = spawnSync('prlimit', ['--version']).status === 0 ? undefined : 'this machine has no prlimit';
const isUnlimited = isSkipped('that a process lives which runs out of files', noPrlimit);

test.skipIf(isUnlimited)(
  'a process without free file descriptors keeps running, serves its connections, and accepts others later',
  {
    timeout: 60_000,
  },
  async () => {
    const { child, port } = await serveWith(600);
    const kept = await connectTo(port);
    const ask = async (answers: number) => {
      kept.socket.write('GET /v1/actors/csto HTTP/1.1\r\nHost: a\r\n\r\n');
      for (let turn = 0; turn < 500 && kept.received().split('HTTP/1.1 200 OK').length <= answers; turn += 1) await setTimeout(10);
      return kept.received().split('HTTP/1.1 200 OK').length - 1;
    };
    expect(await ask(1)).toBe(1);
    const limit = (files: number) => execFileSync('prlimit', ['--pid', String(child.pid), `--nofile=${files}:600`]);
    limit(readdirSync(`/proc/${child.pid}/fd`).length);
    const refused = await idle(port, 50);
    await setTimeout(2500);
    expect(refused.some(({ socket }) => socket.destroyed)).toBe(true);
    expect(await ask(2)).toBe(2);
    limit(600);
    await timeOfGoodRequest(port);
    expect(child.exitCode).toBeNull();
  },
);
