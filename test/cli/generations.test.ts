import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { runOn } from '../helpers/command.ts';
import { temporaryDatabase, temporaryFolder } from '../helpers/database.ts';
import { served } from '../helpers/served.ts';

type Seen = { status: number; etag: string; body: Record<string, unknown> };

/** Asks a running server: JSON in and out. */
function client(address: string, key: string) {
  return async (method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Seen> => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const answer = await fetch(`${address}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': type }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, etag: answer.headers.get('etag') ?? '', body: text === '' ? {} : JSON.parse(text) };
  };
}

const generationIn = (path: string): unknown => {
  const connection = new Database(path, { readonly: true });
  const word = connection.prepare('SELECT word FROM generation').pluck().get();
  connection.close();
  return word;
};

/** The ETags and positions that a client remembers of a record and of the log. */
async function remembered(ask: ReturnType<typeof client>) {
  const record = await ask('GET', '/v1/places/samarkand');
  const list = await ask('GET', '/v1/places');
  const { latest } = (await ask('GET', '/v1/changes')).body;
  return { record, list, position: String(latest), sequence: String(latest).split('-')[1] };
}

/** Looks that nothing of what was remembered is taken for what there is now, of the same revision and number. */
async function expectForgotten(
  ask: ReturnType<typeof client>,
  { record, list, position, sequence }: Awaited<ReturnType<typeof remembered>>,
) {
  const now = await remembered(ask);
  expect([now.record.body['revision'], now.sequence]).toEqual([record.body['revision'], sequence]);
  expect((await ask('GET', '/v1/places/samarkand', undefined, { 'if-none-match': record.etag })).status).toBe(200);
  expect((await ask('GET', '/v1/places', undefined, { 'if-none-match': list.etag })).status).toBe(200);
  for (const tag of [record.etag, String(record.body['etag'])]) {
    const lost = await ask('PATCH', '/v1/places/samarkand', { note: 'Lost.' }, { 'if-match': tag });
    expect([lost.status, lost.body['type']]).toEqual([412, '/problems/stale-revision']);
    expect(lost.body['detail']).toContain('the database was restored or copied since');
    expect((await ask('DELETE', '/v1/places/samarkand', undefined, { 'if-match': tag })).status).toBe(412);
  }
  const gone = await ask('GET', `/v1/changes?since=${position}`);
  expect([gone.status, gone.body['type']]).toEqual([410, '/problems/stale-position']);
  expect((await ask('GET', `/v1/changes?since=${now.position}`)).body['items']).toEqual([]);
}

test('after a restore, ETags and positions of the old database are not valid', async () => {
  const path = await temporaryDatabase();
  const key = (await runOn(path, ['keys', 'create', '--label', 'test'])).output.trim();
  const first = await served(path);
  const ask = client(first.address, key);
  expect((await ask('POST', '/v1/places', { id: 'samarkand', kind: 'city', name: 'Samarkand' })).status).toBe(201);
  const file = join(temporaryFolder(), 'backup.db');
  expect(await runOn(path, ['backup', file])).toMatchObject({ code: 0 });
  await ask('PATCH', '/v1/places/samarkand', { note: 'Before the restore.' });
  const seen = await remembered(ask);
  await first.stop();
  expect(await runOn(path, ['restore', file])).toMatchObject({ code: 0 });
  const restored = client((await served(path)).address, key);
  await restored('PATCH', '/v1/places/samarkand', { note: 'After the restore.' });
  await expectForgotten(restored, seen);
});

test('each restore of a backup has a generation of its own', async () => {
  const path = await temporaryDatabase();
  const file = join(temporaryFolder(), 'backup.db');
  await runOn(path, ['backup', file]);
  const words = new Set([generationIn(path), generationIn(file)]);
  for (let times = 0; times < 2; times += 1) {
    expect(await runOn(path, ['restore', file])).toMatchObject({ code: 0 });
    words.add(generationIn(path));
  }
  expect(words.size).toBe(4);
});

test('a running server uses a new generation at once, also for cached responses', async () => {
  const path = await temporaryDatabase();
  const key = (await runOn(path, ['keys', 'create', '--label', 'test'])).output.trim();
  const ask = client((await served(path)).address, key);
  await ask('POST', '/v1/places', { id: 'samarkand', kind: 'city', name: 'Samarkand' });
  await remembered(ask);
  const seen = await remembered(ask);
  expect(await runOn(path, ['new-generation'])).toMatchObject({ code: 0 });
  await expectForgotten(ask, seen);
  expect((await ask('GET', `/v1/changes?since=0`)).body['items']).toHaveLength(1);
});

test('a backup has another generation than its database', async () => {
  const path = await temporaryDatabase();
  const key = (await runOn(path, ['keys', 'create', '--label', 'test'])).output.trim();
  const ask = client((await served(path)).address, key);
  await ask('POST', '/v1/places', { id: 'samarkand', kind: 'city', name: 'Samarkand' });
  const file = join(temporaryFolder(), 'backup.db');
  await runOn(path, ['backup', file]);
  await expectForgotten(client((await served(file)).address, key), await remembered(ask));
});
