import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { buildApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { Format } from '../../src/formats/format.ts';
import { json } from '../../src/formats/json.ts';
import type { Statement } from '../../src/storage/port.ts';
import { seededApp, sharedApp, type TestApp } from '../helpers/app.ts';
import { samples } from '../helpers/samples.ts';

const service = sharedApp();

/** The service once more, on the same engine, which tells how many reads it has asked of it since the last telling. */
async function counted({ annals }: TestApp, environment: Record<string, string> = {}, formats?: readonly [Format, ...Format[]]) {
  let reads = 0;
  const engine: typeof annals.engine = {
    ...annals.engine,
    read: (statements: readonly Statement[]) => {
      reads += 1;
      return annals.engine.read(statements) as never; // @NOTE the rows are handed on as they are
    },
  };
  const config = readConfig({ LOG_LEVEL: 'silent', MAX_DELAY: '0', ...environment });
  const app = await buildApp({ annals: { ...annals, engine }, config, ...(formats && { formats }) });
  onTestFinished(() => app.close());
  const readsOf = async (work: () => Promise<unknown>) => {
    reads = 0;
    await work();
    return reads;
  };
  return { app, readsOf };
}

const URL_OF_PAGE = '/v1/timeline?actor=CSTO&from=1990&limit=2';
const another = (id: string) => ({ method: 'POST', url: '/v1/events', body: { ...samples.event.least, id } }) as const;

/** The headers that tell of a request rather than of what it asks for. */
const OF_ONE_REQUEST = new Set(['date', 'x-request-id', 'ratelimit']);

describe('an unchanged list', () => {
  test('is returned from the cache with the same headers', async () => {
    const { app, readsOf } = await counted(service);
    const first = await app.inject(URL_OF_PAGE);
    expect(first.headers['link']).toContain('rel="next"');
    let again = first;
    expect(await readsOf(async () => (again = await app.inject(URL_OF_PAGE)))).toBe(0);
    const lasting = ({ headers }: typeof first) => Object.entries(headers).filter(([name]) => !OF_ONE_REQUEST.has(name));
    expect([again.statusCode, again.body, lasting(again)]).toEqual([200, first.body, lasting(first)]);
  });

  test.each([
    ['its parameters in another order', '/v1/timeline?limit=2&from=1990&actor=CSTO'],
    ['one of them encoded otherwise', '/v1/timeline?actor=%43STO&from=1990&limit=2'],
  ])('is returned from the cache with %s', async (_how, url) => {
    const { app, readsOf } = await counted(service);
    const first = await app.inject(URL_OF_PAGE);
    expect(await readsOf(async () => expect((await app.inject(url)).body).toBe(first.body))).toBe(0);
  });

  test('is not confused with another list', async () => {
    const { app } = await counted(service);
    const urls = [
      '/v1/timeline?limit=2',
      '/v1/timeline?limit=3',
      '/v1/events?limit=2',
      '/v1/actors/csto/timeline?limit=2',
      '/v1/actors/un/timeline?limit=2',
    ];
    const ask = () => Promise.all(urls.map(async (url) => (await app.inject(url)).body));
    const first = await ask();
    expect(new Set(first).size).toBe(urls.length);
    expect(await ask()).toEqual(first);
  });

  test('is returned without a body for HEAD, and as 304 to a client that has it', async () => {
    const { app } = await counted(service);
    const { headers, body } = await app.inject(URL_OF_PAGE);
    const head = await app.inject({ method: 'HEAD', url: URL_OF_PAGE });
    expect([head.statusCode, head.body, head.headers['content-length'], head.headers['link']]).toEqual([
      200,
      '',
      String(Buffer.byteLength(body)),
      headers['link'],
    ]);
    for (const tag of [String(headers['etag']), '*', `W/${headers['etag']}, "x"`]) {
      const known = await app.inject({ url: URL_OF_PAGE, headers: { 'if-none-match': tag } });
      expect([known.statusCode, known.body, known.headers['etag']], tag).toEqual([304, '', headers['etag']]);
    }
    expect((await app.inject({ url: URL_OF_PAGE, headers: { 'if-none-match': '"x"' } })).statusCode).toBe(200);
  });

  test('is not returned for another method', async () => {
    const { app } = await counted(service);
    await app.inject('/v1/events');
    expect((await app.inject({ method: 'POST', url: '/v1/events' })).statusCode).toBe(401);
    expect((await app.inject({ method: 'DELETE', url: '/v1/events' })).statusCode).toBe(405);
  });

  test('is read again when the cache is off', async () => {
    const { app, readsOf } = await counted(service, { ANSWER_CACHE_BYTES: '0' });
    await app.inject(URL_OF_PAGE);
    expect(await readsOf(() => app.inject(URL_OF_PAGE))).toBeGreaterThan(0);
  });

  test('is read again after it was evicted', async () => {
    const { app, readsOf } = await counted(service, { ANSWER_CACHE_BYTES: '40000' });
    await app.inject(URL_OF_PAGE);
    for (let limit = 10; limit < 40; limit += 1) await app.inject(`/v1/events?limit=${limit}`);
    expect(await readsOf(() => app.inject(URL_OF_PAGE))).toBeGreaterThan(0);
  });
});

test('a record that is read twice by any of its names is returned from the cache with the same headers', async () => {
  const { app, readsOf } = await counted(service);
  for (const url of ['/v1/actors/csto', '/v1/actors/CSTO', '/v1/events/csto-operation-in-kazakhstan-2022']) {
    const first = await app.inject(url);
    let again = first;
    expect(await readsOf(() => app.inject(url)), url).toBeGreaterThan(0);
    expect(await readsOf(async () => (again = await app.inject(url))), url).toBe(0);
    for (const header of ['etag', 'content-location', 'content-type', 'cache-control'])
      expect(again.headers[header]).toBe(first.headers[header]);
    expect([again.statusCode, again.body]).toEqual([200, first.body]);
    expect((await app.inject({ url, headers: { 'if-none-match': String(first.headers['etag']) } })).statusCode).toBe(304);
  }
});

test.each(['/v1/events?limit=2', '/v1/events/csto-operation-in-kazakhstan-2022'])('%s is cached apart for each media type', async (url) => {
  const encode = { records: () => Buffer.from('a list'), record: () => Buffer.from('a record') };
  const text: Format = { name: 'text', mediaType: 'text/plain', contentType: 'text/plain; charset=utf-8', encode };
  const { app, readsOf } = await counted(service, {}, [json, text]);
  const ask = async (accept: string) => {
    const { headers, body } = await app.inject({ url, headers: { accept } });
    return { type: headers['content-type'], vary: headers['vary'], etag: headers['etag'], body };
  };
  // A record is cached at the second request. The answers to `again` are in the cache, by the address and by the parameters.
  const types = [json.mediaType, text.mediaType] as const;
  const [asJson, asText] = [await ask(types[0]), await ask(types[1])];
  for (const type of types) await ask(type);
  expect([asJson.type, asText.type, asJson.vary]).toEqual([json.contentType, text.contentType, 'accept']);
  expect(asText.body).toMatch(/^a (?:list|record)$/);
  expect(asText.etag).toBe(asJson.etag!.replace(/"$/, '-text"'));
  const reads = await readsOf(async () => {
    for (const [index, type] of [...types, ...types].entries()) expect(await ask(type)).toEqual([asJson, asText][index % 2]);
  });
  expect(reads).toBe(0);
});

test('an error is not cached: a new record is found at once', async () => {
  const url = '/v1/events/kept-later/history';
  expect((await service.ask({ url })).status).toBe(404);
  await service.ask(another('kept-later'));
  expect((await service.ask({ url })).status).toBe(200);
});

test('a cached response needs a key where reading needs one', async () => {
  const closed = await seededApp({ READ_ACCESS: 'key' });
  onTestFinished(closed.close);
  const url = '/v1/events?limit=1';
  const kept = await closed.ask({ url, as: closed.readKey });
  expect((await closed.ask({ url, as: closed.readKey })).text).toBe(kept.text);
  for (const headers of [{}, { 'if-none-match': kept.headers['etag']! }] as Record<string, string>[])
    expect((await closed.ask({ url, as: 'nobody', headers })).status).toBe(401);
});

describe('no cached response is stale', () => {
  test('after a write of this process', async () => {
    const url = '/v1/events?sort=-updated&limit=1';
    for (let count = 0; count < 50; count += 1) {
      await service.ask(another(`own-${count}`));
      expect((await service.ask({ url })).body.items[0].id).toBe(`own-${count}`);
      expect((await service.ask({ url })).body.items[0].id).toBe(`own-${count}`);
    }
  });

  test('after 200 commits of another process between the reads', { timeout: 60_000 }, async () => {
    const { app, path, close } = await seededApp();
    onTestFinished(close);
    const writer = fork(join(import.meta.dirname, '../helpers/other-writer.mjs'), [path]);
    onTestFinished(() => void writer.kill('SIGKILL'));
    const url = `/v1/changes?limit=200&since=${await positionOf(app)}`;
    const wrong: unknown[] = [];
    let last: unknown;
    for (let commit = 1; commit <= 200; commit += 1) {
      writer.send(commit);
      await once(writer, 'message');
      const [fresh, again] = [await app.inject(url), await app.inject(url)];
      const tag = fresh.headers['etag'];
      const isFresh = fresh.json<{ items: unknown[] }>().items.length === commit && tag !== last;
      if (!isFresh || fresh.body !== again.body || tag !== again.headers['etag']) wrong.push({ commit, tag, body: fresh.body.slice(-100) });
      last = tag;
    }
    expect(wrong).toEqual([]);
  });
});

/** The position of the newest change. */
async function positionOf(app: TestApp['app']): Promise<string> {
  return (await app.inject('/v1/changes?limit=1')).json<{ latest: string }>().latest;
}
