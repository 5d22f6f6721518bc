import { expect, test } from 'vitest';
import { noProgress } from '../../src/domain/progress.ts';
import { search } from '../../src/query/search/search.ts';
import { check } from '../../src/records/check.ts';
import { storeAt } from '../helpers/store.ts';
import { exported, counted, importLines } from '../helpers/transfer.ts';
import { temporaryAnnals } from '../helpers/database.ts';
import { remove } from '../../src/records/remove.ts';
import { update } from '../../src/records/update.ts';
import { modelOf } from '../../src/model/models.ts';
import type { Statement } from '../../src/storage/port.ts';

const rich = {
  type: 'actor',
  id: 'kazakhstan',
  kind: 'state',
  name: 'Kazakhstan',
  names: [
    { name: 'Republic of Kazakhstan', kind: 'official' },
    { name: 'Қазақстан', language: 'kk', kind: 'variant' },
  ],
  description: 'A state of Central Asia.',
};
const poor = { type: 'actor', id: 'kazakhstan', kind: 'state', name: 'KAZAKHSTAN', identifiers: [{ scheme: 'cow', value: '705' }] };
const other = { type: 'actor', id: 'uzbekistan', kind: 'state', name: 'Uzbekistan' };

const CHANGES = [
  { field: '/name', from: '"Kazakhstan"', to: '"KAZAKHSTAN"' },
  { field: '/names', from: '[{"name":"Republic of Kazakhstan","kind":"official"},{"name":"Қазақстан","language":"kk","kind":"variant"}]' },
  { field: '/identifiers', to: '[{"scheme":"cow","value":"705"}]' },
  { field: '/description', from: '"A state of Central Asia."' },
];

test('an existing record that differs refuses the import, which names the record and the differences', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [rich]);
  const before = await exported(annals);
  for (const mode of ['check', 'write'] as const) {
    const error: unknown = await importLines(annals, [other, poor], { mode }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'import-conflict',
      message:
        'nothing was imported, because one record exists already and differs: give onExisting=replace or onExisting=keep (in the command --on-existing)',
      issues: [{ file: 'test.ndjson', line: 2, pointer: '/id' }],
    });
    const [{ message }] = (error as { issues: [{ message: string }] }).issues;
    expect(message).toContain('the actor "kazakhstan" exists already and differs: ');
    expect(message).toContain('/name is "Kazakhstan" and would be "KAZAKHSTAN"');
    expect(message).toContain('/description "A state of Central Asia." would be removed');
    expect(message).toContain('/identifiers [{"scheme":"cow","value":"705"}] would be added');
  }
  expect(await exported(annals)).toBe(before);
});

test('with `replace` the report lists each changed field, also in a dry run', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [rich]);
  for (const mode of ['check', 'write'] as const) {
    const { changes, ...counts } = await importLines(annals, [other, poor], { mode, onExisting: 'replace' });
    expect(counts).toMatchObject({ created: 1, updated: 1, unchanged: 0, kept: 0, moreChanges: 0 });
    expect(changes).toHaveLength(CHANGES.length);
    for (const change of CHANGES) expect(changes).toContainEqual({ record: { type: 'actor', id: 'kazakhstan' }, ...change });
  }
  expect(await exported(annals)).toBe(`${JSON.stringify(poor)}\n${JSON.stringify(other)}\n`);
});

test('with `keep` the record does not change, and the other lines are imported', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [rich]);
  const before = await exported(annals);
  expect(await importLines(annals, [other, poor], { onExisting: 'keep' })).toEqual(counted({ created: 1, kept: 1 }));
  expect(await exported(annals)).toBe(`${before}${JSON.stringify(other)}\n`);
  expect(await importLines(annals, [other, rich], { onExisting: 'keep' })).toEqual(counted({ unchanged: 2 }));
});

