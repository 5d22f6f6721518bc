import { expect, test } from 'vitest';
import { keyedMutex } from '../../../src/domain/concurrency/keyed-mutex.ts';
import { create } from '../../../src/records/create.ts';
import { update } from '../../../src/records/update.ts';
import { modelOf } from '../../../src/model/models.ts';
import { temporaryAnnals } from '../../helpers/database.ts';

test('tasks with one key run in the order of the calls, also when some of them fail', async () => {
  const mutex = keyedMutex();
  const done: number[] = [];
  const work = [1, 2, 3].map((number) =>
    mutex('a', async () => {
      await new Promise((resolve) => setTimeout(resolve, 6 - number * 2));
      done.push(number);
      if (number === 2) throw new Error('two');
    }),
  );
  const ended = await Promise.allSettled(work);
  expect(done).toEqual([1, 2, 3]);
  expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('fifty concurrent changes of one record are all made, one revision each', async () => {
  const annals = await temporaryAnnals();
  await create(annals, modelOf.event, { id: 'busy', kind: 'visit', title: 'Busy' });
  const changes = Array.from({ length: 50 }, (_, index) => update(annals, modelOf.event, 'busy', { note: `Change ${index}.` }));
  const revisions = (await Promise.all(changes)).map(({ revision }) => revision);
  expect(revisions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index + 2));
});

test('fifty concurrent records of one title are all created, each under its own id', async () => {
  const annals = await temporaryAnnals();
  const created = await Promise.all(Array.from({ length: 50 }, () => create(annals, modelOf.event, { kind: 'visit', title: 'The same' })));
  expect(new Set(created.map(({ id }) => id)).size).toBe(50);
});
