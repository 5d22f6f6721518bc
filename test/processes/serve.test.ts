import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../helpers/database.ts';
import { runProcessOn } from '../helpers/processes.ts';
import { serve } from '../helpers/server.ts';

test('a second start keeps the records', async () => {
  const path = join(temporaryFolder(), 'annals.db');
  const first = await serve(path, ['--seed']);
  first.child.kill('SIGINT');
  expect(await first.end).toMatchObject({ code: 0 });
  const second = await serve(path, ['--seed']);
  expect(second.printed).toMatch(/^Annals serves/);
  expect(await (await fetch(`${second.address}/v1/actors/csto`)).json()).toMatchObject({ id: 'csto', revision: 1 });
});

test('an unknown host is named in the error', async () => {
  const path = join(temporaryFolder(), 'annals.db');
  const { code, errors } = await runProcessOn(path, ['serve'], { environment: { PORT: '0', HOST: '192.0.2.1' } });
  expect({ code, errors }).toEqual({ code: 1, errors: 'annals: this machine has no address 192.0.2.1: give another HOST\n' });
});

test('a host with several addresses is served on its IPv4 address', async () => {
  const environment = { HOST: 'localhost', NODE_OPTIONS: `--import ${new URL('../helpers/two-addresses.mjs', import.meta.url).href}` };
  const { address } = await serve(join(temporaryFolder(), 'annals.db'), [], environment);
  const listening: string[] = [];
  for (const host of ['127.0.0.1', '::1']) {
    const socket = connect(Number(new URL(address).port), host);
    await new Promise<void>((resolve) => socket.on('connect', () => resolve(void listening.push(host))).on('error', () => resolve()));
    socket.destroy();
  }
  expect(listening).toEqual(['127.0.0.1']);
});

test('a request that begins before the signal gets its response', async () => {
  const { child, end, address } = await serve(join(temporaryFolder(), 'annals.db'));
  const answered = new Promise<number | undefined>((resolve, reject) => {
    const slow = request(`${address}/v1/events`, { method: 'POST', headers: { 'content-type': 'application/json' } }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode));
    });
    slow.on('error', reject);
    slow.write('{');
    setTimeout(() => child.kill('SIGTERM'), 200);
    setTimeout(() => slow.end('}'), 600);
  });
  expect(await answered).toBeLessThan(503);
  expect(await end).toMatchObject({ code: 0 });
});
