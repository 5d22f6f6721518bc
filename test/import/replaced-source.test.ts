import { expect, test } from 'vitest';
import { noProgress } from '../../src/domain/progress.ts';
import type { AnnalsError } from '../../src/domain/errors.ts';
import { modelOf } from '../../src/model/models.ts';
import { historyOf } from '../../src/query/lists/changes.ts';
import { search } from '../../src/query/search/search.ts';
import type { Annals } from '../../src/records/annals.ts';
import { check } from '../../src/records/check.ts';
import { create } from '../../src/records/create.ts';
import { remove } from '../../src/records/remove.ts';
import { update } from '../../src/records/update.ts';
import { type Statement, statement } from '../../src/storage/port.ts';
import { temporaryAnnals } from '../helpers/database.ts';
import { storeAt } from '../helpers/store.ts';
import { counted, exported, importLines } from '../helpers/transfer.ts';

const source = (id: string, fields: object = {}) => ({ type: 'source', id, kind: 'dataset', title: `Source ${id}`, ...fields });

/** Citations of some sources. */
const citing = (...ids: string[]) => ({ citations: ids.map((id) => ({ source: id })) });

const actor = (id: string, fields: object = {}) => ({ type: 'actor', id, kind: 'group', name: `Actor ${id}`, ...fields });

const event = (id: string, fields: object = {}) => ({
  type: 'event',
  id,
  kind: 'visit',
  title: `Event ${id}`,
  date: { edtf: '2001-02' },
  topics: ['water'],
  ...fields,
});

/** The ids of all records of an export. */
const idsIn = async (annals: Annals): Promise<string[]> =>
  (await exported(annals))
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id: string }).id);

const isSound = async (annals: Annals & { path: string }) => expect((await check(storeAt(annals.path), noProgress)).findings).toEqual([]);

const replaceS = { replaceSource: 's', onExisting: 'replace' } as const;

test('records of every type that cite the source alone and are in no line are deleted, and all others stay', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [
    source('s', citing('s')),
    source('t'),
    source('gone-source', { ...citing('s'), text: 'It rained.\nThe rain ended.\n' }),
    { type: 'place', id: 'gone-place', kind: 'city', name: 'Gone', ...citing('s') },
    actor('gone-actor', { ...citing('s'), identifiers: [{ scheme: 'cow', value: '1' }] }),
    event('gone-event', { ...citing('s', 's'), place: 'gone-place', participants: [{ actor: 'gone-actor', role: 'host' }] }),
    {
      type: 'agreement',
      id: 'gone-agreement',
      kind: 'treaty',
      title: 'Gone',
      dates: [{ role: 'signed', edtf: '1999' }, { role: 'ended' }],
      ...citing('s'),
    },
    { type: 'meeting', id: 'gone-meeting', kind: 'summit', title: 'Gone', date: { edtf: '2003' }, ...citing('s') },
    event('in-the-import', citing('s')),
    event('of-both', citing('s', 't')),
    event('of-another', citing('t')),
    event('of-none'),
  ]);
  const before = await exported(annals);
  const lines = [event('in-the-import', { ...citing('s'), note: 'Changed.' }), event('new', citing('s'))];
  const gone = [
    'place/gone-place',
    'actor/gone-actor',
    'source/gone-source',
    'event/gone-event',
    'agreement/gone-agreement',
    'meeting/gone-meeting',
  ];
  for (const mode of ['check', 'write'] as const) {
    const report = await importLines(annals, lines, { mode, ...replaceS });
    expect(report).toMatchObject({ created: 1, updated: 1, unchanged: 0, deleted: 6, moreDeletions: 0 });
    expect(report.deletions.map(({ type, id }) => `${type}/${id}`).toSorted()).toEqual(gone.toSorted());
    if (mode === 'check') expect(await exported(annals)).toBe(before);
  }
  expect((await idsIn(annals)).toSorted()).toEqual(['in-the-import', 'new', 'of-another', 'of-both', 'of-none', 's', 't']);
  expect((await historyOf(annals.engine, modelOf.event, 'gone-event', {})).items).toMatchObject([
    { revision: 1, action: 'created', record: expect.anything() as Buffer },
    { revision: 2, action: 'deleted' },
  ]);
  for (const q of ['Gone', 'rained', 'gone-event']) expect((await search(annals.engine, { q })).items).toEqual([]);
  await isSound(annals);
  // The same again deletes nothing, and a deleted record that comes back goes on counting its revisions.
  expect(await importLines(annals, lines, replaceS)).toEqual(counted({ unchanged: 2 }));
  await importLines(annals, [event('gone-event', citing('s'))], { onExisting: 'replace' });
  expect((await historyOf(annals.engine, modelOf.event, 'gone-event', {})).items.map(({ revision }) => revision)).toEqual([1, 2, 3]);
});

