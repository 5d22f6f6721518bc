import { expect, test } from 'vitest';
import type { Annals } from '../../src/records/annals.ts';
import { unwatched } from '../../src/domain/progress.ts';
import { importRecords } from '../../src/import/import.ts';
import { LINE_MAX } from '../../src/import/lines.ts';
import { IMPORT_DEFAULTS, type ImportOptions } from '../../src/import/options.ts';
import type { Reader, Statement } from '../../src/storage/port.ts';
import { statement } from '../../src/storage/port.ts';
import { runOn } from '../helpers/command.ts';
import { temporaryAnnals } from '../helpers/database.ts';
import { bytesOf, counted, importLines, type Lines } from '../helpers/transfer.ts';
import { remove } from '../../src/records/write.ts';
import { modelOf } from '../../src/model/models.ts';

const actor = (id: string) => ({ type: 'actor', id, kind: 'state', name: id });

async function isEmpty({ engine }: { engine: Reader }): Promise<boolean> {
  const [records, terms] = await engine.read([statement('SELECT 1 FROM records'), statement('SELECT 1 FROM terms')]);
  return records.length + terms.length === 0;
}

test.each([
  ['malformed JSON', '{"type":"actor",', { message: expect.stringMatching(/^is not JSON: /) }],
  ['a list', '[1]', { message: 'is not a JSON object: write one record per line' }],
  ['a number', '7', { message: 'is not a JSON object: write one record per line' }],
  ['no type', '{}', { pointer: '/type', message: 'is required: give one of place, actor, source, agreement, meeting, event' }],
  ['an unknown type', { type: 'evnt' }, { pointer: '/type', didYouMean: ['event'] }],
  ['an unknown field', { ...actor('x'), nam: 'X' }, { pointer: '/nam', didYouMean: ['name', 'names'] }],
  ['an impossible date', { type: 'event', kind: 'war', title: 'X', date: { edtf: '2013-02-29' } }, { pointer: '/date/edtf' }],
  ['an unknown reference', { ...actor('x'), partOf: 'kazahstan' }, { pointer: '/partOf', didYouMean: ['kazakhstan'] }],
  [
    'a reference to itself',
    { ...actor('x'), partOf: 'x' },
    { pointer: '/partOf', message: expect.stringContaining('cannot refer to itself') },
  ],
  [
    'a reference to itself by name',
    { ...actor('x-1'), partOf: 'X 1' },
    { pointer: '/partOf', message: expect.stringContaining('cannot refer to itself') },
  ],
  ['the same id again', actor('kazakhstan'), { pointer: '/id', message: expect.stringContaining('stands in line 1 already') }],
  ['a title without Latin letters', { type: 'actor', kind: 'state', name: '中国' }, { pointer: '/id' }],
  ['deep nesting', `{"type":"actor","name":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, { message: 'nests deeper than 32 levels' }],
  ['NUL', '{"type":"actor","kind":"state","name":"a\\u0000b"}', { pointer: '/name' }],
  ['half of a surrogate pair', '{"type":"actor","kind":"state","name":"a\\ud800b"}', { pointer: '/name' }],
  ['a key that is the prototype', '{"type":"actor","kind":"state","name":"a","__proto__":{"x":1}}', { pointer: '/__proto__' }],
  [
    'a field that is given twice',
    '{"type":"actor","kind":"state","name":"a","name":"b"}',
    { pointer: '/name', message: 'is given more than once in the same object: give each field once' },
  ],
])('%s is reported with its line, and nothing is written', async (_name, line, issue) => {
  const annals = await temporaryAnnals();
  const attempt = importLines(annals, [actor('kazakhstan'), '', line, actor('uzbekistan')]);
  await expect(attempt).rejects.toMatchObject({
    code: 'invalid-import',
    message: 'nothing was imported, because one thing is wrong',
    issues: [{ file: 'test.ndjson', line: 3, ...issue }],
  });
  expect(await isEmpty(annals)).toBe(true);
});

test('when only the last of many lines is bad, nothing is written', async () => {
  const annals = await temporaryAnnals();
  const good = Array.from({ length: 1500 }, (_, index) => actor(`actor-${index}`));
  await expect(importLines(annals, [...good, { ...actor('last'), partOf: 'nobody' }])).rejects.toMatchObject({ issues: [{ line: 1501 }] });
  expect(await isEmpty(annals)).toBe(true);
});

test('bad lines and bad references are reported together, in the order of the lines', async () => {
  const annals = await temporaryAnnals();
  const attempt = importLines(annals, [{ ...actor('a'), partOf: 'nobody' }, 'oops', { ...actor('b'), partOf: 'nobody' }, '{']);
  await expect(attempt).rejects.toMatchObject({ issues: [{ line: 1 }, { line: 2 }, { line: 3 }, { line: 4 }] });
});

test('who refers to a line that is wrong elsewhere is not reported as well', async () => {
  const annals = await temporaryAnnals();
  const bad = { ...actor('kazakhstan'), population: 1 };
  const attempt = importLines(annals, [bad, { ...actor('a'), partOf: 'kazakhstan' }, { ...actor('b'), partOf: 'Kazakhstan!' }]);
  await expect(attempt).rejects.toMatchObject({ issues: [{ line: 1, pointer: '/population' }] });
});

test('a hundred issues are shown, and how many there are is said', async () => {
  const annals = await temporaryAnnals();
  const bad = Array.from({ length: 500 }, (_, index) => ({ ...actor(`a-${index}`), bogus: 1 }));
  await expect(importLines(annals, bad)).rejects.toMatchObject({
    message: 'nothing was imported, because 500 things are wrong (the first 100 are shown)',
    issues: Array.from({ length: 100 }, (_, index) => expect.objectContaining({ line: index + 1 })),
  });
});

test('a thousand faults end the reading, whatever the bytes of a chunk, and nine hundred and ninety-nine do not', async () => {
  const annals = await temporaryAnnals();
  const bad = Array.from({ length: 999 }, (_, index) => ({ ...actor(`a-${index}`), bogus: 1 }));
  await expect(importLines(annals, [...bad, actor('good')])).rejects.toMatchObject({
    message: 'nothing was imported, because 999 things are wrong (the first 100 are shown)',
  });
  const stopped = {
    code: 'invalid-import',
    message:
      'nothing was imported, because at least 1000 things are wrong (the first 100 are shown): reading stopped at line 2 of two.ndjson, and what follows was not looked at',
    issues: Array.from({ length: 100 }, (_, index) => expect.objectContaining({ file: 'one.ndjson', line: index + 1 })),
  };
  for (const whole of [true, false]) {
    let rest = 0;
    const second = async function* () {
      const lines = [actor('first'), 'oops', ...bad];
      if (whole) yield Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n'));
      else for await (const bytes of bytesOf(lines)) yield bytes;
      for (; rest < 50; rest += 1) yield Buffer.from('x\n');
    };
    const files = [
      { name: 'one.ndjson', bytes: bytesOf(bad) },
      { name: 'two.ndjson', bytes: second() },
    ];
    await expect(importRecords(annals, files, IMPORT_DEFAULTS, unwatched)).rejects.toMatchObject(stopped);
    expect(rest).toBeLessThan(50);
  }
  expect(await isEmpty(annals)).toBe(true);
});

async function* unreadableLines() {
  yield Buffer.from('\uFEFF{"type":"actor","kind":"state","name":"First"}\r\n');
  for (let sent = 0; sent <= LINE_MAX; sent += 2 ** 20) yield Buffer.alloc(2 ** 20, 'x');
  yield Buffer.from([10, 0xff, 0xfe, 10, 0x7b]);
}

test('lines that are too long or not UTF-8 are reported, and the ones after them are read', async () => {
  const annals = await temporaryAnnals();
  await expect(importRecords(annals, [{ name: 'a', bytes: unreadableLines() }], IMPORT_DEFAULTS, unwatched)).rejects.toMatchObject({
    issues: [
      { line: 2, message: 'is longer than 16 MiB' },
      { line: 3, message: 'is not UTF-8' },
      { line: 4, message: expect.stringMatching(/^is not JSON/) },
    ],
  });
});

test('each issue names its file, and the same record in two files is one too many', async () => {
  const annals = await temporaryAnnals();
  const files = [
    { name: 'one.ndjson', bytes: bytesOf([actor('a')]) },
    { name: 'two.ndjson', bytes: bytesOf([actor('b'), actor('a')]) },
  ];
  await expect(importRecords(annals, files, IMPORT_DEFAULTS, unwatched)).rejects.toMatchObject({
    issues: [{ file: 'two.ndjson', line: 2, message: expect.stringContaining('stands in line 1 of an earlier file already') }],
  });
});

test('when a record that lines refer to is deleted while they are imported, the import is made anew and says so', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [actor('kazakhstan')]);
  let deleted = false;
  const load = async (statements: Iterable<Statement>) => {
    if (!deleted) {
      deleted = true;
      await remove(annals, modelOf.actor, 'kazakhstan');
    }
    return annals.engine.load(statements);
  };
  const raced = { ...annals, engine: { ...annals.engine, load } };
  await expect(importLines(raced, [{ ...actor('b'), partOf: 'kazakhstan' }])).rejects.toMatchObject({
    code: 'invalid-import',
    issues: [{ line: 1, pointer: '/partOf', message: expect.stringContaining('there is no actor "kazakhstan"') }],
  });
  expect(deleted).toBe(true);
});

const visit = (id: string) => ({ type: 'event', id, kind: 'visit', title: id, topics: ['trade'] });

test('when others add terms to the index while lines are imported, the import is made anew with theirs', async () => {
  const annals = await temporaryAnnals();
  let batches = 0;
  const load = async (statements: Iterable<Statement>) => {
    if (++batches === 1) await importLines(annals, [visit('first')]);
    return annals.engine.load(statements);
  };
  const raced = { ...annals, engine: { ...annals.engine, load } };
  expect(await importLines(raced, [visit('second')])).toEqual(counted({ created: 1 }));
  expect(batches).toBe(2);
  const [terms] = await annals.engine.read([statement("SELECT value, count FROM terms WHERE field = 'topic'")]);
  expect(terms).toEqual([['trade', 2]]);
});

test('a fault shows the value that was sent, shortened, and what it would have to be', async () => {
  const annals = await temporaryAnnals();
  const long = 'x'.repeat(600);
  const lines = [
    { type: 'event', id: 'GED-500.1', kind: 'Battle', title: 'X' },
    { type: 'event', kind: 'war', title: long, date: { edtf: '12/31/1999' } },
    { type: 'event', kind: 'war', title: 'X', date: '2016-01-02' },
    'id,title',
    { ...actor('a'), partOf: 'nobody' },
    { type: 'evnt' },
    actor('a'),
    `{"type":"actor","id":"b","kind":"state","name":${'['.repeat(31)}"${long}"${']'.repeat(31)}}`,
  ];
  const error: unknown = await importLines(annals, lines).catch((thrown: unknown) => thrown);
  const slugs = 'use lower-case letters, digits and single hyphens';
  expect((error as { issues: object[] }).issues).toMatchObject([
    { line: 1, pointer: '/id', sent: '"GED-500.1"', message: `${slugs}: "ged-500-1"` },
    { line: 1, pointer: '/kind', sent: '"Battle"', message: `${slugs}: "battle"` },
    { line: 2, pointer: '/title', sent: `"${'x'.repeat(99)}…`, message: 'is longer than 500 characters' },
    { line: 3, pointer: '/date', sent: '"2016-01-02"', message: 'give an object such as {"edtf":"2018-03-26"}' },
    { line: 4, sent: '"id,title"', message: expect.stringMatching(/^is not JSON: /) as string },
    { line: 5, pointer: '/partOf', sent: '"nobody"' },
    { line: 6, pointer: '/type', sent: '"evnt"' },
    { line: 7, pointer: '/id', sent: '"a"' },
    { line: 8 },
  ]);
});