const visit = (id: string, actor: string) => ({
  type: 'event',
  id,
  kind: 'visit',
  title: id,
  participants: [{ actor, role: 'guest' }],
});

test('a kept record has its stored names, not those of its line', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [rich]);
  const renamed = { ...rich, names: [{ name: 'Qazaqstan', kind: 'variant' }] };
  const under = (name: string) => importLines(annals, [renamed, visit('visit', name)], { onExisting: 'keep' });
  await expect(under('Qazaqstan')).rejects.toMatchObject({ code: 'invalid-import', issues: [{ line: 2 }] });
  expect(await under('Republic of Kazakhstan')).toMatchObject({ created: 1, kept: 1 });
});

test('a kept record has its stored partOf, not that of its line', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [
    { ...other, id: 'c', name: 'C' },
    { ...other, id: 'b', name: 'B', partOf: 'c' },
    { ...other, id: 'a', name: 'A' },
  ]);
  const keep = { onExisting: 'keep' } as const;
  const part = (id: string, partOf?: string) => ({ ...other, id, name: id.toUpperCase(), ...(partOf !== undefined && { partOf }) });
  // The lines alone would close a cycle; the records do not.
  expect(await importLines(annals, [part('a', 'd'), part('d', 'a')], keep)).toMatchObject({ created: 1, kept: 1 });
  expect(await importLines(annals, [part('c', 'b'), part('b'), part('e', 'c')], keep)).toMatchObject({ created: 1, kept: 2 });
});

/** A line with an identifier. */
const bearing = (line: object, value: string) => ({ ...line, identifiers: [{ scheme: 'cow', value }] });

test('a kept record has its stored identifiers, not those of its line', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [bearing(rich, '705')]);
  const keep = { onExisting: 'keep' } as const;
  await expect(importLines(annals, [bearing(rich, '1'), bearing(other, '705')], keep)).rejects.toMatchObject({
    code: 'invalid-import',
    issues: [{ line: 2, message: expect.stringContaining('"kazakhstan"') as string }],
  });
  expect(await importLines(annals, [bearing(rich, '1'), bearing(other, '1')], keep)).toMatchObject({ created: 1, kept: 1 });
});

test('every conflicting line is named in any chunk, and none beside other faults', async () => {
  const annals = await temporaryAnnals();
  const lines = Array.from({ length: 150 }, (_, number) => visit(`visit-${number}`, 'uzbekistan'));
  await importLines(annals, [other, ...lines]);
  const changed = lines.map((line) => ({ ...line, title: 'Another' }));
  await expect(importLines(annals, [other, ...changed])).rejects.toMatchObject({
    code: 'import-conflict',
    message: expect.stringContaining('150 records exist already and differ') as string,
    issues: Array.from({ length: 100 }, (_, index) => expect.objectContaining({ line: index + 2, pointer: '/id' }) as object),
  });
  await expect(importLines(annals, [...changed, visit('more', 'nobody')])).rejects.toMatchObject({
    code: 'invalid-import',
    issues: [{ line: 151, pointer: '/participants/0/actor' }],
  });
});

test('a report lists a hundred changes, counts the others, and shortens long values', async () => {
  const annals = await temporaryAnnals();
  const prose = 'What was said. '.repeat(100).trim();
  const lines = Array.from({ length: 70 }, (_, number) => ({ ...visit(`visit-${number}`, 'uzbekistan'), summary: prose }));
  await importLines(annals, [other, ...lines]);
  const changed = lines.map((line) => ({ ...line, title: 'Another', summary: 'Nothing.' }));
  const { changes, moreChanges } = await importLines(annals, changed, { onExisting: 'replace' });
  expect([changes.length, moreChanges]).toEqual([100, 40]);
  const summary = changes.find(({ field }) => field === '/summary')!;
  expect(summary).toEqual({
    record: { type: 'event', id: 'visit-0' },
    field: '/summary',
    from: `"${prose.slice(0, 199)}…`,
    to: '"Nothing."',
  });
});

