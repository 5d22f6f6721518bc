import { expect, test } from 'vitest';
import { create } from '../../src/records/create.ts';
import { remove } from '../../src/records/remove.ts';
import { update } from '../../src/records/update.ts';
import { modelOf } from '../../src/model/models.ts';
import { statement, type Statement } from '../../src/storage/port.ts';
import type { ImportReport, OnExisting } from '../../src/import/report.ts';
import type { Annals } from '../../src/records/annals.ts';
import { temporaryAnnals } from '../helpers/database.ts';
import { exported, importLines, type Lines } from '../helpers/transfer.ts';

const speech = (edtf: string, more: object = {}) => ({ type: 'event', kind: 'speech', title: 'Opening speech', date: { edtf }, ...more });
const state = { type: 'actor', id: 'kazakhstan', kind: 'state', name: 'Kazakhstan', names: [{ name: 'QZ', kind: 'abbreviation' }] };

async function idsOf(annals: Annals, type = 'event'): Promise<string[]> {
  const [rows] = await annals.engine.read([statement<[string]>('SELECT slug FROM records WHERE type = ? ORDER BY slug', type)]);
  return rows.map(([id]) => id);
}

const assigned = (...ids: string[]) => ids.map((id, index) => ({ file: 'test.ndjson', line: index + 1, record: { type: 'event', id } }));

test('two different events of one title become two records, in one import or in two', async () => {
  const annals = await temporaryAnnals();
  expect(await importLines(annals, [speech('2016')])).toMatchObject({ created: 1, assigned: assigned('opening-speech') });
  expect(await importLines(annals, [speech('2017'), speech('2018')])).toMatchObject({
    created: 2,
    updated: 0,
    assigned: assigned('opening-speech-2', 'opening-speech-3'),
  });
  const dates = (await exported(annals)).trim().split('\n');
  expect(dates.map((line) => JSON.parse(line).date.edtf)).toEqual(['2016', '2017', '2018']);
});

test('an import assigns the same ids as POST', async () => {
  const [imported, created] = [await temporaryAnnals(), await temporaryAnnals()];
  const long = (edtf: string) => speech(edtf, { title: 'Word '.repeat(60).trim() });
  const lines = [
    speech('2016'),
    long('2016'),
    speech('2017'),
    long('2017'),
    speech('2018'),
    { ...speech('2019'), title: 'Opening: Speech!' },
  ];
  for (const annals of [imported, created]) {
    await importLines(annals, [speech('2000', { id: 'opening-speech' }), speech('2001', { id: 'opening-speech-3' })]);
  }
  await importLines(imported, lines);
  for (const { type: _, ...body } of lines) await create(created, modelOf.event, body);
  expect(await exported(imported)).toBe(await exported(created));
});

test('a line without an id matches a record that equals it in all stated fields', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [
    state,
    speech('2016', { id: 'e-1', participants: [{ actor: 'kazakhstan', role: 'host' }], summary: 'Said.' }),
  ]);
  const before = await exported(annals);
  // In full, less of it, and with another name of the same actor.
  for (const line of [
    speech('2016', { participants: [{ actor: 'kazakhstan', role: 'host' }], summary: 'Said.' }),
    speech('2016'),
    speech('2016', { participants: [{ actor: 'qz', role: 'host' }] }),
    speech('2016', { participants: [{ actor: 'Kazakhstan!', role: 'host' }] }),
  ])
    expect(await importLines(annals, [line])).toMatchObject({ created: 0, unchanged: 1, assigned: assigned('e-1') });
  expect(await exported(annals)).toBe(before);
  for (const line of [
    speech('2016', { summary: 'Sung.' }),
    speech('2016', { note: 'New.' }),
    speech('2016', { participants: [], topics: ['a'] }),
  ])
    expect(await importLines(annals, [line])).toMatchObject({ created: 1, unchanged: 0 });
});

const called = (id: string, ...names: string[]) => ({
  type: 'actor',
  id,
  kind: 'state',
  name: id,
  names: names.map((name) => ({ name, kind: 'variant' })),
});
const visit = (guest: string) => speech('2016', { participants: [{ actor: guest, role: 'guest' }] });

