import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { runProcessOn } from '../helpers/processes.ts';
import { temporaryDatabase, temporaryFolder } from '../helpers/database.ts';
import { serve } from '../helpers/server.ts';
import { tamper } from '../helpers/tamper.ts';

// Each starts several processes, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 });

/** The headers of who may write to a database. */
async function writerOf(path: string): Promise<Record<string, string>> {
  const { output } = await runProcessOn(path, ['keys', 'create', '--label', 'test']);
  return { authorization: `Bearer ${output.trim()}` };
}

test('a server whose database a newer program migrates refuses writes at once, and still reads', async () => {
  const path = await temporaryDatabase();
  const headers = await writerOf(path);
  const { address, child, end } = await serve(path, [], { LOG_LEVEL: 'info' });
  const write = (id: string) =>
    fetch(`${address}/v1/events`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ id, kind: 'visit', title: id }),
    });
  expect((await write('before')).status).toBe(201);
  tamper(path, "INSERT INTO migrations VALUES (9999, '9999-the-future.sql', 'x', 1); ALTER TABLE events ADD COLUMN mood TEXT");
  const importing = () =>
    fetch(`${address}/v1/import`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/x-ndjson' },
      body: '{"type":"event","kind":"visit","title":"Imported"}',
    });
  for (const answer of [await write('after'), await fetch(`${address}/readyz`), await importing(), await write('later')])
    expect([answer.status, await answer.json()]).toEqual([
      503,
      expect.objectContaining({
        type: '/problems/storage-migrated',
        detail: expect.stringMatching(/^a newer Annals has migrated the database/) as unknown,
      }),
    ]);
  expect((await fetch(`${address}/healthz`)).status).toBe(200);
  expect(await (await fetch(`${address}/v1/events`)).json()).toMatchObject({ total: 1, items: [{ id: 'before' }] });
  await setTimeout(1500);
  child.kill('SIGTERM');
  const { code, output } = await end;
  expect(code).toBe(0);
  const said = output.split('\n').filter((line) => line.startsWith('{') && line.includes('has migrated the database'));
  expect(said.map((line) => JSON.parse(line).level)).toEqual([50]);
});

test('a server whose database file is replaced exits, and returns no more of the old one', async () => {
  const path = await temporaryDatabase();
  const headers = await writerOf(path);
  const other = join(temporaryFolder(), 'other.db');
  await runProcessOn(path, ['backup', other]);
  const { address, end } = await serve(path, [], { LOG_LEVEL: 'info' });
  const write = (id: string) =>
    fetch(`${address}/v1/events`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ id, kind: 'visit', title: id }),
    });
  expect((await write('before')).status).toBe(201);
  for (const each of ['-wal', '-shm']) rmSync(`${path}${each}`);
  renameSync(other, path);
  expect([503, undefined]).toContain((await write('lost').catch(() => undefined))?.status);
  expect(await end).toMatchObject({
    code: 18,
    output: expect.stringMatching(/"level":60.*another file has taken the place of the database/),
    errors: 'annals: another file has taken the place of the database while this program had it open: start the program again\n',
  });
});
