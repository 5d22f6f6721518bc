import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { makeToken } from '../../../src/domain/token.ts';
import type { Annals } from '../../../src/records/annals.ts';
import { createKey, listKeys, revokeKey } from '../../../src/records/keys/api-keys.ts';
import { keyAuthenticator } from '../../../src/records/keys/authenticate-key.ts';
import type { Engine, Statement } from '../../../src/storage/port.ts';
import { statement } from '../../../src/storage/port.ts';
import { temporaryAnnals } from '../../helpers/database.ts';
import { NOW } from '../../helpers/fixtures.ts';

const MINUTE = 60_000;

/** The service on an engine that counts its reads and writes. */
function counting(annals: Annals) {
  const asked = { reads: 0, writes: 0 };
  const engine: Engine = {
    ...annals.engine,
    read: <const Statements extends readonly Statement[]>(statements: Statements) => {
      asked.reads += 1;
      return annals.engine.read(statements);
    },
    write: (statements) => {
      asked.writes += 1;
      return annals.engine.write(statements);
    },
  };
  return { asked, counted: { ...annals, engine } };
}

const lastUse = async ({ engine }: Annals) => (await listKeys(engine))[0]?.lastUsedAt;

test('a typo in a key is detected without a read of the database', async () => {
  const { asked, counted } = counting(await temporaryAnnals());
  const { token } = await createKey(counted, { label: 'importer', scope: 'write' }, randomBytes);
  const recognize = keyAuthenticator(counted);
  for (let at = 0; at < token.length; at += 1) {
    const typo = token.slice(0, at) + (token[at] === '0' ? '1' : '0') + token.slice(at + 1);
    expect(await recognize(typo)).toBeUndefined();
  }
  for (const wrong of ['', 'annals_', `${token} `, token.toUpperCase(), `x${token}`]) expect(await recognize(wrong)).toBeUndefined();
  expect(asked.reads).toBe(0);
});

test('a key in steady use is looked up at most twice a second', async () => {
  const { asked, counted } = counting(await temporaryAnnals());
  const { token } = await createKey(counted, { label: 'importer', scope: 'write' }, randomBytes);
  const recognize = keyAuthenticator(counted);
  const begin = performance.now();
  for (let use = 0; use < 2000; use += 1) await recognize(token);
  expect(asked.reads).toBeLessThanOrEqual(1 + (performance.now() - begin) / 500);
});

test('unknown keys are refused each time, and are not kept in memory', async () => {
  const { asked, counted } = counting(await temporaryAnnals());
  const recognize = keyAuthenticator(counted);
  const unknown = Array.from({ length: 3000 }, () => makeToken(randomBytes));
  for (const token of [...unknown, ...unknown]) expect(await recognize(token)).toBeUndefined();
  expect(asked).toEqual({ reads: 6000, writes: 0 });
});

test('a key that is created after it was tried works at once', async () => {
  const annals = await temporaryAnnals();
  const recognize = keyAuthenticator(annals);
  const bytes = randomBytes(20);
  const random = (size: number) => bytes.subarray(0, size);
  expect(await recognize(makeToken(random))).toBeUndefined();
  const { token } = await createKey(annals, { label: 'x', scope: 'read' }, random);
  expect(await recognize(token)).toMatchObject({ state: 'valid' });
});

test('a key expires at its exact millisecond, also in steady use', async () => {
  let now = NOW;
  const annals = await temporaryAnnals(() => now);
  const { id, token } = await createKey(annals, { label: 'guest', scope: 'read', expiresAt: NOW + 10 }, randomBytes);
  const recognize = keyAuthenticator(annals);
  now = NOW + 9;
  expect(await recognize(token)).toEqual({ state: 'valid', id, root: id, scope: 'read' });
  now = NOW + 10;
  expect(await recognize(token)).toEqual({ state: 'expired', since: NOW + 10 });
});

test('a revoked key is refused within a second, also when the clock stands still', async () => {
  const annals = await temporaryAnnals();
  const { id, token } = await createKey(annals, { label: 'importer', scope: 'write' }, randomBytes);
  const recognize = keyAuthenticator(annals);
  expect(await recognize(token)).toMatchObject({ state: 'valid' });
  await revokeKey(annals, id);
  await setTimeout(900);
  expect(await recognize(token)).toEqual({ state: 'revoked', since: NOW });
});

test('the last use of a key is stored at most once a minute, and is not in the change log', async () => {
  let now = NOW;
  const { asked, counted } = counting(await temporaryAnnals(() => now));
  const { token } = await createKey(counted, { label: 'importer', scope: 'write' }, randomBytes);
  const before = asked.writes;
  const [recognize, elsewhere] = [keyAuthenticator(counted), keyAuthenticator(counted)];
  await recognize(token);
  await expect.poll(() => lastUse(counted)).toBe(NOW);
  now = NOW + MINUTE - 1;
  for (let use = 0; use < 100; use += 1) await recognize(token);
  await elsewhere(token);
  expect(asked.writes - before).toBe(1);
  now = NOW + MINUTE;
  for (let use = 0; use < 100; use += 1) await recognize(token);
  await expect.poll(() => lastUse(counted)).toBe(NOW + MINUTE);
  expect(asked.writes - before).toBe(2);
  expect(await counted.engine.read([statement('SELECT * FROM changes')])).toEqual([[]]);
});

test('two processes that see one late use store it once', async () => {
  let now = NOW;
  const annals = await temporaryAnnals(() => now);
  const { token } = await createKey(annals, { label: 'importer', scope: 'write' }, randomBytes);
  await Promise.all([keyAuthenticator(annals)(token), keyAuthenticator({ ...annals, clock: () => NOW + 30_000 })(token)]);
  // On a server either may come first.
  await expect.poll(() => lastUse(annals)).toBeOneOf([NOW, NOW + 30_000]);
  const stored = await lastUse(annals);
  now = NOW + 1;
  await annals.engine.write([statement('SELECT 1')]);
  expect(await lastUse(annals)).toBe(stored);
});

test('a request with an expired or revoked key is not stored as a use', async () => {
  let now = NOW;
  const annals = await temporaryAnnals(() => now);
  const { id, token } = await createKey(annals, { label: 'guest', scope: 'read', expiresAt: NOW + 1 }, randomBytes);
  now = NOW + 1;
  expect(await keyAuthenticator(annals)(token)).toMatchObject({ state: 'expired' });
  await revokeKey(annals, id);
  expect(await keyAuthenticator(annals)(token)).toMatchObject({ state: 'revoked' });
  await annals.engine.write([statement('SELECT 1')]);
  expect(await lastUse(annals)).toBeUndefined();
});

test('a key works also when its use cannot be stored', async () => {
  const annals = await temporaryAnnals();
  const { token } = await createKey(annals, { label: 'importer', scope: 'write' }, randomBytes);
  const full: Engine = { ...annals.engine, write: () => Promise.reject(new Error('the disk is full')) };
  expect(await keyAuthenticator({ ...annals, engine: full })(token)).toMatchObject({ state: 'valid' });
});
