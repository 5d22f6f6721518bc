import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runOn } from '../helpers/command.ts';
import { temporaryDatabase, temporaryFolder } from '../helpers/database.ts';

const PROSE = 'What was said and done. '.repeat(30);

/** More than 3 MiB: several chunks of the file, and several batches of records. */
const LINES = [
  { type: 'actor', id: 'kazakhstan', kind: 'state', name: 'Kazakhstan', names: [{ name: 'Republic of Kazakhstan', kind: 'official' }] },
  { type: 'source', id: 'chronicle', kind: 'book', title: 'The chronicle' },
  ...Array.from({ length: 4000 }, (_, number) => ({
    type: 'event',
    id: `event-${number}`,
    kind: number % 3 === 0 ? 'visit' : 'war',
    title: `The event of ${number}`,
    date: { edtf: String(1000 + (number % 1000)) },
    summary: PROSE,
    topics: [`topic-${number % 7}`],
    // By its id, by a name, and as an actor of a later line.
    participants: [{ actor: ['kazakhstan', 'republic of Kazakhstan', 'Late-comer'][number % 3], role: 'host', onBehalfOf: 'late' }],
    citations: [{ source: 'chronicle', paragraph: 1, phrase: 'said and done' }],
    ...(number % 50 === 0 && { relations: [{ type: 'follows', record: { type: 'event', id: `event-${3999 - number}` } }] }),
  })),
  { type: 'actor', id: 'late', kind: 'group', name: 'Latecomer' },
];

function fileOf(lines: readonly object[]): string {
  const path = join(temporaryFolder(), 'lines.ndjson');
  writeFileSync(path, lines.map((line) => JSON.stringify(line)).join('\n'));
  return path;
}

test('a file of several megabytes enters the index as a rebuild would make it', async () => {
  const path = await temporaryDatabase();
  expect(await runOn(path, ['import', fileOf(LINES)])).toMatchObject({ code: 0, output: '4,003 created, 0 updated, 0 unchanged\n' });
  expect(await runOn(path, ['check'])).toMatchObject({ code: 0 });
  expect(await runOn(path, ['import', fileOf(LINES)])).toMatchObject({ code: 0, output: '0 created, 0 updated, 4,003 unchanged\n' });
}, 120_000);

test('faults of several batches are reported in the order of the lines', async () => {
  const bad = LINES.map((line, index) =>
    index === 3500 ? { ...line, kind: 'Not A Slug' } : index % 1700 === 1699 ? { ...line, places: ['nowhere'] } : line,
  );
  const path = await temporaryDatabase();
  const { code, errors } = await runOn(path, ['import', fileOf(bad)]);
  expect(code).not.toBe(0);
  expect([...errors.matchAll(/lines\.ndjson:(\d+):/g)].map(([, line]) => Number(line))).toEqual([1700, 3400, 3501]);
}, 120_000);
