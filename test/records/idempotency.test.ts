import { createHash, randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { AnnalsError } from '../../src/domain/errors.ts';
import { type Annals, openAnnals } from '../../src/records/annals.ts';
import { createKey } from '../../src/records/keys/api-keys.ts';
import type { Preconditions } from '../../src/records/stored-record.ts';
import { type IdempotentRequest, changeOnce, type IdempotentResult, REMEMBERED } from '../../src/records/idempotency.ts';
import { create } from '../../src/records/create.ts';
import { update } from '../../src/records/update.ts';
import { modelOf } from '../../src/model/models.ts';
import { statement } from '../../src/storage/port.ts';
import { temporaryAnnals } from '../helpers/database.ts';
import { NOW } from '../helpers/fixtures.ts';
import { storeAt } from '../helpers/store.ts';

const { event } = modelOf;

/** The clock of a service that a test moves. */
async function annalsAt(): Promise<{ annals: Annals & { path: string }; owner: string; wait: (milliseconds: number) => void }> {
  let now = NOW;
  const annals = await temporaryAnnals(() => now);
  const { id: owner } = await createKey(annals, { label: 'test', scope: 'write' }, randomBytes);
  return { annals, owner, wait: (milliseconds) => (now += milliseconds) };
}

const requestOf = (owner: string, key: string, what = key): IdempotentRequest => ({
  owner,
  key,
  fingerprint: createHash('sha256').update(what).digest(),
});

const creation = (annals: Annals, request: IdempotentRequest, id?: string): Promise<IdempotentResult> =>
  changeOnce(annals, request, (own) => create(own, event, { kind: 'visit', title: 'The same', ...(id === undefined ? {} : { id }) }));

async function numbers(annals: Annals): Promise<{ records: number; keys: number }> {
  const [[[records]], [[keys]]] = (await annals.engine.read([
    statement<[number]>('SELECT count(*) FROM records'),
    statement<[number]>('SELECT count(*) FROM idempotency_keys'),
  ])) as [[[number]], [[number]]]; // @NOTE an aggregate without a group answers one row
  return { records, keys };
}

test('a key expires after a day, and later writes delete it', async () => {
  const { annals, owner, wait } = await annalsAt();
  for (let number = 0; number < 25; number += 1) await creation(annals, requestOf(owner, `key-${number}`));
  expect(await numbers(annals)).toEqual({ records: 25, keys: 25 });
  wait(REMEMBERED - 1);
  expect((await creation(annals, requestOf(owner, 'key-0'))).by).toBe('earlier');
  wait(1);
  expect((await creation(annals, requestOf(owner, 'key-0', 'something else'))).by).toBe('this');
  for (let number = 0; number < 3; number += 1) await creation(annals, requestOf(owner, `new-${number}`));
  expect(await numbers(annals)).toEqual({ records: 29, keys: 4 });
});

test('equal concurrent requests in two processes run once each, and return the same response', async () => {
  const { annals, owner } = await annalsAt();
  const engine = await storeAt(annals.path).open();
  onTestFinished(() => engine.close());
  const other = openAnnals(engine, () => NOW);
  const requests = Array.from({ length: 30 }, (_, number) => requestOf(owner, `key-${number}`));
  const ended = await Promise.allSettled(
    requests.flatMap((request, number) => {
      const id = number % 2 === 0 ? undefined : `given-${number}`;
      return [creation(annals, request, id), creation(other, request, id)];
    }),
  );
  for (const each of ended) if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'request-in-progress' });
  expect(ended.filter(({ status }) => status === 'rejected').length, 'some met').toBeGreaterThan(0);
  expect(await numbers(annals)).toEqual({ records: 30, keys: 30 });
  for (const request of requests) {
    const [here, there] = [await creation(annals, request), await creation(other, request)];
    expect([here.by, there]).toEqual(['earlier', here]);
  }
});

const refuseOtherThanFirst: Preconditions = (_type, { revision }) => {
  if (revision !== 1) throw new AnnalsError('stale-revision', 'it is at another revision');
};

test('a concurrent change of the same request is not reported as a stale revision', async () => {
  const { annals, owner } = await annalsAt();
  await create(annals, event, { id: 'shared', kind: 'visit', title: 'Shared' });
  const request = requestOf(owner, 'change');
  const change = (own: Annals) => update(own, event, 'shared', { note: 'Once.' }, refuseOtherThanFirst);
  const late = changeOnce(annals, request, async (own) => {
    await changeOnce(annals, request, change);
    return change(own);
  });
  await expect(late).rejects.toMatchObject({ code: 'request-in-progress' });
  expect((await changeOnce(annals, request, change)).result.revision).toBe(2);
});

test('a response that is lost after the write does not repeat the change', async () => {
  const { annals, owner } = await annalsAt();
  const request = requestOf(owner, 'lost');
  const losing: Annals = {
    ...annals,
    engine: {
      ...annals.engine,
      write: async (statements) => {
        await annals.engine.write(statements);
        throw new Error('the answer is lost');
      },
    },
  };
  await expect(creation(losing, request)).rejects.toThrow('the answer is lost');
  expect(await numbers(annals)).toEqual({ records: 1, keys: 1 });
  expect(await creation(annals, request)).toMatchObject({ by: 'earlier', result: { id: 'the-same', revision: 1 } });
  expect(await numbers(annals)).toEqual({ records: 1, keys: 1 });
});

test('a refused batch stores no key', async () => {
  const { annals, owner } = await annalsAt();
  await create(annals, event, { id: 'taken', kind: 'visit', title: 'Taken' });
  await expect(creation(annals, requestOf(owner, 'refused'), 'taken')).rejects.toMatchObject({ code: 'already-exists' });
  expect(await numbers(annals)).toEqual({ records: 1, keys: 0 });
});