test.each(['refuse', 'keep', 'replace'] as const)(
  'a record of a line counts as one of the import, also with onExisting=%s',
  async (onExisting) => {
    const annals = await temporaryAnnals();
    await importLines(annals, [source('s'), event('a', citing('s')), event('b', citing('s')), event('c', citing('s'))]);
    // The second line has no id: it is the record that it equals.
    const { id: _id, ...unnamed } = event('b', citing('s'));
    const report = await importLines(
      annals,
      [event('a', { ...citing('s'), ...(onExisting !== 'refuse' && { note: 'Other.' }) }), unnamed],
      {
        replaceSource: 's',
        onExisting,
      },
    );
    expect(report).toMatchObject({ deleted: 1, deletions: [{ type: 'event', id: 'c' }] });
    expect(await idsIn(annals)).toEqual(['s', 'a', 'b']);
  },
);

test('nothing is deleted where an existing record refuses the import, or a line is wrong', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [source('s'), event('a', citing('s')), event('b', citing('s'))]);
  const before = await exported(annals);
  const differing = event('a', { ...citing('s'), note: 'Other.' });
  await expect(importLines(annals, [differing], { replaceSource: 's' })).rejects.toMatchObject({ code: 'import-conflict' });
  await expect(importLines(annals, [event('a', citing('nowhere'))], replaceS)).rejects.toMatchObject({ code: 'invalid-import' });
  expect(await exported(annals)).toBe(before);
});

test('the source is found by its id, a name or a symbol, and one that the lines bring deletes nothing', async () => {
  const annals = await temporaryAnnals();
  const named = source('s', { symbol: 'S/1', names: [{ name: 'The dataset', kind: 'variant' }] });
  for (const replaceSource of ['The dataset', 'S/1', 'source S', 's']) {
    await importLines(annals, [named, event('a', citing('s'))]);
    expect(await importLines(annals, [], { replaceSource })).toMatchObject({ deleted: 1 });
    expect(await importLines(annals, [], { replaceSource })).toEqual(counted({}));
  }
  const fresh = [source('fresh', { title: 'A fresh one' }), event('b', citing('fresh'))];
  for (const replaceSource of ['fresh', 'A fresh one'])
    expect(await importLines(annals, fresh, { mode: 'check', replaceSource })).toMatchObject({ created: 2, deleted: 0 });
  await expect(importLines(annals, [], { replaceSource: 'the datasets' })).rejects.toMatchObject({
    code: 'unknown-reference',
    message: expect.stringContaining('there is no source "the datasets": did you mean') as string,
    issues: [{ parameter: 'replaceSource', didYouMean: ['s'] }],
  });
});

/** Relations to some events. */
const follows = (...ids: string[]) => ({ relations: ids.map((id) => ({ type: 'follows', record: { type: 'event', id } })) });

test('references among deleted records, and of records that the lines change, are no obstacle', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [
    source('s'),
    actor('whole', citing('s')),
    actor('part', { ...citing('s'), partOf: 'whole' }),
    event('a', { ...citing('s'), ...follows('b', 'stays'), participants: [{ actor: 'part', role: 'host', onBehalfOf: 'whole' }] }),
    event('b', { ...citing('s'), ...follows('a') }),
    event('stays', citing('s')),
    event('changed', { ...follows('a', 'stays'), participants: [{ actor: 'part', role: 'host' }] }),
  ]);
  const lines = [event('stays', citing('s')), event('changed', follows('stays'))];
  expect(await importLines(annals, lines, replaceS)).toMatchObject({ updated: 1, unchanged: 1, deleted: 4 });
  expect(await idsIn(annals)).toEqual(['s', 'changed', 'stays']);
  await isSound(annals);
});