/** Issues of the error that an import of lines throws. */
async function issuesOf(annals: Annals, lines: Lines, options?: Partial<ImportOptions>): Promise<object[]> {
  const error: unknown = await importLines(annals, lines, options).catch((thrown: unknown) => thrown);
  return (error as { issues: object[] }).issues;
}

const bearing = (id: string, ...values: string[]) => ({
  ...actor(id),
  identifiers: values.map((value) => ({ scheme: 'iso3166-1', value })),
});

const takenFault = (line: number, index: number, value: string, whose: string) => ({
  file: 'test.ndjson',
  line,
  pointer: `/identifiers/${index}`,
  message: `"iso3166-1:${value}" is an identifier of the actor ${whose} already: leave it out here, or take it from that one first`,
  sent: `{"scheme":"iso3166-1","value":"${value}"}`,
});

test('an identifier that another record has is shown as its line writes it, at its place in the list', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [bearing('kazakhstan', 'KZ')]);
  const { id: _, ...unnamed } = bearing('third', 'X', 'uz');
  expect(await issuesOf(annals, ['', bearing('second', 'UZ', 'Kz'), unnamed])).toEqual([
    takenFault(2, 1, 'Kz', '"kazakhstan"'),
    takenFault(3, 1, 'uz', '"second" in line 2'),
  ]);
  // Lines of several chunks.
  const many = Array.from({ length: 3000 }, (__, number) => bearing(`actor-${number}`, `Q${number}`));
  expect(await issuesOf(annals, ['', ...many, bearing('last', 'Qq', 'q2999')])).toEqual([
    takenFault(3002, 1, 'q2999', '"actor-2999" in line 3001'),
  ]);
});