/** A visit with a guest of each role. */
const guests = (...roles: string[]) => ({
  ...visit('visit', 'uzbekistan'),
  date: { edtf: roles.length === 3 ? '2001' : '2002' },
  participants: roles.map((role) => ({ actor: 'uzbekistan', role })),
});

test('a changed item of a list is one change, and so is another order', async () => {
  const annals = await temporaryAnnals();
  const replace = { onExisting: 'replace' } as const;
  await importLines(annals, [other, guests('guest', 'host', 'speaker')]);
  const record = { type: 'event', id: 'visit' };
  expect(await importLines(annals, [guests('guest', 'payer', 'speaker')], replace)).toMatchObject({
    changes: [{ record, field: '/participants/1/role', from: '"host"', to: '"payer"' }],
  });
  expect(await importLines(annals, [guests('guest', 'speaker', 'payer')], replace)).toMatchObject({
    changes: [
      { record, field: '/participants', from: expect.stringContaining('payer') as string, to: expect.stringContaining('payer') as string },
    ],
  });
  const { changes } = await importLines(annals, [guests('guest', 'payer')], replace);
  expect(changes).toHaveLength(2);
  expect(changes).toContainEqual({ record, field: '/date/edtf', from: '"2001"', to: '"2002"' });
  expect(changes).toContainEqual({ record, field: '/participants/1', from: '{"actor":"uzbekistan","role":"speaker"}' });
});

test('an import of an export changes nothing under every rule', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [rich, other, visit('visit', 'kazakhstan')]);
  const text = await exported(annals);
  for (const onExisting of ['refuse', 'replace', 'keep'] as const)
    expect(await importLines(annals, [text], { onExisting })).toEqual(counted({ unchanged: 3 }));
  expect(await exported(annals)).toBe(text);
});

test('conflicts of a repeated attempt are not counted twice', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [rich, other, { ...other, id: 'third', name: 'Third' }]);
  let reads = 0;
  const raced = {
    ...annals,
    engine: {
      ...annals.engine,
      read: (async (statements: readonly Statement[]) => {
        const isStored = statements[0]!.sql.includes('SELECT id, revision, created_at, updated_at, document');
        // One of the records is gone when those stored are read for the first time.
        if (isStored && ++reads === 1) await remove(annals, modelOf.actor, 'third');
        return annals.engine.read(statements);
      }) as typeof annals.engine.read, // @NOTE it answers what the engine answers
    },
  };
  await expect(importLines(raced, [poor, { ...other, id: 'third', name: 'Third' }])).rejects.toMatchObject({
    code: 'import-conflict',
    message: expect.stringContaining('one record exists already') as string,
    issues: [{ line: 1 }],
  });
  expect(reads).toBeGreaterThan(1);
});

test('a record that another writer changes between comparison and write is compared again', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [rich]);
  let batches = 0;
  const load = async (statements: Iterable<Statement>) => {
    if (++batches === 1) await update(annals, modelOf.actor, 'kazakhstan', { note: 'Meanwhile.' });
    return annals.engine.load(statements);
  };
  const raced = { ...annals, engine: { ...annals.engine, load } };
  const { changes } = await importLines(raced, [poor], { onExisting: 'replace' });
  expect(changes).toHaveLength(CHANGES.length + 1);
  expect(changes).toContainEqual({ record: { type: 'actor', id: 'kazakhstan' }, field: '/note', from: '"Meanwhile."' });
});

test('a replaced record is found by other forms of the words that are new in it', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [rich]);
  await importLines(annals, [{ ...rich, description: 'Delegations met.' }], { onExisting: 'replace' });
  const { items } = await search(annals.engine, { q: 'delegation' });
  expect(items.map(({ id }) => id)).toEqual(['kazakhstan']);
  expect((await check(storeAt(annals.path), noProgress)).findings).toEqual([]);
});
