import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createKey, rotateKey } from '../../src/records/keys/api-keys.ts';
import { sharedApp } from '../helpers/app.ts';
import { type Answered, type Asked, operations } from '../helpers/contract.ts';
import { etagHeaderOf, etagOf } from '../helpers/etags.ts';
import { addressOfRecord } from '../../src/model/addresses.ts';
import { models } from '../../src/model/models.ts';
import { samples } from '../helpers/samples.ts';

const service = sharedApp();

/** A title that no other test has, so that the ids made from it tell how many records there are. */
const newTitle = (): string => `Once ${createHash('sha1').update(randomUUID()).digest('hex').slice(0, 12)}`;
const creation = (title: string): Asked & { url: string } => ({
  method: 'POST',
  url: '/v1/events',
  body: { ...samples.event.least, title },
});

const keyed = (asked: Asked, key: string): Promise<Answered> =>
  service.ask({ ...asked, headers: { ...asked.headers, 'idempotency-key': key } });

const told = ({ status, headers, text }: Answered) => ({ status, text, etag: headers['etag'], location: headers['location'] });

const countOf = async (title: string): Promise<number> =>
  (await service.ask({ url: `/v1/events?q=${encodeURIComponent(`"${title}"`)}` })).body.total as number; // @NOTE the contract says so

/** An import is idempotent: the same records again are found as they are. */
const changing = operations.filter(
  ({ method, operation }) => method === 'PATCH' || (method === 'POST' && operation.operationId !== 'importRecords'),
);

test('only operations that are not idempotent by themselves take an Idempotency-Key', () => {
  const taking = operations.filter(({ operation }) => operation.parameters?.some(({ name }) => name === 'Idempotency-Key'));
  expect(taking.map(({ operation }) => operation.operationId)).toEqual(changing.map(({ operation }) => operation.operationId));
});

describe.each(models)('a $type with an Idempotency-Key', (model) => {
  const path = `/v1/${model.path}`;
  const { least } = samples[model.type];

  test('creates one record when it is repeated, and returns the first response', async () => {
    const key = randomUUID();
    const first = await keyed({ method: 'POST', url: path, body: least }, key);
    const again = await keyed({ method: 'POST', url: path, body: least }, key);
    expect([first.status, first.headers['idempotent-replayed']]).toEqual([201, undefined]);
    expect(told(again)).toEqual(told(first));
    expect(again.headers).toMatchObject({
      'idempotent-replayed': 'true',
      location: addressOfRecord(model, first.body.id),
      etag: etagHeaderOf(first.body.id, 1),
    });
  });

  test('changes a record once when it is repeated, and returns the first response', async () => {
    const other = model.idFields && { slug: 'another' };
    const { body } = await service.ask({ method: 'POST', url: path, body: { ...least, ...other } });
    const [url, key] = [addressOfRecord(model, body.id), randomUUID()];
    const change = { method: 'PATCH', url, body: { note: 'First.' }, headers: { 'if-match': body.etag } } as const;
    const first = await keyed(change, key);
    expect([first.status, first.body.revision]).toEqual([200, 2]);
    expect(told(await keyed(change, key))).toEqual(told(first));
    await service.ask({ method: 'PATCH', url, body: { note: 'Second.' } });
    expect(told(await keyed(change, key))).toEqual(told(first));
    expect((await service.ask({ url })).body).toMatchObject({ note: 'Second.', revision: 3 });
    await service.ask({ method: 'DELETE', url });
    expect(told(await keyed(change, key))).toEqual(told(first));
    expect((await service.ask({ url })).status).toBe(404);
  });
});

test('is not applied later when it first changed nothing', async () => {
  const { body } = await service.ask({ ...creation(newTitle()) });
  const [url, key] = [`/v1/events/${body.id}`, randomUUID()];
  const change = { method: 'PATCH', url, body: { kind: body.kind } } as const;
  const first = await keyed(change, key);
  await service.ask({ method: 'PATCH', url, body: { kind: 'other' } });
  expect(told(await keyed(change, key))).toEqual(told(first));
  expect((await service.ask({ url })).body).toMatchObject({ kind: 'other', revision: 2 });
});

test('finds a record again that the change renamed', async () => {
  await service.ask({ method: 'POST', url: '/v1/actors', body: { kind: 'group', name: 'Before Renaming' } });
  const change = { method: 'PATCH', url: '/v1/actors/Before%20Renaming', body: { name: 'After Renaming' } } as const;
  const first = await keyed(change, 'renaming');
  expect([first.status, told(await keyed(change, 'renaming'))]).toEqual([200, told(first)]);
});

