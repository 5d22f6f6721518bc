import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createKey, revokeKey } from '../../src/records/keys.ts';
import { sharedApp } from '../helpers/app.ts';
import { operations } from '../helpers/contract.ts';
import { samples } from '../helpers/samples.ts';

const service = sharedApp();
const closed = sharedApp({ READ_ACCESS: 'key' });

const body = samples.event.least;
const write = { method: 'POST', url: '/v1/events', body } as const;

/** An address of each operation. */
const addresses = operations.map(({ method, path, operation }) => ({
  id: operation.operationId,
  method: method as 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', // @NOTE the methods of the document, in capitals
  url: path.replace('{id}', 'csto'),
}));
const writing = addresses.filter(({ method }) => method !== 'GET');
const reading = addresses.filter(({ method, url }) => method === 'GET' && url.startsWith('/v1'));

test.each(writing)('$id needs a key that may write', async ({ method, url }) => {
  const nobody = await service.ask({ method, url, body: {}, as: 'nobody' });
  expect([nobody.status, nobody.body.type, nobody.headers['www-authenticate']]).toEqual([
    401,
    '/problems/missing-key',
    'Bearer realm="annals"',
  ]);
  expect(nobody.body.detail).toBe('writing needs a key: send "Authorization: Bearer <key>"');
  const reader = await service.ask({ method, url, body: {}, as: service.readKey });
  expect([reader.status, reader.body.type]).toEqual([403, '/problems/missing-scope']);
});

test('the key is asked for before the body is looked at', async () => {
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

test('a key that is mistyped, unknown, in another scheme or in the address opens nothing', async () => {
  const typo = service.writeKey.slice(0, -1) + (service.writeKey.endsWith('0') ? '1' : '0');
  const foreign = closed.writeKey;
  const wrong = [
    `Bearer ${typo}`,
    `Bearer ${foreign}`,
    `Bearer ${service.writeKey.toUpperCase()}`,
    `Basic ${service.writeKey}`,
    service.writeKey,
    'Bearer',
    'Bearer ',
    `Bearer ${service.writeKey} ${service.writeKey}`,
    '',
  ];
  for (const authorization of wrong)
    expect((await service.ask({ ...write, as: 'nobody', headers: { authorization } })).status, authorization).toBe(401);
  expect((await service.ask({ ...write, url: `/v1/events?key=${service.writeKey}`, as: 'nobody' })).status).toBe(401);
});

test('a key opens nothing once it is revoked', async () => {
  const { id, token } = await createKey(service.annals, { label: 'short-lived', scope: 'write' }, randomBytes);
  expect((await service.ask({ ...write, as: token })).status).toBe(201);
  await revokeKey(service.annals, id);
  expect((await service.ask({ ...write, as: token })).status).toBe(401);
});

test.each(reading)('$id is closed to who has no key when reading needs one', async ({ url }) => {
  const refused = await closed.ask({ url });
  expect([refused.status, refused.body.type]).toEqual([401, '/problems/missing-key']);
  expect(refused.body.detail).toContain('reading needs a key');
  expect((await closed.ask({ method: 'HEAD', url })).status).toBe(401);
  expect((await closed.ask({ url, as: 'annals_no-such-key' })).status).toBe(401);
  for (const as of [closed.readKey, closed.writeKey]) expect((await closed.ask({ url, as })).status).not.toBe(401);
});

test('health, the reference, the page, the problems and OPTIONS stay open when reading needs a key', async () => {
  for (const url of ['/healthz', '/readyz', '/openapi.json', '/docs', '/', '/problems/missing-key'])
    expect((await closed.ask({ url })).status, url).toBe(200);
  expect((await closed.ask({ method: 'OPTIONS', url: '/v1/events' })).status).toBe(204);
  expect((await closed.ask({ url: '/v1/evnts' })).status).toBe(404);
});

test('reading asks for no key where it is open, and does not mind a wrong one', async () => {
  expect((await service.ask({ url: '/v1/events?limit=1', as: 'annals_wrong' })).status).toBe(200);
});
