import { expect, test } from 'vitest';
import { changesSince, historyOf } from '../../../src/query/lists/changes.ts';
import { create } from '../../../src/records/create.ts';
import { remove } from '../../../src/records/remove.ts';
import { update } from '../../../src/records/update.ts';
import { modelOf } from '../../../src/model/models.ts';
import { temporaryAnnals } from '../../helpers/database.ts';
import { GENERATION, NOW } from '../../helpers/fixtures.ts';
import { writtenWorld } from '../oracle/world.ts';

const { event } = modelOf;

/** The position of a change in a database of the tests. */
const positioned = (sequence: number): string => `${GENERATION}-${sequence}`;

test('every write appends one change, in order and without gaps, and a deletion leaves a tombstone', async () => {
  const annals = await temporaryAnnals();
  await create(annals, event, { id: 'one', kind: 'visit', title: 'One' });
  await create(annals, event, { id: 'two', kind: 'visit', title: 'Two' });
  await update(annals, event, 'one', { title: 'First' });
  await update(annals, event, 'one', { title: 'First' });
  await expect(create(annals, event, { id: 'two', kind: 'visit', title: 'Again' })).rejects.toMatchObject({ code: 'already-exists' });
  await remove(annals, event, 'one');
  const change = { type: 'event', at: '2026-11-21T10:00:00.000Z' };
  expect(await changesSince(annals.engine, '0', 10)).toEqual({
    items: [
      { position: positioned(1), sequence: 1, action: 'created', id: 'one', revision: 1, ...change },
      { position: positioned(2), sequence: 2, action: 'created', id: 'two', revision: 1, ...change },
      { position: positioned(3), sequence: 3, action: 'updated', id: 'one', revision: 2, ...change },
      { position: positioned(4), sequence: 4, action: 'deleted', id: 'one', revision: 3, ...change },
    ],
    latest: positioned(4),
  });
});

test('the change log is read from any position', async () => {
  const annals = await temporaryAnnals();
  for (const id of ['a', 'b', 'c']) await create(annals, event, { id, kind: 'visit', title: id });
  const page = await changesSince(annals.engine, positioned(1), 1);
  expect(page).toMatchObject({ items: [{ sequence: 2, id: 'b' }], next: positioned(2), latest: positioned(3) });
  expect(await changesSince(annals.engine, page.next!, 1)).toMatchObject({ items: [{ sequence: 3, id: 'c' }], latest: positioned(3) });
  expect(await changesSince(annals.engine, positioned(3), 1)).toEqual({ items: [], latest: positioned(3) });
});

test('a position beyond the newest change is refused', async () => {
  const annals = await temporaryAnnals();
  await create(annals, event, { id: 'a', kind: 'visit', title: 'A' });
  await expect(changesSince(annals.engine, positioned(2), 1)).rejects.toMatchObject({
    code: 'stale-position',
    issues: [{ parameter: 'since', message: expect.stringMatching(/beyond the newest change.* Change-Position/) as unknown }],
  });
});

test('a position of another generation, or of none, is refused with any number', async () => {
  const annals = await temporaryAnnals();
  await create(annals, event, { id: 'a', kind: 'visit', title: 'A' });
  for (const since of ['k2m9x0ab-1', 'k2m9x0ab-0', '1'])
    await expect(changesSince(annals.engine, since, 1)).rejects.toMatchObject({
      code: 'stale-position',
      issues: [{ parameter: 'since', message: expect.stringMatching(/GET \/v1\/export .* Change-Position/) as unknown }],
    });
});

test('an empty database has no changes', async () => {
  expect(await changesSince((await temporaryAnnals()).engine, '0', 10)).toEqual({ items: [], latest: positioned(0) });
});

test('the log of a random world has no gaps, and the last change of each record is its stored state', async () => {
  const world = await writtenWorld(51, { place: 3, actor: 5, source: 2, agreement: 20, meeting: 10, event: 30 });
  try {
    const { items, latest } = await changesSince(world.annals.engine, '0', 10_000);
    expect(items.map(({ sequence }) => sequence)).toEqual(Array.from({ length: Number(latest.split('-')[1]) }, (_, index) => index + 1));
    const last = new Map(items.map((change) => [`${change.type}/${change.id}`, change]));
    const standing = [...last].filter(([, { action }]) => action !== 'deleted').map(([id, { revision }]) => [id, revision]);
    expect(new Map(standing as [string, number][])).toEqual(new Map([...world.documents].map(([id, { revision }]) => [id, revision])));
    for (const [name, own] of groups(items)) expect(own, name).toEqual(own.map((_, index) => index + 1));
  } finally {
    await world.close();
  }
});

test('a history has every revision with its document, also after a deletion and a new creation', async () => {
  let now = NOW;
  const annals = await temporaryAnnals(() => (now += 60_000));
  const said: string[] = [];
  const keep = async (written: Promise<{ document: Buffer }>) => said.push((await written).document.toString());
  await keep(create(annals, event, { id: 'talk', kind: 'visit', title: 'First' }));
  await keep(update(annals, event, 'talk', { title: 'Second' }));
  await keep(update(annals, event, 'talk', { title: 'Third', topics: ['water'] }));
  await remove(annals, event, 'talk');
  const gone = await historyOf(annals.engine, event, 'talk', {});
  expect(gone.items.map(({ revision, action, record }) => [revision, action, record?.toString()])).toEqual([
    [1, 'created', said[0]],
    [2, 'updated', said[1]],
    [3, 'updated', said[2]],
    [4, 'deleted', undefined],
  ]);
  await keep(create(annals, event, { id: 'talk', kind: 'visit', title: 'Anew' }));
  const back = await historyOf(annals.engine, event, 'talk', {});
  expect(back.items.map(({ revision, action, at, record }) => [revision, action, at, record?.toString()])).toEqual([
    [1, 'created', '2026-11-21T10:01:00.000Z', said[0]],
    [2, 'updated', '2026-11-21T10:02:00.000Z', said[1]],
    [3, 'updated', '2026-11-21T10:03:00.000Z', said[2]],
    [4, 'deleted', '2026-11-21T10:04:00.000Z', undefined],
    [5, 'created', '2026-11-21T10:05:00.000Z', said[3]],
  ]);
});

test('a history is read page by page, and the history of an unknown record is not found', async () => {
  const annals = await temporaryAnnals();
  await create(annals, event, { id: 'talk', kind: 'visit', title: 'Title 1' });
  for (const number of [2, 3, 4, 5]) await update(annals, event, 'talk', { title: `Title ${number}` });
  const first = await historyOf(annals.engine, event, 'talk', { limit: '2' });
  const second = await historyOf(annals.engine, event, 'talk', { limit: '2', cursor: first.next });
  const third = await historyOf(annals.engine, event, 'talk', { limit: '2', cursor: second.next });
  expect([first, second, third].map(({ items }) => items.map(({ revision }) => revision))).toEqual([[1, 2], [3, 4], [5]]);
  expect(third.next).toBeUndefined();
  await expect(historyOf(annals.engine, event, 'nothing', {})).rejects.toMatchObject({ code: 'not-found' });
  await expect(historyOf(annals.engine, modelOf.meeting, 'talk', { cursor: first.next! })).rejects.toMatchObject({
    code: 'invalid-cursor',
  });
});

/** The revisions of each record, in the order of the log. */
function groups(items: { type: string; id: string; revision: number }[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const { type, id, revision } of items) found.set(`${type}/${id}`, [...(found.get(`${type}/${id}`) ?? []), revision]);
  return found;
}