describe('a key of another request is refused:', () => {
  const title = newTitle();
  test.each([
    ['another body', { ...creation(newTitle()) }],
    ['another address', { ...creation(title), url: '/v1/meetings' }],
    ['another method', { method: 'PATCH', url: '/v1/events/some', body: creation(title).body }],
  ] as [string, Asked][])('%s', async (what, other) => {
    const key = `reused ${what}`.replaceAll(' ', '-');
    expect((await keyed(creation(title), key)).status).toBe(201);
    const refused = await keyed(other, key);
    expect([refused.status, refused.body.type]).toEqual([422, '/problems/key-reused']);
    expect(refused.body.detail).toContain(`"${key}" came with another request before`);
  });

  test('without a write', async () => {
    const [kept, other] = [newTitle(), newTitle()];
    await keyed(creation(kept), 'kept');
    await keyed(creation(other), 'kept');
    expect([await countOf(kept), await countOf(other)]).toEqual([1, 0]);
  });
});

test('each API key has its own Idempotency-Keys', async () => {
  const { token } = await createKey(service.annals, { label: 'another', scope: 'write' }, randomBytes);
  const title = newTitle();
  const mine = await keyed(creation(title), 'shared');
  const theirs = await keyed({ ...creation(title), as: token }, 'shared');
  expect([mine.status, theirs.status, theirs.headers['idempotent-replayed']]).toEqual([201, 201, undefined]);
  expect(await countOf(title)).toBe(2);
});

test('a request repeated with a rotated API key returns the first response', async () => {
  const first = await createKey(service.annals, { label: 'rotated', scope: 'write' }, randomBytes);
  const second = await rotateKey(service.annals, first.id, { overlap: 1_000_000 }, randomBytes);
  const third = await rotateKey(service.annals, second.id, { overlap: 1_000_000 }, randomBytes);
  const title = newTitle();
  const made = await keyed({ ...creation(title), as: first.token }, 'over-rotations');
  for (const { token } of [second, third, first]) {
    const again = await keyed({ ...creation(title), as: token }, 'over-rotations');
    expect([again.status, again.headers['idempotent-replayed'], again.body.id]).toEqual([201, 'true', made.body.id]);
  }
  expect(await countOf(title)).toBe(1);
});

test('a refused request has no effect, and its key can be used again', async () => {
  const title = newTitle();
  const wrong = { ...creation(title), body: { ...samples.event.least, title, kind: 'No Slug' } };
  expect((await keyed(wrong, 'mended')).status).toBe(400);
  expect((await keyed(wrong, 'mended')).status).toBe(400);
  const made = await keyed(creation(title), 'mended');
  expect([made.status, made.headers['idempotent-replayed']]).toEqual([201, undefined]);
  const stale = {
    method: 'PATCH',
    url: made.headers['location']!,
    body: { note: 'New.' },
    headers: { 'if-match': etagOf(made.body.id, 2) },
  } as const;
  expect((await keyed(stale, 'stale')).status).toBe(412);
  await service.ask({ ...stale, headers: {} });
  expect((await keyed({ ...stale, body: { note: 'Newer.' } }, 'stale')).status).toBe(200);
});

test('a key is the same with and without quotes, and may hold any visible character', async () => {
  const title = newTitle();
  const first = await keyed(creation(title), 'a"b\\c');
  expect(told(await keyed(creation(title), String.raw`"a\"b\\c"`))).toEqual(told(first));
  for (const key of ['x', '~'.repeat(255), `"${'!'.repeat(255)}"`]) expect((await keyed(creation(newTitle()), key)).status, key).toBe(201);
});

test.each(['', ' ', '""', '"a', 'a b', '"a b"', '"a", "b"', 'é', 'a'.repeat(256), `"${'a'.repeat(256)}"`, '"a";b=1'])(
  'an invalid key is refused, and the header is named: %j',
  async (key) => {
    const title = newTitle();
    const refused = await keyed(creation(title), key);
    expect([refused.status, refused.body.type]).toEqual([400, '/problems/invalid-request']);
    expect(refused.body.detail).toMatch(/^Idempotency-Key: give 1 to 255 visible ASCII characters, such as "/);
    expect(await countOf(title)).toBe(0);
  },
);

test('a request repeated while the first runs is told to retry, and then gets the first response', async () => {
  const title = newTitle();
  const answers = await Promise.all(Array.from({ length: 5 }, () => keyed(creation(title), 'at-once')));
  // Some may be read only once the first is committed, and then repeat its response.
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]));
  const waiting = answers.find(({ status }) => status === 409)!;
  expect([waiting.body.type, waiting.headers['retry-after']]).toEqual(['/problems/request-in-progress', '1']);
  expect(waiting.body.detail).toBe('the first request with the Idempotency-Key "at-once" is still under way: ask again for its answer');
  const again = told(await keyed(creation(title), 'at-once'));
  for (const made of answers.filter(({ status }) => status === 201)) expect(told(made)).toEqual(again);
});

test('an operation that is idempotent by itself ignores a key', async () => {
  const { headers } = await service.ask(creation(newTitle()));
  const deletion = { method: 'DELETE', url: headers['location']! } as const;
  expect([(await keyed(deletion, '""')).status, (await keyed(deletion, '""')).status]).toEqual([204, 404]);
});
