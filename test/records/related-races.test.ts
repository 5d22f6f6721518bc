import { describe, expect, onTestFinished, test } from 'vitest';
import { modelOf } from '../../src/model/models.ts';
import { type Annals, openAnnals } from '../../src/records/annals.ts';
import { create } from '../../src/records/create.ts';
import { remove } from '../../src/records/remove.ts';
import { update } from '../../src/records/update.ts';
import { type Statement, statement } from '../../src/storage/port.ts';
import { temporaryAnnals } from '../helpers/database.ts';
import { NOW } from '../helpers/fixtures.ts';
import { storeAt } from '../helpers/store.ts';

const { actor, event } = modelOf;

const to = (...ids: string[]) => ids.map((id) => ({ type: 'follows', record: { type: 'event', id } }));

/** Three events of which the first points to the second. */
const EVENTS = [
  { id: 'a', kind: 'visit', title: 'A', date: { edtf: '2001' }, relations: to('b') },
  { id: 'b', kind: 'visit', title: 'B', date: { edtf: '2001-05' } },
  { id: 'c', kind: 'visit', title: 'C', date: { edtf: '2002' } },
];

type Write = (annals: Annals) => Promise<unknown>;

const patch =
  (id: string, fields: object): Write =>
  (annals) =>
    update(annals, event, id, fields);
const add =
  (relations: object[]): Write =>
  (annals) =>
    create(annals, event, { id: 'd', kind: 'visit', title: 'D', date: { edtf: '1999' }, relations });
const erase =
  (id: string): Write =>
  (annals) =>
    remove(annals, event, id);
const moved = { date: { edtf: '1950/..' } };

const toActor = [{ type: 'concerns', record: { type: 'actor', id: 'x' } }];
const founded: Write = (annals) => update(annals, actor, 'x', { dates: [{ role: 'founded', edtf: '1990' }] });

const PAIRS: [name: string, one: Write, other: Write][] = [
  ['a new relation, and a move of its target', add(to('c')), patch('c', moved)],
  ['an added relation, and a move of its target', patch('a', { relations: to('b', 'c') }), patch('c', moved)],
  ['a removed relation, and a move of its target', patch('a', { relations: null }), patch('b', moved)],
  ['a move, and one of its target', patch('a', moved), patch('b', moved)],
  ['relations that both sides add', patch('b', { relations: to('c') }), patch('c', { relations: to('b') })],
  ['a relation that one side removes and the other adds', patch('a', { relations: null }), patch('b', { relations: to('a') })],
  [
    'a relation that one side redirects and the other adds',
    patch('a', { relations: to('c') }),
    patch('b', { ...moved, relations: to('a') }),
  ],
  ['a deletion, and a move of its target', erase('a'), patch('b', moved)],
  ['a new relation, and a note of its target', add(to('b', 'c')), patch('c', { note: 'Seen.' })],
  ['a new relation, and the deletion of its target', add(to('c')), erase('c')],
  ['a new relation to an actor without a moment, and its first date', add(toActor), founded],
];

const BOTH_WAYS = 'SELECT record_id AS one, to_id AS other FROM relations UNION SELECT to_id, record_id FROM relations';

/** The related records of all moments as the index has them, as the relations have them, and the terms whose counts are wrong. */
async function relatedIn({ engine }: Annals) {
  const [postings, relations, wrong] = await engine.read([
    statement(`SELECT p.level, CAST(p.position AS TEXT), p.end_day, k.value FROM postings p JOIN terms k ON k.id = p.term WHERE k.field IN ('related', 'actor.related')
      ORDER BY p.position, k.value`),
    statement(`SELECT m.level, CAST(m.position AS TEXT), m.end_max, r.type || '/' || r.slug AS name FROM (${BOTH_WAYS}) x
      JOIN moments m ON m.record_id = x.one JOIN records r ON r.id = x.other ORDER BY m.position, name`),
    statement(`SELECT field, value FROM terms k WHERE count <> (SELECT count(*) FROM postings WHERE term = k.id)
      OR count <> (SELECT coalesce(sum(started), 0) FROM monthly_counts WHERE term = k.id)
      OR count <> (SELECT coalesce(sum(ended), 0) FROM monthly_counts WHERE term = k.id)`),
  ]);
  return { postings, relations, wrong };
}

async function expectRight(annals: Annals): Promise<void> {
  const { postings, relations, wrong } = await relatedIn(annals);
  expect(postings).toEqual(relations);
  expect(wrong).toEqual([]);
}

/** The service in which `other` is written between what the first batch of records has read and its transaction. */
function interrupted(annals: Annals, other: () => Promise<unknown>): Annals {
  let isFirst = true;
  const write = async (batch: readonly Statement[]) => {
    if (isFirst && batch.length > 1) {
      isFirst = false;
      await other();
    }
    return annals.engine.write(batch);
  };
  return { ...annals, engine: { ...annals.engine, write } };
}

async function world(): Promise<Annals & { path: string }> {
  const annals = await temporaryAnnals();
  await create(annals, actor, { id: 'x', kind: 'group', name: 'X' });
  for (const each of EVENTS.toReversed()) await create(annals, event, each);
  return annals;
}

/** A second process on the same database. */
async function secondProcess({ path }: { path: string }): Promise<Annals> {
  const engine = await storeAt(path).open();
  onTestFinished(() => engine.close());
  return openAnnals(engine, () => NOW);
}

describe.each(PAIRS)('%s write the relations to the index', (_name, one, other) => {
  test.each([
    ['in this order', one, other],
    ['in the other order', other, one],
  ])('when they share a transaction, %s', async (_order, first, second) => {
    const annals = await world();
    await Promise.allSettled([first(annals), second(annals)]);
    await expectRight(annals);
  });

  test.each([
    ['the second', one, other],
    ['the first', other, one],
  ])('when %s is written by another process while the other is prepared', async (_which, late, early) => {
    const annals = await world();
    const second = await secondProcess(annals);
    await late(interrupted(annals, () => early(second))).catch(() => undefined);
    await expectRight(annals);
  });
});