test('a reference is shown as its line writes it where the record may not be referred to', async () => {
  const annals = await temporaryAnnals();
  const lines = [
    { ...actor('a'), names: [{ name: 'First', kind: 'variant' }], partOf: 'Second' },
    { ...actor('b'), names: [{ name: 'Second', kind: 'variant' }], partOf: 'FIRST' },
    { ...actor('c'), names: [{ name: 'Itself', kind: 'variant' }], partOf: 'itself' },
    { ...actor('d'), relations: [{ type: 'follows', record: { type: 'event', id: 'none' } }] },
  ];
  expect(await issuesOf(annals, lines)).toMatchObject([
    { line: 1, pointer: '/partOf', sent: '"Second"', message: expect.stringContaining('part of itself') as string },
    { line: 3, pointer: '/partOf', sent: '"itself"' },
    { line: 4, pointer: '/relations/0/record', sent: '{"type":"event","id":"none"}' },
  ]);
});

test('a field that is given twice is shown with the value that JSON readers take', async () => {
  const annals = await temporaryAnnals();
  expect(await issuesOf(annals, ['{"type":"actor","kind":"state","name":"A","kind":"group"}'])).toMatchObject([
    { line: 1, pointer: '/kind', sent: '"group"' },
  ]);
});

test('a record that exists and differs is shown with its id', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [actor('a')]);
  expect(await issuesOf(annals, [{ ...actor('a'), name: 'Another' }])).toMatchObject([{ line: 1, pointer: '/id', sent: '"a"' }]);
});