test('references of records that stay refuse the import, which lists them', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [
    source('s'),
    source('t'),
    actor('x', citing('s')),
    actor('y', citing('s')),
    event('kept', { ...citing('t'), participants: [{ actor: 'x', role: 'host' }] }),
    event('changed', { ...citing('t'), participants: [{ actor: 'x', role: 'host' }] }),
  ]);
  const before = await exported(annals);
  const changed = event('changed', { ...citing('t'), participants: [{ actor: 'y', role: 'host' }] });
  const lines = [changed, event('new', { participants: [{ actor: 'Actor y', role: 'guest' }] })];
  for (const mode of ['check', 'write'] as const)
    await expect(importLines(annals, lines, { mode, ...replaceS })).rejects.toMatchObject({
      code: 'still-referenced',
      message:
        'nothing was imported, because 3 references to records that it would delete would lead nowhere: change or delete the records that have them, or put the records to which they lead into the import',
      issues: [
        {
          file: 'test.ndjson',
          line: 1,
          pointer: '/participants/0/actor',
          message: 'refers to the actor "y", which is in no line and would be deleted',
        },
        { file: 'test.ndjson', line: 2, pointer: '/participants/0/actor' },
        { message: 'the event "kept" refers to the actor "x"' },
      ],
    });
  expect(await exported(annals)).toBe(before);
  // A line that is not written changes no reference.
  await expect(importLines(annals, lines.slice(0, 1), { replaceSource: 's', onExisting: 'keep' })).rejects.toMatchObject({
    issues: [{ message: 'the event "kept" refers to the actor "x"' }, { message: 'the event "changed" refers to the actor "x"' }],
  });
});

test('a hundred references are listed, and all are counted', async () => {
  const annals = await temporaryAnnals();
  const events = Array.from({ length: 130 }, (_, number) => event(`e-${number}`, { participants: [{ actor: 'x', role: 'host' }] }));
  await importLines(annals, [source('s'), actor('x', citing('s')), ...events]);
  const error = (await importLines(annals, [], replaceS).catch((thrown: unknown) => thrown)) as AnnalsError;
  expect(error.issues).toHaveLength(100);
  expect(error.message).toContain('130 references to records that it would delete would lead nowhere (the first 100 are shown)');
});

test('names and identifiers of deleted records are free for the lines', async () => {
  const annals = await temporaryAnnals();
  const fields = { name: 'The group', identifiers: [{ scheme: 'cow', value: '705' }], ...citing('s') };
  await importLines(annals, [source('s'), actor('old', fields)]);
  const lines = [
    actor('renamed', fields),
    event('a', {
      ...citing('s'),
      participants: [
        { actor: 'The group', role: 'host' },
        { actor: 'cow:705', role: 'guest' },
      ],
    }),
  ];
  const report = await importLines(annals, lines, replaceS);
  expect(report).toMatchObject({ created: 2, deleted: 1, warnings: [] });
  expect(JSON.parse((await exported(annals, ['event'])).trim())).toMatchObject({
    participants: [{ actor: 'renamed' }, { actor: 'renamed' }],
  });
  await isSound(annals);
});

test('a deleted record is not written anew for a new text of its source', async () => {
  const annals = await temporaryAnnals();
  const quoting = { citations: [{ source: 's', paragraph: 1, phrase: 'rained' }] };
  await importLines(annals, [source('s', { text: 'It rained.\n' }), event('a', quoting), event('b', { ...quoting, note: 'Cited.' })]);
  expect(await importLines(annals, [source('s', { text: 'It snowed.\n' }), event('a', quoting)], replaceS)).toMatchObject({
    updated: 1,
    deleted: 1,
    reverified: 1,
  });
  await isSound(annals);
});

