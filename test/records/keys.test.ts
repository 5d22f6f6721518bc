import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { authenticate, createKey, listKeys, revokeKey } from '../../src/records/keys.ts';
import { statement } from '../../src/storage/engine.ts';
import { NOW, temporaryAnnals } from '../helpers/database.ts';

test('a key opens what its scope says', async () => {
  const annals = await temporaryAnnals();
  const writer = await createKey(annals, { label: 'importer', scope: 'write' }, randomBytes);
  const reader = await createKey(annals, { label: ' map ', scope: 'read' }, randomBytes);
  expect(writer.token).toMatch(/^annals_[0-9a-hjkmnp-tv-z]{39}$/);
  expect(await authenticate(annals.engine, writer.token)).toEqual({ id: writer.id, scope: 'write' });
  expect(await authenticate(annals.engine, reader.token)).toEqual({ id: reader.id, scope: 'read' });
});

test('the token is shown once: the database holds its SHA-256 and the list not even that', async () => {
  const annals = await temporaryAnnals();
  const { id, token } = await createKey(annals, { label: 'importer', scope: 'write' }, randomBytes);
  const [rows] = await annals.engine.read([statement('SELECT * FROM api_keys')]);
  const stored = JSON.stringify(rows);
  expect(stored).toContain(createHash('sha256').update(token).digest('hex'));
  expect(stored).not.toContain(token.slice(7, 20));
  expect(await listKeys(annals.engine)).toEqual([{ id, label: 'importer', scope: 'write', createdAt: NOW }]);
});

test('a revoked key opens nothing, and revoking it again changes nothing', async () => {
  let now = NOW;
  const annals = await temporaryAnnals(() => now++);
  const { id, token } = await createKey(annals, { label: 'importer', scope: 'write' }, randomBytes);
  await revokeKey(annals, id);
  const listed = await listKeys(annals.engine);
  await revokeKey(annals, id);
  expect(await authenticate(annals.engine, token)).toBeUndefined();
  expect(listed[0]?.revokedAt).toBe(NOW + 1);
  expect(await listKeys(annals.engine)).toEqual(listed);
});

test('revoking a key that does not exist is refused by name', async () => {
  const annals = await temporaryAnnals();
  await expect(revokeKey(annals, 'nobody')).rejects.toMatchObject({ code: 'not-found', message: 'there is no key "nobody"' });
});

test('a typo is told apart without asking the database', async () => {
  const annals = await temporaryAnnals();
  const { token } = await createKey(annals, { label: 'importer', scope: 'write' }, randomBytes);
  const unasked = { read: () => Promise.reject(new Error('the database was asked')) };
  for (let at = 0; at < token.length; at += 1) {
    const typo = token.slice(0, at) + (token[at] === '0' ? '1' : '0') + token.slice(at + 1);
    expect(await authenticate(unasked, typo)).toBeUndefined();
  }
  for (const wrong of ['', 'annals_', `${token} `, token.toUpperCase(), `x${token}`])
    expect(await authenticate(unasked, wrong)).toBeUndefined();
});

test.each(['', '   ', 'x'.repeat(101), 'a\u0000b'])('the label %j is refused', async (label) => {
  const annals = await temporaryAnnals();
  await expect(createKey(annals, { label, scope: 'read' }, randomBytes)).rejects.toMatchObject({ code: 'invalid-request' });
});

test('the same bytes make the same token, and all bits of them count', async () => {
  const annals = await temporaryAnnals();
  const zeros = await createKey(annals, { label: 'zeros', scope: 'read' }, (size) => Buffer.alloc(size));
  expect(zeros.token).toMatch(/^annals_0{32}[^0]/);
  const lastBit = await createKey(annals, { label: 'last bit', scope: 'read' }, (size) => Buffer.alloc(size).fill(1, size - 1));
  expect(lastBit.token).toMatch(/^annals_0{31}1/);
});
