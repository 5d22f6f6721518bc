import { expect, test } from 'vitest';
import { noProgress } from '../../src/domain/progress.ts';
import { importRecords } from '../../src/import/import.ts';
import { LINE_MAX } from '../../src/import/read.ts';
import { IMPORT_DEFAULTS } from '../../src/import/report.ts';
import type { Reader, Statement } from '../../src/storage/port.ts';
import { statement } from '../../src/storage/port.ts';
import { temporaryAnnals } from '../helpers/database.ts';
import { bytesOf, counted, importLines } from '../helpers/transfer.ts';
import { remove } from '../../src/records/remove.ts';
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
  ['no type', '{}', { pointer: '/type', message: 'is required: give one of code, place, actor, source, agreement, meeting, event' }],
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

test('a bad last line of many prevents every write', async () => {
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

test('a reference to a faulty line is not reported', async () => {
  const annals = await temporaryAnnals();
  const bad = { ...actor('kazakhstan'), population: 1 };
  const attempt = importLines(annals, [bad, { ...actor('a'), partOf: 'kazakhstan' }, { ...actor('b'), partOf: 'Kazakhstan!' }]);
  await expect(attempt).rejects.toMatchObject({ issues: [{ line: 1, pointer: '/population' }] });
});

test('the error lists a hundred issues and their number', async () => {
  const annals = await temporaryAnnals();
  const bad = Array.from({ length: 500 }, (_, index) => ({ ...actor(`a-${index}`), bogus: 1 }));
  await expect(importLines(annals, bad)).rejects.toMatchObject({
    message: 'nothing was imported, because 500 things are wrong (the first 100 are shown)',
    issues: Array.from({ length: 100 }, (_, index) => expect.objectContaining({ line: index + 1 })),
  });
});

test('reading stops at a thousand faults, with any size of chunk, and not at 999', async () => {
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
    await expect(importRecords(annals, files, IMPORT_DEFAULTS, noProgress)).rejects.toMatchObject(stopped);
    expect(rest).toBeLessThan(50);
  }
  expect(await isEmpty(annals)).toBe(true);
});

async function* unreadableLines() {
  yield Buffer.from('\uFEFF{"type":"actor","kind":"state","name":"First"}\r\n');
  for (let sent = 0; sent <= LINE_MAX; sent += 2 ** 20) yield Buffer.alloc(2 ** 20, 'x');
  yield Buffer.from([10, 0xff, 0xfe, 10, 0x7b]);
}

test('lines that are too long or not UTF-8 are reported, and later lines are read', async () => {
  const annals = await temporaryAnnals();
  await expect(importRecords(annals, [{ name: 'a', bytes: unreadableLines() }], IMPORT_DEFAULTS, noProgress)).rejects.toMatchObject({
    issues: [
      { line: 2, message: expect.stringMatching(/^is longer than 16 MiB: it has [0-9,]+ bytes$/) as string },
      { line: 3, message: 'is not UTF-8' },
      { line: 4, message: expect.stringMatching(/^is not JSON/) },
    ],
  });
});

test('each issue names its file, and a record in two files is an issue', async () => {
  const annals = await temporaryAnnals();
  const files = [
    { name: 'one.ndjson', bytes: bytesOf([actor('a')]) },
    { name: 'two.ndjson', bytes: bytesOf([actor('b'), actor('a')]) },
  ];
  await expect(importRecords(annals, files, IMPORT_DEFAULTS, noProgress)).rejects.toMatchObject({
    issues: [{ file: 'two.ndjson', line: 2, message: expect.stringContaining('stands in line 1 of an earlier file already') }],
  });
});

test('an import starts again and reports the fault when a record that it refers to is deleted meanwhile', async () => {
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

test('an import starts again when another writer adds terms to the index meanwhile', async () => {
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