/** Imports the `stored` lines with a visit of `b`, then other lines with the same visit of `Common`. */
async function visitedAgain(stored: Lines, lines: Lines, onExisting: OnExisting): Promise<ImportReport> {
  const annals = await temporaryAnnals();
  await importLines(annals, [...stored, visit('b')]);
  return importLines(annals, [...lines, visit('Common')], { onExisting });
}

test('a line without an id matches through names as the import resolves them', async () => {
  // Both bear the name in the database, and one gives it up.
  const given = await visitedAgain([called('a', 'Common'), called('b', 'Common')], [called('a')], 'replace');
  expect(given).toMatchObject({ created: 0, updated: 1, unchanged: 1 });
  const moved = await visitedAgain([called('a', 'Common'), called('b')], [called('a'), called('b', 'Common')], 'replace');
  expect(moved).toMatchObject({ created: 0, updated: 2, unchanged: 1 });
  // The line of a record that is kept gives it no name.
  const kept = await visitedAgain([called('a'), called('b', 'Common')], [called('a', 'Common')], 'keep');
  expect(kept).toMatchObject({ created: 0, kept: 1, unchanged: 1 });
  // A new one bears it besides.
  const added = visitedAgain([called('b', 'Common')], [called('a', 'Common')], 'keep');
  await expect(added).rejects.toMatchObject({ issues: [{ line: 2, message: expect.stringContaining('may be a or b') as string }] });
});

test('a repeated import of equal titles changes nothing', async () => {
  const annals = await temporaryAnnals();
  const lines = [speech('2016', { summary: 'Long.' }), speech('2016'), speech('2017'), { type: 'actor', kind: 'state', name: 'Oz' }];
  expect(await importLines(annals, lines)).toMatchObject({ created: 4, unchanged: 0 });
  const before = await exported(annals);
  const again = await importLines(annals, lines);
  expect(again).toMatchObject({ created: 0, updated: 0, kept: 0, unchanged: 4 });
  expect(await exported(annals)).toBe(before);
  expect(await importLines(annals, lines.toReversed())).toMatchObject({ created: 0, unchanged: 4 });
});

test('equal lines without an id become one record', async () => {
  const annals = await temporaryAnnals();
  const lines = [speech('2016'), speech('2017'), speech('2016'), speech('2017')];
  const ids = ['opening-speech', 'opening-speech-2', 'opening-speech', 'opening-speech-2'];
  expect(await importLines(annals, lines)).toMatchObject({ created: 2, unchanged: 2, assigned: assigned(...ids) });
  expect(await idsOf(annals)).toEqual(['opening-speech', 'opening-speech-2']);
});

test('an id that a line states is not assigned to an earlier or later line', async () => {
  const annals = await temporaryAnnals();
  const lines = [speech('2016'), speech('2017', { id: 'opening-speech' }), speech('2018', { id: 'opening-speech-2' }), speech('2019')];
  expect(await importLines(annals, lines)).toMatchObject({ created: 4 });
  expect(await idsOf(annals)).toEqual(['opening-speech', 'opening-speech-2', 'opening-speech-3', 'opening-speech-4']);
  // The record of that id is what its own line says, whoever else would equal it.
  const replacing = [speech('2020', { id: 'opening-speech' }), speech('2017')];
  expect(await importLines(annals, replacing, { onExisting: 'replace' })).toMatchObject({ created: 1, updated: 1 });
});

test('a new record with the name of another is a record of its own, and the name becomes ambiguous', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [state]);
  const other = { type: 'actor', kind: 'group', name: 'Kazakhstan' };
  await expect(importLines(annals, [other, visit('KAZAKHSTAN')])).rejects.toMatchObject({
    code: 'invalid-import',
    issues: [{ line: 2, message: expect.stringContaining('may be kazakhstan (state) or kazakhstan-2') as string }],
  });
  expect(
    await importLines(annals, [
      other,
      visit('kazakhstan'),
      speech('2017', { participants: [{ actor: 'Oz', role: 'guest' }] }),
      { ...other, name: 'Oz' },
    ]),
  ).toMatchObject({ created: 4 });
  expect(await idsOf(annals, 'actor')).toEqual(['kazakhstan', 'kazakhstan-2', 'oz']);
});

