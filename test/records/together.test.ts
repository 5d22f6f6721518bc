import { beforeEach, expect, test } from 'vitest';
import type { Annals } from '../../src/records/annals.ts';
import { check } from '../../src/records/check.ts';
import { noProgress } from '../../src/domain/progress.ts';
import { create } from '../../src/records/create.ts';
import { remove } from '../../src/records/remove.ts';
import { update } from '../../src/records/update.ts';
import { modelOf } from '../../src/model/models.ts';
import { statement } from '../../src/storage/port.ts';
import { temporaryAnnals } from '../helpers/database.ts';
import { storeAt } from '../helpers/store.ts';
import { importLines } from '../helpers/transfer.ts';

const { event, agreement, actor } = modelOf;

let annals: Annals & { path: string };
beforeEach(async () => {
  annals = await temporaryAnnals();
  await importLines(annals, [
    { type: 'actor', id: 'un', kind: 'organization', name: 'United Nations' },
    { type: 'event', id: 'a', kind: 'visit', title: 'A', date: { edtf: '2001' }, topics: ['water', 'trade'], participants: [un('host')] },
    { type: 'event', id: 'b', kind: 'visit', title: 'B', date: { edtf: '2001-05' }, relations: [follows('a')] },
    { type: 'agreement', id: 'c', kind: 'treaty', title: 'C', dates: [signed('1991'), signed('1992~'), signed('1993/1994')] },
  ]);
});

const un = (role: string) => ({ actor: 'un', role });
const follows = (id: string) => ({ type: 'follows', record: { type: 'event', id } });
const signed = (edtf: string) => ({ role: 'signed', edtf });
const visit = (id: string, more: object = {}) => ({ kind: 'visit', id, title: `The visit ${id}`, ...more });

/** Findings of the check. */
const findings = async () => (await check(storeAt(annals.path), noProgress)).findings;

const states = async (writes: Promise<unknown>[]) => (await Promise.allSettled(writes)).map(({ status }) => status);

test('writes of every kind in one transaction, also refused ones, leave the index equal to a rebuild', async () => {
  const outcomes = await states([
    create(annals, event, visit('d', { date: { edtf: '2001' }, topics: ['new'], relations: [follows('a')] })),
    create(annals, event, visit('a', { topics: ['refused'] })),
    update(annals, event, 'a', { date: { edtf: '1999~' }, topics: ['water', 'new'], title: 'A, again' }),
    update(annals, agreement, 'c', { dates: [signed('1991'), { ...signed('1995'), participants: [un('signatory')] }] }),
    remove(annals, event, 'b'),
    remove(annals, actor, 'un'),
    create(annals, actor, { kind: 'organization', name: 'A new one', names: [{ name: 'Newest', kind: 'short' }] }),
    create(annals, event, visit('e', { topics: ['new', 'refused', 'newer'], date: { edtf: '2001-05-06/..' } })),
  ]);
  expect(outcomes.filter((status) => status === 'rejected')).toHaveLength(2);
  expect(await findings()).toEqual([]);
});

test.each([
  ['nothing that the index says', { citations: [], note: 'A note' }],
  ['its text', { summary: 'Other words' }],
  ['a topic', { topics: ['trade'] }],
  ['the end of its date', { date: { edtf: '2001/2002' } }],
  ['its date, so that it has none', { date: null }],
  ['its relations', { relations: [follows('b')] }],
])('a change of %s leaves the index equal to a rebuild', async (_what, patch) => {
  await update(annals, event, 'a', patch);
  expect(await findings()).toEqual([]);
});

test('moments that are added, removed and added again leave the index equal to a rebuild', async () => {
  for (const years of [['1991'], ['1991', '1992', '1990', '1989'], []]) await update(annals, agreement, 'c', { dates: years.map(signed) });
  expect(await findings()).toEqual([]);
  await remove(annals, agreement, 'c');
  expect(await findings()).toEqual([]);
});

test('a write that the index refuses fails alone, and other writes of its transaction are kept', async () => {
  await create(annals, event, visit('first', { topics: ['poison'] }));
  const trigger = `CREATE TRIGGER spoil BEFORE INSERT ON postings
    WHEN NEW.term = (SELECT id FROM terms WHERE field = 'topic' AND value = 'poison') BEGIN SELECT RAISE(ABORT, 'poison'); END`;
  await annals.engine.write([statement(trigger)]);
  const outcomes = await states([
    create(annals, event, visit('d', { topics: ['new'] })),
    create(annals, event, visit('poisoned', { topics: ['poison', 'newer'] })),
    create(annals, event, visit('e', { topics: ['new', 'newer'] })),
  ]);
  expect(outcomes).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  await annals.engine.write([statement('DROP TRIGGER spoil')]);
  await create(annals, event, visit('poisoned', { topics: ['poison', 'newer'] }));
  expect(await findings()).toEqual([]);
});
