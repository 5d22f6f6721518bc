import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createKey, listKeys, revokeKey } from '../../src/records/keys/api-keys.ts';
import { sharedApp } from '../helpers/app.ts';
import { runOn } from '../helpers/command.ts';
import { type Asked, operations } from '../helpers/contract.ts';
import { NOW } from '../helpers/fixtures.ts';
import { samples } from '../helpers/samples.ts';

const service = sharedApp();
const closed = sharedApp({ READ_ACCESS: 'key' });

const body = samples.event.least;
const write = { method: 'POST', url: '/v1/events', body } as const;

/** An address of each operation. */
const addresses = operations.map(({ method, path, operation }) => ({
  id: operation.operationId,
  method: method as 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', // @NOTE the methods of the document, in capitals
  url: path.replace('{vocabulary}', 'topic').replace(/\{(?:id|slug)\}/, 'csto'),
}));
const writing = addresses.filter(({ method }) => method !== 'GET');
const reading = addresses.filter(({ method, url }) => method === 'GET' && url.startsWith('/v1'));

test.each(writing)('$id needs a key with the scope write', async ({ method, url }) => {
  const nobody = await service.ask({ method, url, body: {}, as: 'nobody' });
  expect([nobody.status, nobody.body.type, nobody.headers['www-authenticate']]).toEqual([
    401,
    '/problems/missing-key',
    'Bearer realm="annals"',
  ]);
  expect(nobody.body.detail).toBe('writing needs a key: send "Authorization: Bearer <key>"');
  const reader = await service.ask({ method, url, body: {}, as: service.readKey });
  expect([reader.status, reader.body.type, reader.headers['www-authenticate']]).toEqual([
    403,
    '/problems/missing-scope',
    'Bearer realm="annals", error="insufficient_scope", scope="write"',
  ]);
  expect(reader.body.detail).toBe('this key has the scope read: writing needs one with the scope write');
});

test('the key is checked before the body', async () => {
  for (const headers of [{ 'content-type': 'application/xml' }, { 'content-type': 'application/json' }])
    expect((await service.ask({ ...write, body: '{', headers, as: 'nobody' })).status).toBe(401);
  expect((await service.ask({ ...write, body: ' '.repeat(2_000_000), as: 'nobody' })).status).toBe(401);
});

test.each([
  ['Bearer', 'bearer'],
  ['Bearer', 'BEARER'],
  ['Bearer ', 'Bearer   '],
])('the scheme may be written as %s and as %s', async (_usual, scheme) => {
  const created = await service.ask({ ...write, as: 'nobody', headers: { authorization: `${scheme} ${service.writeKey}` } });
  expect(created.status).toBe(201);
});

test('a key that is mistyped, unknown or in another scheme is refused', async () => {
  const key = service.writeKey;
  const typo = key.slice(0, -1) + (key.endsWith('0') ? '1' : '0');
  const refused = {
    '/problems/invalid-key': [`Bearer ${typo}`, `Bearer ${closed.writeKey}`, `Bearer ${key.toUpperCase()}`],
    '/problems/missing-key': [`Basic ${key}`, key, 'Bearer', 'Bearer ', `Bearer ${key} ${key}`, ''],
  };
  for (const [type, wrong] of Object.entries(refused))
    for (const authorization of wrong) {
      const answered = await service.ask({ ...write, as: 'nobody', headers: { authorization } });
      expect([answered.status, answered.body.type], authorization).toEqual([401, type]);
    }
});

