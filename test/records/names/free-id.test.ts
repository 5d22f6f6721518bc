import { expect, test } from 'vitest';
import { freeId } from '../../../src/records/names/free-id.ts';
import { create } from '../../../src/records/create.ts';
import { remove } from '../../../src/records/remove.ts';
import { modelOf } from '../../../src/model/models.ts';
import { temporaryAnnals } from '../../helpers/database.ts';
import { importLines } from '../../helpers/transfer.ts';

const { event } = modelOf;

test('records of one title get consecutive numbers', async () => {
  const annals = await temporaryAnnals();
  const ids: string[] = [];
  for (let number = 0; number < 70; number += 1) ids.push((await create(annals, event, { kind: 'visit', title: 'A visit' })).id);
  expect(ids).toEqual(['a-visit', ...Array.from({ length: 69 }, (_, index) => `a-visit-${index + 2}`)]);
});

test.each([1, 2, 3, 63, 64, 65, 1000])('the next number after %i records is free', async (count) => {
  const annals = await temporaryAnnals();
  const ids = Array.from({ length: count }, (_, index) => ({
    type: 'event',
    id: index === 0 ? 'same' : `same-${index + 1}`,
    kind: 'visit',
    title: 'Same',
  }));
  await importLines(annals, ids);
  expect(await freeId(annals.engine, 'event', 'same')).toMatchObject({ id: `same-${count + 1}`, number: count + 1 });
});

test('numbers with gaps give no id that exists', async () => {
  const annals = await temporaryAnnals();
  const taken = ['gap', 'gap-2', 'gap-4', 'gap-5', 'gap-9'];
  for (const id of taken) await create(annals, event, { id, kind: 'visit', title: id });
  const { id } = await freeId(annals.engine, 'event', 'gap');
  expect(id).toMatch(/^gap-[0-9]+$/);
  expect(taken).not.toContain(id);
});

test('a record that gets the id of a deleted record from its title continues its revisions', async () => {
  const annals = await temporaryAnnals();
  for (const revision of [1, 3]) {
    expect(await create(annals, event, { kind: 'visit', title: 'Again' })).toMatchObject({ id: 'again', revision });
    await remove(annals, event, 'again');
  }
});

test('a long id with a number is cut to 80 characters', async () => {
  const annals = await temporaryAnnals();
  const long = `${'word-'.repeat(15)}wordy`;
  await create(annals, event, { id: long, kind: 'visit', title: 'Long' });
  expect(long).toHaveLength(80);
  expect(await freeId(annals.engine, 'event', long)).toMatchObject({ id: `${long.slice(0, 78)}-2` });
});
