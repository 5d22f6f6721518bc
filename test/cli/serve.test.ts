import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ended, start } from '../helpers/command.ts';
import { temporaryFolder } from '../helpers/database.ts';
import { serve } from '../helpers/server.ts';

test('it says what to open and one curl line, and both work', async () => {
  const { printed, address, child, end } = await serve(join(temporaryFolder(), 'annals.db'), ['--seed']);
  expect(printed).toMatch(/^loaded \d+ records from seeds\/\nAnnals serves http/);
  expect((await fetch(`${address}/`)).status).toBe(200);
  const [, line] = /curl '([^']+)'/.exec(printed)!;
  const answer = await fetch(line!);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ items: expect.arrayContaining([expect.anything()]) });
  child.kill('SIGTERM');
  expect(await end).toMatchObject({ code: 0, errors: '' });
});

test('a second start keeps the records', async () => {
  const path = join(temporaryFolder(), 'annals.db');
  const first = await serve(path, ['--seed']);
  first.child.kill('SIGINT');
  expect(await first.end).toMatchObject({ code: 0 });
  const second = await serve(path, ['--seed']);
  expect(second.printed).toMatch(/^Annals serves/);
  expect(await (await fetch(`${second.address}/v1/actors/csto`)).json()).toMatchObject({ id: 'csto', revision: 1 });
});

test('a port that is taken is named', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address!.port : 0;
  const path = join(temporaryFolder(), 'annals.db');
  const { code, output, errors } = await ended(start(['serve'], { environment: { DATABASE_URL: `file:${path}`, PORT: String(port) } }));
  expect({ code, output }).toEqual({ code: 14, output: '' });
  expect(errors).toBe(`annals: another program listens on port ${port} of 127.0.0.1: stop it, or give another PORT\n`);
});

test('a host that this machine does not have is named', async () => {
  const path = join(temporaryFolder(), 'annals.db');
  const environment = { DATABASE_URL: `file:${path}`, PORT: '0', HOST: '192.0.2.1' };
  const { code, errors } = await ended(start(['serve'], { environment }));
  expect({ code, errors }).toEqual({ code: 1, errors: 'annals: this machine has no address 192.0.2.1: give another HOST\n' });
});

test('of a name that has several addresses one is listened on, the one for IPv4', async () => {
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

test('a request that has begun when the signal comes is answered', async () => {
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
