import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { childrenOf, ended, runProcess, runProcessOn, start } from '../helpers/processes.ts';
import { temporaryFolder } from '../helpers/database.ts';

/** Starts `annals serve` in several processes on a free port and answers, once all serve, where, and what they said since. */
async function serve(path: string, workers: number) {
  const child = start(['serve', '--seed', '--workers', String(workers)], {
    environment: { DATABASE_URL: `file:${path}`, PORT: '0', MAX_DELAY: '0' },
  });
  const said = { output: '', errors: '' };
  child.stdout.on('data', (chunk) => (said.output += String(chunk)));
  child.stderr.on('data', (chunk) => (said.errors += String(chunk)));
  const end = ended(child);
  while (!said.output.includes('curl'))
    await Promise.race([once(child.stdout, 'data'), end.then(({ errors }) => Promise.reject(new Error(errors)))]);
  const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(said.output)!;
  return { child, end, said, address };
}

/** Asks until it is answered; a process that was killed takes its connections with it. */
async function asked(url: string, init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {}): Promise<Response> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await fetch(url, { ...init, headers: { connection: 'close', ...init.headers } });
    } catch (error) {
      if (attempt === 200) throw error;
      await setTimeout(100);
    }
  }
}

test('several processes serve one port and one database, a killed one is replaced, and a signal ends all', {
  timeout: 60_000,
}, async () => {
  const path = join(temporaryFolder(), 'annals.db');
  const { child, end, said, address } = await serve(path, 2);
  const { output } = await runProcessOn(path, ['keys', 'create', '--label', 'test', '--scope', 'admin']);
  const [key] = /annals_\w+/.exec(output)!;
  const write = async (id: string) =>
    asked(`${address}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ id, kind: 'test', title: `The event ${id}` }),
    });
  const read = async (id: string) => (await asked(`${address}/v1/events/${id}`)).status;

  const workers = await childrenOf(child.pid!);
  expect(workers).toHaveLength(2);
  for (let count = 0; count < 20; count += 1) {
    expect((await write(`before-${count}`)).status).toBe(201);
    expect([await read(`before-${count}`), await read(`before-${count}`)]).toEqual([200, 200]);
  }
  process.kill(workers[0]!, 'SIGKILL');
  for (let count = 0; count < 20; count += 1) {
    expect((await write(`after-${count}`)).status).toBe(201);
    expect([await read(`after-${count}`), await read(`after-${count}`)]).toEqual([200, 200]);
  }
  while ((await childrenOf(child.pid!)).length < 2) await setTimeout(50);
  expect(said.errors).toBe(`annals: the worker ${workers[0]} ended (SIGKILL): another takes its place\n`);
  expect((await asked(`${address}/readyz`)).status).toBe(200);
  const metrics = await (await asked(`${address}/metrics`, { headers: { authorization: `Bearer ${key}` } })).text();
  expect(metrics).toMatch(/^annals_transaction_writes_count\{worker="[23]"\} \d+$/m);
  const started = performance.now();
  child.kill('SIGTERM');
  expect(await end).toMatchObject({ code: 0 });
  expect(performance.now() - started).toBeLessThan(10_000);
});

test('processes that are all killed at once are replaced on the port that they had', { timeout: 60_000 }, async () => {
  const { child, address } = await serve(join(temporaryFolder(), 'annals.db'), 2);
  for (const pid of await childrenOf(child.pid!)) process.kill(pid, 'SIGKILL');
  expect((await asked(`${address}/readyz`)).status).toBe(200);
});

test('a terminal that signals every process ends them no less gracefully', { timeout: 60_000 }, async () => {
  const { child, end } = await serve(join(temporaryFolder(), 'annals.db'), 2);
  for (const pid of await childrenOf(child.pid!)) process.kill(pid, 'SIGINT');
  child.kill('SIGINT');
  expect(await end).toMatchObject({ code: 0, errors: '' });
});

test('workers that cannot start end it with their code', { timeout: 60_000 }, async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address!.port : 0;
  const environment = { DATABASE_URL: `file:${join(temporaryFolder(), 'annals.db')}`, PORT: String(port) };
  const { code, output, errors } = await runProcess(['serve', '--workers', '2'], { environment });
  expect({ code, output }).toEqual({ code: 14, output: '' });
  expect(errors).toContain(`annals: another program listens on port ${port} of 127.0.0.1`);
  expect(errors).toMatch(/annals: a worker could not start\n$/);
});
