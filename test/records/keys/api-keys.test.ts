import { createHash, randomBytes } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openAnnals } from '../../../src/records/annals.ts';
import { includesScope, SCOPES } from '../../../src/domain/scope.ts';
import { createKey, listKeys, revokeKey, rotateKey } from '../../../src/records/keys/api-keys.ts';
import { keyAuthenticator } from '../../../src/records/keys/authenticate-key.ts';
import { statement } from '../../../src/storage/port.ts';
import { temporaryAnnals, temporaryFolder } from '../../helpers/database.ts';
import { SQLITE_MIGRATIONS, NOW, RANDOM } from '../../helpers/fixtures.ts';
import { storeAt } from '../../helpers/store.ts';

const DAY = 86_400_000;

test('each scope includes those before it, and no other', () => {
  expect(SCOPES.map((held) => SCOPES.filter((needed) => includesScope(held, needed)))).toEqual([
    ['read'],
    ['read', 'write'],
    ['read', 'write', 'admin'],
  ]);
});

test('a key allows the operations of its scope', async () => {
  const annals = await temporaryAnnals();
  for (const scope of SCOPES) {
    const { id, token } = await createKey(annals, { label: ` ${scope}er `, scope }, randomBytes);
    expect(await keyAuthenticator(annals)(token)).toEqual({ state: 'valid', id, root: id, scope });
  }
  expect((await listKeys(annals.engine)).map(({ label }) => label).toSorted()).toEqual(['adminer', 'reader', 'writeer']);
});

test('the token is shown once: the database has its SHA-256, and the list does not', async () => {
  const annals = await temporaryAnnals();
  const { id, token } = await createKey(annals, { label: 'importer', scope: 'write' }, randomBytes);
  const [rows] = await annals.engine.read([statement('SELECT * FROM api_keys')]);
  const stored = JSON.stringify(rows);
  expect(stored).toContain(createHash('sha256').update(token).digest('hex'));
  expect(stored).not.toContain(token.slice(7, 20));
  expect(await listKeys(annals.engine)).toEqual([{ id, label: 'importer', scope: 'write', createdAt: NOW }]);
});

test('revoking a key again changes nothing', async () => {
  let now = NOW;
  const annals = await temporaryAnnals(() => now++);
  const { id } = await createKey(annals, { label: 'importer', scope: 'write' }, randomBytes);
  await revokeKey(annals, id);
  const listed = await listKeys(annals.engine);
  await revokeKey(annals, id);
  expect(listed[0]?.revokedAt).toBe(NOW + 1);
  expect(await listKeys(annals.engine)).toEqual(listed);
});

test('revoking and rotating a missing key is refused with its id', async () => {
  const annals = await temporaryAnnals();
  const missing = { code: 'not-found', message: 'there is no key "nobody"' };
  await expect(revokeKey(annals, 'nobody')).rejects.toMatchObject(missing);
  await expect(rotateKey(annals, 'nobody', { overlap: DAY }, randomBytes)).rejects.toMatchObject(missing);
});

test.each(['', '   ', 'x'.repeat(101), 'a\u0000b'])('the label %j is refused', async (label) => {
  const annals = await temporaryAnnals();
  await expect(createKey(annals, { label, scope: 'read' }, randomBytes)).rejects.toMatchObject({ code: 'invalid-request' });
});

test('a key cannot end before it begins', async () => {
  const annals = await temporaryAnnals();
  const refused = { code: 'invalid-request', message: 'a key cannot end in the past: 2026-11-21T10:00:00.000Z has gone by' };
  await expect(createKey(annals, { label: 'late', scope: 'read', expiresAt: NOW }, randomBytes)).rejects.toMatchObject(refused);
});

test('a rotation creates a key of the same label and scope, and both work during the overlap', async () => {
  let now = NOW;
  const annals = await temporaryAnnals(() => now);
  const old = await createKey(annals, { label: 'importer', scope: 'write' }, randomBytes);
  const fresh = await rotateKey(annals, old.id, { overlap: DAY }, randomBytes);
  expect(fresh).toMatchObject({ oldEndsAt: NOW + DAY });
  expect(fresh.token).not.toBe(old.token);
  const recognize = keyAuthenticator(annals);
  now = NOW + DAY - 1;
  for (const { id, token } of [old, fresh]) expect(await recognize(token)).toEqual({ state: 'valid', id, root: old.id, scope: 'write' });
  now = NOW + DAY;
  expect(await recognize(old.token)).toEqual({ state: 'expired', since: NOW + DAY });
  expect(await recognize(fresh.token)).toMatchObject({ state: 'valid' });
  expect((await listKeys(annals.engine)).map(({ id, label, expiresAt }) => ({ id, label, expiresAt }))).toEqual(
    expect.arrayContaining([
      { id: old.id, label: 'importer', expiresAt: NOW + DAY },
      { id: fresh.id, label: 'importer', expiresAt: undefined },
    ]),
  );
});

