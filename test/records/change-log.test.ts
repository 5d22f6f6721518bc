import { expect, onTestFinished, test } from 'vitest';
import { type Annals, openAnnals } from '../../src/records/annals.ts';
import { putText } from '../../src/records/put-text.ts';
import { create } from '../../src/records/create.ts';
import { remove } from '../../src/records/remove.ts';
import { update } from '../../src/records/update.ts';
import { modelOf } from '../../src/model/models.ts';
import { type Engine, type Statement, statement } from '../../src/storage/port.ts';
import { temporaryAnnals } from '../helpers/database.ts';
import { NOW } from '../helpers/fixtures.ts';
import { importLines } from '../helpers/transfer.ts';
import { storeAt } from '../helpers/store.ts';

const { event, source } = modelOf;
const HOUR = 3_600_000;

test('instants of changes do not decrease when the clock is set back', async () => {
  let now = NOW;
  const annals = await temporaryAnnals(() => now);
  await create(annals, source, { id: 'book', kind: 'book', title: 'A book' });
  const citations = [{ source: 'book', paragraph: 1, phrase: 'first words' }];
  await create(annals, event, { id: 'before', kind: 'visit', title: 'Before', citations });
  now -= HOUR;
  await create(annals, event, { id: 'after', kind: 'visit', title: 'After' });
  await update(annals, event, 'before', { topics: ['trade'] });
  await putText(annals, 'book', Buffer.from('first words of it'));
  const lines = [
    { type: 'event', id: 'imported', kind: 'visit', title: 'Imported' },
    { type: 'event', id: 'after', kind: 'visit', title: 'Again' },
  ];
  await importLines(annals, lines, { onExisting: 'replace' });
  await remove(annals, event, 'imported');
  const [changes, records] = await annals.engine.read([
    statement<[number]>('SELECT at FROM changes ORDER BY sequence'),
    statement<[string, number, number]>('SELECT slug, created_at, updated_at FROM records ORDER BY id'),
  ]);
  expect(changes).toEqual(changes.map(() => [NOW]));
  expect(records).toEqual(['book', 'before', 'after'].map((id) => [id, NOW, NOW]));
  now += 2 * HOUR;
  await update(annals, event, 'after', { topics: ['trade'] });
  expect(await annals.engine.read([statement('SELECT max(at) FROM changes')])).toEqual([[[NOW + HOUR]]]);
});

test('an update is not older than the stored updatedAt', async () => {
  const annals = await temporaryAnnals();
  await create(annals, event, { id: 'late', kind: 'visit', title: 'Late' });
  await annals.engine.write([statement('UPDATE records SET updated_at = ?', NOW + HOUR)]);
  await update(annals, event, 'late', { topics: ['trade'] });
  expect(await annals.engine.read([statement('SELECT updated_at FROM records')])).toEqual([[[NOW + HOUR]]]);
});

/** The instants of all changes, in the order of the log. */
async function instantsOf({ engine }: Annals): Promise<number[]> {
  const [rows] = await engine.read([statement<[at: number]>('SELECT at FROM changes ORDER BY sequence')]);
  return rows.map(([at]) => at);
}

test('concurrent changes of one process are logged in the order of their instants', async () => {
  let now = NOW;
  const annals = await temporaryAnnals(() => ++now);
  await create(annals, source, { id: 'book', kind: 'book', title: 'A book' });
  const identified = Array.from({ length: 20 }, (_, index) => ({
    id: `actor-${index}`,
    kind: 'person',
    name: `Actor ${index}`,
    identifiers: [{ scheme: 'wikidata', value: `Q${index}` }],
  }));
  const citations = [{ source: 'book', paragraph: 1, phrase: 'first words' }];
  const events = Array.from({ length: 20 }, (_, index) => ({
    id: `event-${index}`,
    kind: 'visit',
    title: `Event ${index}`,
    ...(index % 2 === 0 && { citations }),
  }));
  await Promise.all([
    ...identified.map((body) => create(annals, modelOf.actor, body)),
    ...events.map((body) => create(annals, event, body)),
    putText(annals, 'book', Buffer.from('first words of it')),
  ]);
  await Promise.all([
    ...events.map(({ id }, index) => (index % 2 === 0 ? update(annals, event, id, { topics: ['trade'] }) : remove(annals, event, id))),
    ...identified.map(({ id }) => update(annals, modelOf.actor, id, { identifiers: [{ scheme: 'wikidata', value: `${id}-2` }] })),
  ]);
  const instants = await instantsOf(annals);
  expect(instants).toEqual(instants.toSorted((one, other) => one - other));
});

/** The service on the same database in which another process, whose clock is an hour ahead, makes a change just before the first batch. */
async function preceded(annals: Annals & { path: string }): Promise<Annals> {
  const engine = await storeAt(annals.path).open();
  onTestFinished(() => engine.close());
  const other = openAnnals(engine, () => NOW + HOUR);
  let isFirst = true;
  const after =
    <Statements>(run: (statements: Statements) => Promise<unknown[][]>) =>
    async (statements: Statements) => {
      if (isFirst) {
        isFirst = false;
        await create(other, event, { id: 'other', kind: 'visit', title: 'Of another process' });
      }
      return run(statements);
    };
  return {
    ...annals,
    engine: {
      ...annals.engine,
      write: after((batch: readonly Statement[]) => annals.engine.write(batch)),
      load: after((all: Iterable<Statement>) => annals.engine.load(all)),
    },
  };
}

test.each<[string, (annals: Annals) => Promise<unknown>]>([
  ['create', (annals) => create(annals, event, { id: 'made', kind: 'visit', title: 'Made' })],
  ['update', (annals) => update(annals, event, 'before', { topics: ['trade'] })],
  ['remove', (annals) => remove(annals, event, 'before')],
  ['text', (annals) => putText(annals, 'book', Buffer.from('first words of it'))],
  ['import', (annals) => importLines(annals, [{ type: 'event', id: 'made', kind: 'visit', title: 'Made' }])],
  [
    'import of a change',
    (annals) => importLines(annals, [{ type: 'event', id: 'before', kind: 'visit', title: 'Again' }], { onExisting: 'replace' }),
  ],
])('a concurrent change of a process whose clock is an hour ahead is not followed by an older one: %s', async (_, change) => {
  const annals = await temporaryAnnals();
  await create(annals, source, { id: 'book', kind: 'book', title: 'A book' });
  await create(annals, event, { id: 'before', kind: 'visit', title: 'Before' });
  await change(await preceded(annals));
  expect(await instantsOf(annals)).toEqual([NOW, NOW, NOW + HOUR, NOW + HOUR]);
});

test('records of an import have the instant at which the import locks the database', async () => {
  let now = NOW;
  const annals = await temporaryAnnals(() => now);
  const load: Engine['load'] = (steps) => {
    const waited = function* () {
      now += HOUR;
      yield* steps;
    };
    return annals.engine.load(waited());
  };
  await importLines({ ...annals, engine: { ...annals.engine, load } }, [{ type: 'event', id: 'made', kind: 'visit', title: 'Made' }]);
  expect(await instantsOf(annals)).toEqual([NOW + HOUR]);
});