test('many records of one title get different ids, and the report lists a hundred', async () => {
  const annals = await temporaryAnnals();
  const lines = Array.from({ length: 300 }, (_, year) => speech(String(1000 + year)));
  const first = await importLines(annals, lines);
  expect(first).toMatchObject({ created: 300, moreAssigned: 200 });
  expect(first.assigned).toHaveLength(100);
  expect(await importLines(annals, [...lines, speech('2016')])).toMatchObject({ created: 1, unchanged: 300 });
  expect(await idsOf(annals)).toContain('opening-speech-301');
});

test('a dry run reports the ids that lines would get', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [speech('2016')]);
  const lines = [speech('2016'), speech('2017')];
  const dry = await importLines(annals, lines, { mode: 'check' });
  expect(dry).toMatchObject({ created: 1, unchanged: 1, assigned: assigned('opening-speech', 'opening-speech-2') });
  expect(await importLines(annals, lines)).toEqual(dry);
});

test('a record that gets the id of a deleted record continues its revisions', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [speech('2016')]);
  await remove(annals, modelOf.event, 'opening-speech');
  await importLines(annals, [speech('2017')]);
  const [[row]] = await annals.engine.read([statement<[string, number]>('SELECT slug, revision FROM records')]);
  expect(row).toEqual(['opening-speech', 3]);
});

test('a bad line without an id takes no id, and references to it are not reported', async () => {
  const annals = await temporaryAnnals();
  const bad = { type: 'actor', kind: 'state', name: 'Oz', population: 1 };
  const lines = [
    bad,
    { type: 'actor', id: 'oz', kind: 'state', name: 'Oz' },
    speech('2016', { participants: [{ actor: 'oz', role: 'host' }] }),
  ];
  await expect(importLines(annals, lines)).rejects.toMatchObject({ issues: [{ line: 1, pointer: '/population' }] });
});

/** Imports lines while another client does something once, before the records are written. */
async function raced(annals: Annals, lines: object[], meanwhile: () => Promise<unknown>) {
  let batches = 0;
  const load = async (statements: Iterable<Statement>) => {
    if (++batches === 1) await meanwhile();
    return annals.engine.load(statements);
  };
  const report = await importLines({ ...annals, engine: { ...annals.engine, load } }, lines as Record<string, unknown>[]);
  return { report, batches };
}

test('an id that another writer takes meanwhile is not overwritten: the line gets the next id', async () => {
  const annals = await temporaryAnnals();
  const other = { kind: 'speech', title: 'Opening speech', date: { edtf: '1999' } };
  const { report, batches } = await raced(annals, [speech('2016'), speech('2017')], () => create(annals, modelOf.event, other));
  expect(batches).toBe(2);
  expect(report).toMatchObject({ created: 2, updated: 0, assigned: assigned('opening-speech-2', 'opening-speech-3') });
  const lines = (await exported(annals)).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).date.edtf)).toEqual(['1999', '2016', '2017']);
});

test('an id that another writer takes between assignment and look-up is not overwritten', async () => {
  const annals = await temporaryAnnals();
  let taken = false;
  const read = (async (statements: readonly Statement[]) => {
    if (!taken && statements.some(({ sql }) => sql.includes('max(c.revision)'))) {
      taken = true;
      await create(annals, modelOf.event, { kind: 'speech', title: 'Opening speech', date: { edtf: '1999' } });
    }
    return annals.engine.read(statements);
  }) as typeof annals.engine.read; // @NOTE it answers what the engine answers
  const between = { ...annals, engine: { ...annals.engine, read } };
  const report = await importLines(between, [speech('2016')], { onExisting: 'replace' });
  expect(report).toMatchObject({ created: 1, updated: 0, assigned: assigned('opening-speech-2') });
});

test('a record that matches a line and is deleted meanwhile is created again', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [speech('2016')]);
  const { report, batches } = await raced(annals, [speech('2016'), speech('2017')], () => remove(annals, modelOf.event, 'opening-speech'));
  expect(batches).toBe(2);
  expect(report).toMatchObject({ created: 2, unchanged: 0 });
});

test('a line matches a record that has more fields, and these fields stay', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [speech('2016')]);
  await update(annals, modelOf.event, 'opening-speech', { summary: 'Added by hand.', date: { asStated: 'in 2016' } });
  for (const onExisting of ['refuse', 'replace', 'keep'] as const)
    expect(await importLines(annals, [speech('2016')], { onExisting })).toMatchObject({ created: 0, updated: 0, unchanged: 1 });
  expect(await exported(annals)).toContain('Added by hand.');
});