test('a key in the address, a cookie, another header or the body is ignored', async () => {
  const key = service.writeKey;
  const elsewhere: Partial<Asked>[] = [
    ...['key', 'api_key', 'apikey', 'access_token', 'token', 'authorization'].map((name) => ({ url: `/v1/events?${name}=${key}` })),
    { headers: { cookie: `key=${key}; access_token=${key}` } },
    ...['x-api-key', 'api-key', 'x-access-token', 'proxy-authorization'].map((name) => ({ headers: { [name]: `Bearer ${key}` } })),
    { body: { ...body, access_token: key } },
    { body: `access_token=${key}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
  ];
  for (const each of elsewhere) {
    const answered = await service.ask({ ...write, as: 'nobody', ...each });
    expect([answered.status, answered.body.type], JSON.stringify(each)).toEqual([401, '/problems/missing-key']);
  }
});

/** Writes with a key repeatedly until it is refused, and returns the milliseconds since `from`. */
async function refusedAfter(token: string, from: number): Promise<number> {
  for (;;) {
    const { status } = await service.ask({ ...write, as: token });
    const elapsed = performance.now() - from;
    if (status === 401 || elapsed > 5000) return elapsed;
    expect(status).toBe(201);
    await setTimeout(20);
  }
}

test('a key in steady use is refused within a second of its revocation', async () => {
  const { id, token } = await createKey(service.annals, { label: 'short-lived', scope: 'write' }, randomBytes);
  expect((await service.ask({ ...write, as: token })).status).toBe(201);
  await revokeKey(service.annals, id);
  expect(await refusedAfter(token, performance.now())).toBeLessThan(1000);
});

test('a key is refused within a second of its revocation by another process', async () => {
  const { id, token } = await createKey(service.annals, { label: 'short-lived', scope: 'write' }, randomBytes);
  expect((await service.ask({ ...write, as: token })).status).toBe(201);
  expect(await runOn(service.path, ['keys', 'revoke', id])).toMatchObject({ code: 0 });
  expect(await refusedAfter(token, performance.now())).toBeLessThan(1000);
});

test('a key that another process creates works at once', async () => {
  const { output } = await runOn(service.path, ['keys', 'create', '--label', 'elsewhere', '--expires', '2099-01-01']);
  expect((await service.ask({ ...write, as: output.trim() })).status).toBe(201);
});

test('the use of a key changes no record and no ETag of a list', async () => {
  const first = await service.ask({ url: '/v1/events' });
  const changes = await service.ask({ url: '/v1/changes' });
  const { token } = await createKey(service.annals, { label: 'used', scope: 'write' }, randomBytes);
  expect((await service.ask({ ...write, body: {}, as: token })).status).toBe(400);
  await expect.poll(async () => (await listKeys(service.annals.engine)).find(({ label }) => label === 'used')?.lastUsedAt).toBe(NOW);
  expect((await service.ask({ url: '/v1/events' })).headers['etag']).toBe(first.headers['etag']);
  expect((await service.ask({ url: '/v1/changes' })).text).toBe(changes.text);
});

test.each(reading)('$id returns 401 without a key when reading needs a key', async ({ url }) => {
  const refused = await closed.ask({ url });
  expect([refused.status, refused.body.type]).toEqual([401, '/problems/missing-key']);
  expect(refused.body.detail).toContain('reading needs a key');
  expect((await closed.ask({ method: 'HEAD', url })).status).toBe(401);
  expect((await closed.ask({ url, as: 'annals_no-such-key' })).status).toBe(401);
  for (const as of [closed.readKey, closed.writeKey]) expect((await closed.ask({ url, as })).status).not.toBe(401);
});

test('health, the reference, the page, the problems and OPTIONS need no key when reading needs one', async () => {
  for (const url of ['/healthz', '/readyz', '/openapi.json', '/docs', '/', '/problems/missing-key'])
    expect((await closed.ask({ url })).status, url).toBe(200);
  expect((await closed.ask({ method: 'OPTIONS', url: '/v1/events' })).status).toBe(204);
  expect((await closed.ask({ url: '/v1/evnts' })).status).toBe(404);
});

test('open reading needs no key, and ignores a wrong one', async () => {
  expect((await service.ask({ url: '/v1/events?limit=1', as: 'annals_wrong' })).status).toBe(200);
});
