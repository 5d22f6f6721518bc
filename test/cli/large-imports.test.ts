import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unwatched } from '../../src/domain/progress.ts';
import { fileAt } from '../../src/import/files.ts';
import { importRecords } from '../../src/import/import.ts';
import { IMPORT_DEFAULTS } from '../../src/import/options.ts';
import { runOn } from '../helpers/command.ts';
import { temporaryAnnals, temporaryDatabase, temporaryFolder } from '../helpers/database.ts';
import { derivedIn } from '../helpers/derived.ts';

const PROSE = 'What was said and done. '.repeat(30);

/** More than 3 MiB, so that the built program checks and prepares most of it in threads of its own. */
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

test('a file that several threads prepare is imported as in one thread', async () => {
  const file = fileOf(LINES);
  const path = await temporaryDatabase();
  expect(await runOn(path, ['import', file])).toMatchObject({ code: 0, output: '4,003 created, 0 updated, 0 unchanged\n' });
  const annals = await temporaryAnnals();
  await importRecords(annals, [fileAt(file)], IMPORT_DEFAULTS, unwatched);
  const [inThreads, inOne] = [derivedIn(path), derivedIn(annals.path)];
  for (const [name, rows] of Object.entries(inOne)) {
    if (name !== 'documents') expect(inThreads[name], name).toEqual(rows);
  }
  // The documents say when they were written.
  expect(inThreads['documents']).toHaveLength(4003);
}, 120_000);

test('what is wrong is found by every thread, and is reported in the order of the lines', async () => {
  const bad = LINES.map((line, index) =>
    index === 3500 ? { ...line, kind: 'Not A Slug' } : index % 1700 === 1699 ? { ...line, place: 'nowhere' } : line,
  );
  const path = await temporaryDatabase();
  const { code, errors } = await runOn(path, ['import', fileOf(bad)]);
  expect(code).not.toBe(0);
  expect([...errors.matchAll(/lines\.ndjson:(\d+):/g)].map(([, line]) => Number(line))).toEqual([1700, 3400, 3501]);
}, 120_000);