test('a rotation extends no expiry of the old or new key without an option', async () => {
  const annals = await temporaryAnnals();
  const ends = async (id: string) => (await listKeys(annals.engine)).find((key) => key.id === id)?.expiresAt;
  const make = () => createKey(annals, { label: 'guest', scope: 'read', expiresAt: NOW + 1000 }, randomBytes);
  const [first, second] = [await make(), await make()];
  const same = await rotateKey(annals, first.id, { overlap: DAY }, randomBytes);
  expect([await ends(first.id), await ends(same.id), same.oldEndsAt]).toEqual([NOW + 1000, NOW + 1000, NOW + 1000]);
  const longer = await rotateKey(annals, second.id, { overlap: 500, expiresAt: NOW + 30 * DAY }, randomBytes);
  expect([await ends(second.id), await ends(longer.id)]).toEqual([NOW + 500, NOW + 30 * DAY]);
});

test('a key that is revoked, expired or replaced is not rotated', async () => {
  let now = NOW;
  const annals = await temporaryAnnals(() => now);
  const make = () => createKey(annals, { label: 'x', scope: 'read', expiresAt: NOW + DAY }, randomBytes);
  const [revoked, replaced, expired] = [await make(), await make(), await make()];
  await revokeKey(annals, revoked.id);
  const fresh = await rotateKey(annals, replaced.id, { overlap: 1 }, randomBytes);
  const rotate = ({ id }: { id: string }) => rotateKey(annals, id, { overlap: 1 }, randomBytes);
  await expect(rotate(revoked)).rejects.toThrow(`the key "${revoked.id}" is revoked: create another`);
  await expect(rotate(replaced)).rejects.toThrow(`the key "${replaced.id}" was replaced by "${fresh.id}": rotate that one`);
  now = NOW + DAY;
  await expect(rotate(expired)).rejects.toThrow(`the key "${expired.id}" expired at 2026-11-22T10:00:00.000Z: create another`);
});

test('one of two concurrent rotations is refused and creates no key', async () => {
  const annals = await temporaryAnnals();
  const { id } = await createKey(annals, { label: 'x', scope: 'read' }, randomBytes);
  const rotate = () => rotateKey(annals, id, { overlap: 1 }, randomBytes);
  const ends = await Promise.allSettled([rotate(), rotate()]);
  expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(await listKeys(annals.engine)).toHaveLength(2);
});

test('a key of a release without expiry stays valid', async () => {
  const [folder, path] = [temporaryFolder(), join(temporaryFolder(), 'annals.db')];
  copyFileSync(join(SQLITE_MIGRATIONS, '0001-records-and-index.sql'), join(folder, '0001-records-and-index.sql'));
  await storeAt(path, folder).migrate({ now: NOW, random: RANDOM });
  const token = 'annals_00000000000000000000000000000000m3s95m0';
  const before = await storeAt(path, folder).open();
  const hash = createHash('sha256').update(token).digest('hex');
  for (const [id, scope, revoked] of [
    ['a', 'write', null],
    ['b', 'read', NOW],
  ] as const)
    await before.write([statement('INSERT INTO api_keys VALUES (?, ?, ?, ?, ?, ?)', id, id, scope, id === 'a' ? hash : id, NOW, revoked)]);
  await before.close();
  await storeAt(path).migrate({ now: NOW, random: RANDOM });
  const engine = await storeAt(path).open();
  onTestFinished(() => engine.close());
  expect(await listKeys(engine)).toEqual([
    { id: 'a', label: 'a', scope: 'write', createdAt: NOW },
    { id: 'b', label: 'b', scope: 'read', createdAt: NOW, revokedAt: NOW },
  ]);
  const annals = openAnnals(engine, () => NOW);
  expect(await keyAuthenticator(annals)(token)).toEqual({ state: 'valid', id: 'a', root: 'a', scope: 'write' });
});
