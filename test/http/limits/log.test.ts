import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { AnnalsError } from '../../../src/domain/errors.ts';
import type { Json } from '../../helpers/contract.ts';
import { samples } from '../../helpers/samples.ts';
import { answerTo, sharedServer } from '../../helpers/socket.ts';

const stream = new PassThrough();
let written = '';
stream.on('data', (chunk) => (written += String(chunk)));
const service = sharedServer({ LOG_LEVEL: 'trace' }, stream);
beforeEach(() => void (written = ''));

/** The lines of the log about requests, without those for the pages of problems, which the checks ask for. */
const linesNow = () => written.split('\n').filter((line) => line.includes('"requestId"') && !line.includes('"/problems/'));

/** Lines of the log as objects, once there are `count` of them. */
async function lines(count: number): Promise<Json[]> {
  for (let turn = 0; turn < 200 && linesNow().length < count; turn += 1) await new Promise((resolve) => setTimeout(resolve, 5));
  return linesNow().map((line) => JSON.parse(line));
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('a list that a client has is one line, without an error, also where it is not in the cache', async () => {
  const { headers } = await service.ask({ url: '/v1/events?limit=2' });
  const again = await service.ask({ url: '/v1/events?limit=3', headers: { 'if-none-match': headers['etag']! } });
  expect(again.status).toBe(304);
  const found = await lines(2);
  expect(found.map(({ level }) => level as unknown)).toEqual([30, 30]);
});

test('each request is one line: its id, method, route, status, duration, bytes and the id of its key', async () => {
  const { headers, text } = await service.ask({ url: '/v1/actors/csto?unheard-of=1', as: service.readKey });
  const created = await service.ask({ method: 'POST', url: '/v1/events', body: samples.event.least });
  await service.ask({ url: '/v1/actors/csto' });
  const found = await lines(3);
  expect(found).toHaveLength(3);
  expect(found[0]).toEqual({
    level: 30,
    time: expect.any(Number),
    pid: process.pid,
    hostname: expect.any(String),
    requestId: headers['x-request-id'],
    method: 'GET',
    route: '/v1/actors/{id}',
    status: 400,
    milliseconds: expect.any(Number),
    bytes: Buffer.byteLength(text),
    key: expect.stringMatching(/^[0-9a-z]{8}$/),
    msg: 'answered',
  });
  expect(found[0].milliseconds).toBeGreaterThan(0);
  expect(found[1]).toMatchObject({ method: 'POST', route: '/v1/events', status: 201, bytes: Buffer.byteLength(created.text) });
  expect(found[2]).toMatchObject({ route: '/v1/actors/{id}', status: 200 });
  expect(found[2]).not.toHaveProperty('key');
});

describe('the id of a request', () => {
  test('is new for each request, and stands in every response and every problem', async () => {
    const answers = [];
    for (const url of ['/v1/actors/csto', '/v1/actors/nobody-at-all', '/nowhere', '/v1/actors/%zz', '/healthz', '/'])
      answers.push(await service.ask({ url }));
    const ids = answers.map(({ headers }) => headers['x-request-id']!);
    for (const id of ids) expect(id).toMatch(UUID);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { status, body, headers } of answers) if (status >= 400) expect(body.instance).toBe(`/requests/${headers['x-request-id']}`);
  });

  test.each(['abc', 'a.B_c-9', 'x'.repeat(64)])('is the id that the client sends, such as %s', async (id) => {
    const answer = await service.ask({ url: '/v1/actors/nobody-at-all', headers: { 'x-request-id': id } });
    expect([answer.headers['x-request-id'], answer.body.instance]).toEqual([id, `/requests/${id}`]);
    expect(await lines(1)).toMatchObject([{ requestId: id, status: 404 }]);
  });

  test.each(['', 'x'.repeat(65), 'a b', 'a"b', '{"level":60}', '../etc', 'ä', 'a, b'])(
    'is a new id when the client sends %j',
    async (id) => {
      const answer = await service.ask({ url: '/v1/actors/csto', headers: { 'x-request-id': id } });
      expect(answer.headers['x-request-id']).toMatch(UUID);
    },
  );
});

describe('the log never holds', () => {
  test('a key, a body, or the terms of a search', async () => {
    const secret = 'the-secret-of-the-test';
    const asked = [
      { url: `/v1/search?q=${secret}` },
      { url: `/v1/timeline?actor=${secret}` },
      { url: `/nowhere/${secret}?${secret}` },
      { url: `/v1/actors/${secret}%zz?key=${secret}` },
      { method: 'POST', url: '/v1/events', body: { ...samples.event.least, summary: secret } },
      { method: 'POST', url: '/v1/events', body: { title: secret, [secret]: 1 } },
      { method: 'POST', url: '/v1/events', body: `{"${secret}` },
      { url: '/v1/events', headers: { authorization: `Basic ${secret}`, cookie: secret, 'x-other': secret } },
      { method: 'POST', url: '/v1/events', body: {}, as: service.readKey },
      { method: 'POST', url: '/v1/events', body: {}, as: `annals_${secret}` },
    ] as const;
    for (const each of asked) await service.ask(each);
    await answerTo(service.port, `${secret}\r\n\r\n`);
    await answerTo(service.port, `GET /${secret} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(await lines(asked.length + 1)).toHaveLength(asked.length + 1);
    for (const word of [secret, service.readKey, service.writeKey]) expect(written).not.toContain(word);
  });
});

test('an overload is one warning without a stack', async () => {
  const busy = new AnnalsError('storage-busy', 'others keep changing the same records; try again', [], { cause: new Error('a conflict') });
  const read = vi.spyOn(service.annals.engine, 'read').mockRejectedValueOnce(busy);
  onTestFinished(() => read.mockRestore());
  const refused = await service.app.inject('/v1/actors/csto');
  expect([refused.statusCode, refused.json().type]).toEqual([503, '/problems/storage-busy']);
  const [warning, answered] = await lines(2);
  expect(warning).toMatchObject({ level: 40, requestId: refused.headers['x-request-id'], problem: 'storage-busy', msg: busy.message });
  expect(warning).not.toHaveProperty('err');
  expect(answered).toMatchObject({ level: 30, status: 503, msg: 'answered' });
});

test('an internal error is in the log with its reason and the id of the request', async () => {
  const { engine } = service.annals;
  await engine.write([{ sql: 'ALTER TABLE names RENAME TO gone', params: [] }]);
  const failed = await service.app.inject({
    method: 'POST',
    url: '/v1/actors',
    payload: samples.actor.full,
    headers: { authorization: `Bearer ${service.writeKey}` },
  });
  await engine.write([{ sql: 'ALTER TABLE gone RENAME TO names', params: [] }]);
  expect([failed.statusCode, failed.json().type]).toEqual([500, '/problems/internal']);
  const found = await lines(2);
  expect(found.map(({ level, requestId }) => [level, requestId])).toEqual([
    [50, failed.headers['x-request-id']],
    [30, failed.headers['x-request-id']],
  ]);
  expect(found[0].err.message).toContain('names');
  expect(failed.body).not.toContain('no such table');
});