/** A line that is not UTF-8, and one of 17 MiB. */
async function* unreadable() {
  yield Buffer.concat([Buffer.from('{"name":"K'), Buffer.from([0xf6]), Buffer.from('ln"}\n{"name":"')]);
  for (let part = 0; part < 17; part += 1) yield Buffer.alloc(2 ** 20, 'x');
  yield Buffer.from('"}\n');
}

test('a line that cannot be read is shown by its beginning', async () => {
  const annals = await temporaryAnnals();
  const imported = importRecords(annals, [{ name: 'test.ndjson', bytes: unreadable() }], IMPORT_DEFAULTS, unwatched);
  await expect(imported).rejects.toMatchObject({
    issues: [
      { line: 1, message: 'is not UTF-8', sent: '"{\\"name\\":\\"K\uFFFDln\\"}"' },
      { line: 2, message: 'is longer than 16 MiB', sent: expect.stringMatching(/^"\{\\"name\\":\\"x{50,}…$/) as string },
    ],
  });
});

test('the command shows it, too', async () => {
  const { code, errors } = await runOn((await temporaryAnnals()).path, ['import', '-'], {
    input: '{"type":"event","kind":"war","title":"X","date":{"edtf":"12/31/1999"}}\n{"type":"event","kind":"Battle","title":"X"}\n',
  });
  expect(code).toBe(1);
  // What the message shows already is not shown twice.
  expect(errors).toMatch(/:1: \/date\/edtf "12\/31\/1999" [^(]*\n/);
  expect(errors).toContain(':2: /kind use lower-case letters, digits and single hyphens: "battle" (sent: "Battle")\n');
});
