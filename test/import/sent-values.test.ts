import { expect, test } from 'vitest';
import { noProgress } from '../../src/domain/progress.ts';
import { importRecords } from '../../src/import/import.ts';
import { IMPORT_DEFAULTS, type ImportOptions } from '../../src/import/report.ts';
import type { Annals } from '../../src/records/annals.ts';
import { runOn } from '../helpers/command.ts';
import { temporaryAnnals } from '../helpers/database.ts';
import { importLines, type Lines } from '../helpers/transfer.ts';

const actor = (id: string) => ({ type: 'actor', id, kind: 'state', name: id });

test('a fault shows the sent value, shortened, and the valid values', async () => {
  const annals = await temporaryAnnals();
  const long = 'x'.repeat(1100);
  const lines = [
    { type: 'event', id: 'GED-500.1', kind: 'Battle', title: 'X' },
    { type: 'event', kind: 'war', title: long, date: { edtf: '12/31/1999' } },
    { type: 'event', kind: 'war', title: 'X', date: 20160102 },
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
    {
      line: 2,
      pointer: '/title',
      sent: `"${'x'.repeat(99)}…`,
      message: `is longer than 1,000 characters: it has ${long.length.toLocaleString('en')}`,
    },
    { line: 3, pointer: '/date', sent: '20160102', message: 'give a string or an object such as "2018-03-26"' },
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

test('a fault shows an identifier of another record as its line writes it, with its pointer', async () => {
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

test('a fault shows a refused reference as its line writes it', async () => {
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

test('a fault shows a repeated field with the value that JSON parsers use', async () => {
  const annals = await temporaryAnnals();
  expect(await issuesOf(annals, ['{"type":"actor","kind":"state","name":"A","kind":"group"}'])).toMatchObject([
    { line: 1, pointer: '/kind', sent: '"group"' },
  ]);
});

test('a fault shows an existing record that differs with its id', async () => {
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

test('a fault shows the beginning of a line that is not JSON', async () => {
  const annals = await temporaryAnnals();
  const imported = importRecords(annals, [{ name: 'test.ndjson', bytes: unreadable() }], IMPORT_DEFAULTS, noProgress);
  await expect(imported).rejects.toMatchObject({
    issues: [
      { line: 1, message: 'is not UTF-8', sent: '"{\\"name\\":\\"K\uFFFDln\\"}"' },
      {
        line: 2,
        message: 'is longer than 16 MiB: it has 17,825,803 bytes',
        sent: expect.stringMatching(/^"\{\\"name\\":\\"x{50,}…$/) as string,
      },
    ],
  });
});

test('the command shows the sent value as well', async () => {
  const { code, errors } = await runOn((await temporaryAnnals()).path, ['import', '-'], {
    input: '{"type":"event","kind":"war","title":"X","date":{"edtf":"12/31/1999"}}\n{"type":"event","kind":"Battle","title":"X"}\n',
  });
  expect(code).toBe(1);
  // What the message shows already is not shown twice.
  expect(errors).toMatch(/:1: \/date\/edtf "12\/31\/1999" [^(]*\n/);
  expect(errors).toContain(':2: /kind use lower-case letters, digits and single hyphens: "battle" (sent: "Battle")\n');
});