/** The service, where something happens once between the plan of an import and its batch. */
function racedBy(annals: Annals, happening: () => Promise<unknown>) {
  const race = { batches: 0 };
  const load = async (statements: Iterable<Statement>) => {
    race.batches += 1;
    if (race.batches === 1) await happening();
    return annals.engine.load(statements);
  };
  return { race, annals: { ...annals, engine: { ...annals.engine, load } } };
}

const racing: [string, (annals: Annals) => Promise<unknown>, object][] = [
  ['cites another source since', (annals) => update(annals, modelOf.event, 'b', citing('s', 't')), { deleted: 0 }],
  ['is changed and still cites the source alone', (annals) => update(annals, modelOf.event, 'b', { note: 'Meanwhile.' }), { deleted: 1 }],
  ['is deleted by another', (annals) => remove(annals, modelOf.event, 'b'), { deleted: 0 }],
];

test.each(racing)('a record that %s is looked at again', async (_, happening, report) => {
  const annals = await temporaryAnnals();
  await importLines(annals, [source('s'), source('t'), event('a', citing('s')), event('b', citing('s'))]);
  const raced = racedBy(annals, () => happening(annals));
  expect(await importLines(raced.annals, [event('a', citing('s')), event('c', citing('s'))], replaceS)).toMatchObject(report);
  expect(raced.race.batches).toBe(2);
  await isSound(annals);
});

test('a reference that another writer makes meanwhile refuses the import', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [source('s'), actor('x', citing('s')), event('a', citing('s'))]);
  const { type: _type, ...meanwhile } = event('meanwhile', { participants: [{ actor: 'x', role: 'host' }] });
  const raced = racedBy(annals, () => create(annals, modelOf.event, meanwhile));
  await expect(importLines(raced.annals, [event('a', citing('s'))], replaceS)).rejects.toMatchObject({
    code: 'still-referenced',
    issues: [{ message: 'the event "meanwhile" refers to the actor "x"' }],
  });
  expect((await idsIn(annals)).toSorted()).toEqual(['a', 'meanwhile', 's', 'x']);
});

test('many deleted records leave the index as a rebuild makes it, and the report lists a hundred', async () => {
  const annals = await temporaryAnnals();
  const many = Array.from({ length: 2500 }, (_, number) =>
    event(`e-${number}`, {
      ...citing('s'),
      date: { edtf: `${1900 + (number % 100)}` },
      summary: `Summary ${number} of a long text. ${'word '.repeat(150)}`,
      relations: [{ type: 'follows', record: { type: 'event', id: `e-${(number * 7) % 2500}` } }].filter(
        ({ record }) => record.id !== `e-${number}`,
      ),
    }),
  );
  await importLines(annals, [source('s'), ...many, event('other', { date: { edtf: '1950' } })]);
  expect(await importLines(annals, [], replaceS)).toMatchObject({ deleted: 2500, moreDeletions: 2400 });
  expect(await idsIn(annals)).toEqual(['s', 'other']);
  const [left] = await annals.engine.read([
    statement<[count: number]>("SELECT count(*) FROM terms WHERE field = 'related' AND count <> 0"),
  ]);
  expect(left).toEqual([[0]]);
  await isSound(annals);
});

test('citations of memberships count as those of their actor', async () => {
  const annals = await temporaryAnnals();
  const member = (id: string, ...sources: string[]) =>
    actor(id, { memberships: [{ organization: 'group', period: '1999', ...citing(...sources) }] });
  await importLines(annals, [
    source('s'),
    source('t'),
    actor('group'),
    member('gone', 's'),
    member('stays', 's', 't'),
    member('listed', 's'),
  ]);
  expect(await importLines(annals, [member('listed', 's')], replaceS)).toMatchObject({ deleted: 1, unchanged: 1 });
  expect((await idsIn(annals)).toSorted()).toEqual(['group', 'listed', 's', 'stays', 't']);
  await isSound(annals);
});
