import { type ChildProcessWithoutNullStreams, execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { connectionsAllowed } from '../../../src/http/traffic/connections.ts';
import { run, start } from '../../helpers/command.ts';
import { temporaryFolder } from '../../helpers/database.ts';
import { isSkipped } from '../../helpers/skip.ts';
import { type Connection, connectTo, parsed, timeOfGoodRequest } from '../../helpers/socket.ts';

/** A server whose process may open so many files, and what it has printed. */
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

describe('connections take no file that the rest of the process needs:', () => {
  const { MAX_CONNECTIONS } = readConfig({});
  test.each([
    [Number.POSITIVE_INFINITY, 'auto', MAX_CONNECTIONS],
    [20_000, 'auto', MAX_CONNECTIONS],
    [4096, 'auto', 3556],
    [1024, '0', 543],
    [512, 'auto', 129],
    [512, '64', 16],
  ])('of %d files, with %s reading threads, %d connections', (openFiles, threads, most) => {
    expect(connectionsAllowed(readConfig({ READ_THREADS: threads }), openFiles).open).toBe(most);
  });

  test('a server that may open 600 files says how many it takes, sends others away, and lives', { timeout: 60_000 }, async () => {
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
});

const noPrlimit = spawnSync('prlimit', ['--version']).status === 0 ? undefined : 'this machine has no prlimit';
const isUnlimited = isSkipped('that a process lives which runs out of files', noPrlimit);

test.skipIf(isUnlimited)(
  'a process that runs out of files lives, answers on its connections, and takes others again',
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

test.each([32, 128, 511])('a process that may open only %d files says so and ends', async (openFiles) => {
  const { code, output, errors } = await run(['serve'], { openFiles });
  expect([code, output, errors]).toEqual([
    1,
    '',
    `annals: this process may open ${openFiles} files, and needs 512 at least: raise the limit, such as with "ulimit -n 4096"\n`,
  ]);
});
