import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { seededCopy } from '../helpers/app.ts';
import { runProcessOn, start } from '../helpers/processes.ts';
import { temporaryFolder } from '../helpers/database.ts';
import { tamper } from '../helpers/tamper.ts';
import { EVERY_WRECK } from '../helpers/wrecks.ts';

/** Starts `annals serve` on a free port; answers where. */
async function serve(path: string) {
  const child = start(['serve'], { environment: { DATABASE_URL: `file:${path}`, PORT: '0', MAX_DELAY: '0' } });
  let printed = '';
  while (!printed.includes('curl')) printed += String((await once(child.stdout, 'data'))[0]);
  return { child, address: /http:\/\/127\.0\.0\.1:\d+/.exec(printed)![0] };
}

test('a service that is killed during writes makes each repeated request once', async () => {
  const path = join(temporaryFolder(), 'annals.db');
  await runProcessOn(path, ['migrate']);
  const { output } = await runProcessOn(path, ['keys', 'create', '--label', 'test', '--scope', 'write']);
  const [token] = /annals_\w+/.exec(output)!;
  const numbers = Array.from({ length: 60 }, (_, number) => number);
  const ask = async (address: string, number: number): Promise<string> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': `request-${number}` };
    const body = JSON.stringify({ kind: 'visit', title: 'The same title' });
    const answer = await fetch(`${address}/v1/events`, { method: 'POST', headers, body });
    expect(answer.status).toBe(201);
    return answer.headers.get('location')!;
  };

  const first = await serve(path);
  const answered = new Map<number, string>();
  const asked = numbers.map(async (number) => {
    answered.set(number, await ask(first.address, number));
    if (answered.size === 15) first.child.kill('SIGKILL');
  });
  await Promise.allSettled(asked);
  expect(answered.size).toBeLessThan(numbers.length);

  const second = await serve(path);
  const made = await Promise.all(numbers.map((number) => ask(second.address, number)));
  for (const [number, location] of answered) expect(made[number]).toBe(location);
  expect(new Set(made).size).toBe(numbers.length);
  const list = await fetch(`${second.address}/v1/events`);
  expect(await list.json()).toMatchObject({ total: numbers.length });
});

test('an import that is killed while it locks the database changes nothing', { timeout: 60_000 }, async () => {
  const path = join(temporaryFolder(), 'annals.db');
  await runProcessOn(path, ['migrate']);
  const before = '{"type":"actor","id":"csto","kind":"organization","name":"CSTO"}\n';
  await runProcessOn(path, ['import', '-'], { input: before });
  const lines = Array.from({ length: 3000 }, (_, number) =>
    JSON.stringify({
      type: 'event',
      id: `event-${number}`,
      kind: 'visit',
      title: `Visit ${number}`,
      participants: [{ actor: 'CSTO', role: 'host' }],
    }),
  );
  const child = start(['import', '-'], { environment: { DATABASE_URL: `file:${path}` }, input: lines.join('\n') });
  // The journal is there from the first change until the commit.
  while (!existsSync(`${path}-journal`)) await setTimeout(1);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(existsSync(`${path}-journal`)).toBe(true);
  expect(await runProcessOn(path, ['check'])).toMatchObject({ code: 0 });
  expect(await runProcessOn(path, ['export'])).toMatchObject({ code: 0, output: before });
});

test('the next start rebuilds the index after a killed rebuild', { timeout: 60_000 }, async () => {
  const path = await seededCopy();
  tamper(path, [...EVERY_WRECK, 'UPDATE index_definition SET version = 0'].join(';'));
  const child = start(['serve'], { environment: { DATABASE_URL: `file:${path}`, PORT: '0' } });
  while (!existsSync(`${path}-journal`)) await setTimeout(1);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(existsSync(`${path}-journal`)).toBe(true);
  (await serve(path)).child.kill('SIGTERM');
  expect(await runProcessOn(path, ['check'])).toMatchObject({ code: 0 });
});

test('the next start removes temporary files of a killed import, and keeps those of a running one', async () => {
  const [path, TMPDIR] = [join(temporaryFolder(), 'annals.db'), temporaryFolder()];
  const environment = { DATABASE_URL: `file:${path}`, TMPDIR };
  await runProcessOn(path, ['migrate']);
  // Both wait for their input, which never ends.
  const [killed, living] = [0, 1].map(() => start(['import', '-'], { environment, input: new Promise<string>(() => undefined) }));
  await expect.poll(() => readdirSync(TMPDIR), { timeout: 20_000 }).toHaveLength(2);
  killed!.kill('SIGKILL');
  await once(killed!, 'exit');
  expect(readdirSync(TMPDIR)).toHaveLength(2);
  const { code, errors } = await runProcessOn(path, ['import', '-'], { environment, input: '' });
  expect([code, errors]).toEqual([0, `annals: removed 1 folders or files that killed processes had left in ${TMPDIR}\n`]);
  const [left, ...others] = readdirSync(TMPDIR);
  expect([left, others]).toEqual([expect.stringContaining(`-${living!.pid}-`), []]);
  living!.kill('SIGKILL');
  await once(living!, 'exit');
  const served = start(['serve'], { environment: { ...environment, PORT: '0' } });
  await once(served.stdout, 'data');
  expect(readdirSync(TMPDIR)).toEqual([]);
});
