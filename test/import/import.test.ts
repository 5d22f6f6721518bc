import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Annals } from '../../src/records/annals.ts';
import { putText } from '../../src/records/put-text.ts';
import { create } from '../../src/records/create.ts';
import { remove } from '../../src/records/remove.ts';
import { update } from '../../src/records/update.ts';
import { modelOf } from '../../src/model/models.ts';
import { idMadeOf } from '../../src/model/addresses.ts';
import { statement } from '../../src/storage/port.ts';
import { temporaryAnnals } from '../helpers/database.ts';
import { NOW, SEEDS } from '../helpers/fixtures.ts';
import { counted, exported, importLines } from '../helpers/transfer.ts';

const seeds = readdirSync(SEEDS)
  .filter((name) => name.endsWith('.ndjson'))
  .map((name) => readFileSync(join(SEEDS, name), 'utf8').trim());

const place = { type: 'place', id: 'kazakhstan', kind: 'country', name: 'Kazakhstan' };
const state = { type: 'actor', id: 'kazakhstan', kind: 'state', name: 'Kazakhstan', identifiers: [{ scheme: 'iso3166-1', value: 'KZ' }] };
const alliance = {
  type: 'actor',
  id: 'csto',
  kind: 'organization',
  name: 'Collective Security Treaty Organization',
  names: [{ name: 'CSTO', kind: 'abbreviation' }],
};
const operation = { type: 'event', kind: 'operation', title: 'The operation', date: { edtf: '2022-01' } };

async function documentOf(annals: Annals, type: string, id: string): Promise<Record<string, unknown>> {
  const [[row]] = await annals.engine.read([statement<[Buffer]>('SELECT document FROM records WHERE type = ? AND slug = ?', type, id)]);
  return JSON.parse(String(row?.[0]));
}

async function counts(annals: Annals): Promise<Record<string, number>> {
  const tables = [
    'records',
    'moments',
    'names',
    'lookups',
    'participations',
    'terms',
    'postings',
    'monthly_counts',
    'changes',
    'vocabulary',
  ];
  const answers = await annals.engine.read(tables.map((table) => statement<[number]>(`SELECT count(*) FROM ${table}`)));
  return Object.fromEntries(tables.map((table, index) => [table, answers[index]![0]![0]]));
}

/** Everything derived, by value: ids of terms may differ. */
async function derived(annals: Annals): Promise<unknown> {
  return annals.engine.read([
    statement('SELECT field, value, count FROM terms WHERE count > 0 ORDER BY 1, 2'),
    statement(`SELECT t.field, t.value, r.type, r.slug, m.ordinal, p.level, p.end_day FROM postings p JOIN terms t ON t.id = p.term
      JOIN moments m ON m.position = p.position JOIN records r ON r.id = m.record_id ORDER BY 1, 2, 3, 4, 5`),
    statement(`SELECT t.field, t.value, x.type, x.month, x.started, x.ended, x.crosses_month, x.crosses_year, x.crosses_decade, x.crosses_century, x.begun
      FROM monthly_counts x JOIN terms t ON t.id = x.term ORDER BY 1, 2, 3, 4`),
    statement('SELECT * FROM vocabulary ORDER BY 1, 2, 3'),
  ]);
}

test('lines refer to each other in any order, by id, by name and by scheme:value', async () => {
  const annals = await temporaryAnnals();
  const report = await importLines(annals, [
    {
      ...operation,
      places: ['KAZAKHSTAN'],
      participants: [
        { actor: 'C.S.T.O.', role: 'actor' },
        { actor: 'iso3166-1:kz', role: 'host', onBehalfOf: 'csto' },
      ],
      relations: [{ type: 'part-of', record: { type: 'meeting', id: 'summit' } }],
    },
    '',
    state,
    alliance,
    { type: 'meeting', id: 'summit', kind: 'summit', title: 'Summit', places: ['kazakhstan'] },
    place,
    '   ',
  ]);
  expect(report).toMatchObject({ created: 5, updated: 0, unchanged: 0 });
  expect(report.assigned).toEqual([{ file: 'test.ndjson', line: 1, record: { type: 'event', id: 'the-operation' } }]);
  const event = await documentOf(annals, 'event', 'the-operation');
  expect(event).toMatchObject({
    places: ['kazakhstan'],
    participants: [
      { actor: 'csto', role: 'actor' },
      { actor: 'kazakhstan', role: 'host', onBehalfOf: 'csto' },
    ],
    revision: 1,
    createdAt: new Date(NOW).toISOString(),
  });
});

test('an import and single creates write the same rows to every derived table', async () => {
  const lines = seeds.flatMap((file) => file.split('\n')).map((line) => JSON.parse(line));
  const [imported, created] = [await temporaryAnnals(), await temporaryAnnals()];
  await importLines(imported, lines);
  // Single creates cannot look ahead: references come in when everything is there.
  for (const { type, id, kind, title, name, date, vocabulary, slug, label } of lines)
    await create(created, modelOf[type as 'event'], JSON.parse(JSON.stringify({ id, kind, title, name, date, vocabulary, slug, label })));
  for (const { type, id, ...rest } of lines)
    await update(created, modelOf[type as 'event'], id ?? idMadeOf(modelOf[type as 'code'], rest), rest);
  expect(await derived(imported)).toEqual(await derived(created));
  expect(await exported(imported)).toBe(await exported(created));
});

test('two imports and one import of all records write the same rows', async () => {
  const lines = seeds.flatMap((file) => file.split('\n')).map((line) => JSON.parse(line));
  const [once, twice] = [await temporaryAnnals(), await temporaryAnnals()];
  await importLines(once, lines);
  // First without relations and under other titles, so that the second import creates some records and changes others that are related.
  const firstHalf = lines
    .filter((line, index) => line.type === 'place' || line.type === 'actor' || line.type === 'source' || index % 2 === 0)
    .map((line) => ({ ...line, relations: [], ...(line.title && line.type !== 'source' ? { summary: 'to be replaced' } : {}) }));
  await importLines(twice, firstHalf);
  const report = await importLines(twice, lines, { onExisting: 'replace' });
  expect(report.updated).toBeGreaterThan(10);
  expect(report.created).toBe(lines.length - firstHalf.length);
  expect(await derived(twice)).toEqual(await derived(once));
  expect(await exported(twice)).toBe(await exported(once));
});

test('an export that is imported into an empty database is exported with the same bytes', async () => {
  const [first, second] = [await temporaryAnnals(), await temporaryAnnals()];
  await importLines(first, seeds);
  const text = await exported(first);
  expect(await importLines(second, [text])).toMatchObject({ updated: 0, unchanged: 0 });
  expect(await exported(second)).toBe(text);
  expect(text.split('\n').map((line) => line.slice(0, 14))).toContain('{"type":"event');
});

test('an export of one type holds that type only', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [place, state, alliance]);
  const lines = (await exported(annals, ['actor'])).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([alliance, state]);
});

test('a repeated import changes nothing', async () => {
  const annals = await temporaryAnnals();
  const { created } = await importLines(annals, seeds);
  const before = await counts(annals);
  expect(await importLines(annals, seeds)).toEqual(counted({ unchanged: created }));
  expect(await counts(annals)).toEqual(before);
});

test('a replaced record has a new revision, and the log keeps the old one', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [state, place]);
  const lines = [{ ...state, description: 'A state.' }, place];
  expect(await importLines(annals, lines, { onExisting: 'replace' })).toEqual(
    counted({
      updated: 1,
      unchanged: 1,
      changes: [{ record: { type: 'actor', id: 'kazakhstan' }, field: '/description', to: '"A state."' }],
    }),
  );
  expect(await documentOf(annals, 'actor', 'kazakhstan')).toMatchObject({ revision: 2, description: 'A state.' });
  const [changes] = await annals.engine.read([statement('SELECT slug, action, revision, replaced IS NULL FROM changes ORDER BY sequence')]);
  expect(changes).toEqual([
    ['kazakhstan', 'created', 1, 1],
    ['kazakhstan', 'created', 1, 1],
    ['kazakhstan', 'updated', 2, 0],
  ]);
});

test('the revision of a deleted record continues', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [alliance]);
  await remove(annals, modelOf.actor, 'csto');
  await importLines(annals, [alliance]);
  expect(await documentOf(annals, 'actor', 'csto')).toMatchObject({ revision: 3 });
});

test('a check writes nothing and takes no keys', async () => {
  const annals = await temporaryAnnals();
  const sequences = statement('SELECT name, next FROM sequences');
  const [before] = await annals.engine.read([sequences]);
  expect(await importLines(annals, [state, operation], { mode: 'check' })).toMatchObject({ created: 2, updated: 0, unchanged: 0 });
  expect((await counts(annals))['records']).toBe(0);
  expect(await annals.engine.read([sequences])).toEqual([before]);
});

test('a name that a record of the file shares with a stored record is ambiguous', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [alliance]);
  const other = { type: 'actor', id: 'other', kind: 'organization', name: 'CSTO' };
  await expect(importLines(annals, [other, { ...operation, participants: [{ actor: 'csto!', role: 'actor' }] }])).rejects.toMatchObject({
    code: 'invalid-import',
    issues: [
      {
        line: 2,
        pointer: '/participants/0/actor',
        message: '"csto!" may be csto (organization) or other: use the id',
        didYouMean: ['csto', 'other'],
        candidates: [
          { type: 'actor', id: 'csto', kind: 'organization' },
          { type: 'actor', id: 'other' },
        ],
      },
    ],
  });
});

test('a replaced record has its new names only', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [alliance]);
  const renamed = { ...alliance, names: [{ name: 'ODKB', kind: 'abbreviation' }] };
  const under = (name: string) => [renamed, { ...operation, participants: [{ actor: name, role: 'actor' }] }];
  const replacing = { onExisting: 'replace' } as const;
  await expect(importLines(annals, under('Csto '), replacing)).rejects.toMatchObject({ issues: [{ line: 2 }] });
  expect(await importLines(annals, under('odkb'), replacing)).toMatchObject({ created: 1, updated: 1, unchanged: 0 });
});

test('an import into an empty database keeps the schema of every index, also when it fails', async () => {
  const indexes = statement<[name: string, sql: string]>(
    "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name",
  );
  const annals = await temporaryAnnals();
  const [before] = await annals.engine.read([indexes]);
  expect(before.length).toBeGreaterThan(10);
  // Numbers so large that one is like the next: the second row has the key of the first.
  const fails = { ...annals, idAllocator: { take: () => Promise.resolve(2 ** 60) } };
  await expect(importLines(fails, [state, operation])).rejects.toThrow();
  expect(await annals.engine.read([indexes])).toEqual([before]);
  expect(await importLines(annals, [state, operation])).toMatchObject({ created: 2 });
  expect(await annals.engine.read([indexes])).toEqual([before]);
  const [broken] = await annals.engine.read([statement('PRAGMA integrity_check')]);
  expect(broken).toEqual([['ok']]);
});

test('an import into an empty database writes the full text as one segment, which later writes merge', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, seeds);
  const [pieces, settings] = await annals.engine.read([
    statement('SELECT count(DISTINCT segid) FROM search_idx'),
    statement("SELECT k, v FROM search_config WHERE k <> 'version' ORDER BY k"),
  ]);
  expect(pieces).toEqual([[1]]);
  expect(settings).toEqual([
    ['automerge', 4],
    ['crisismerge', 16],
    ['hashsize', 2 ** 20],
  ]);
});

test('an import verifies citations again when their text is stored meanwhile, and ignores texts of other sources', async () => {
  const annals = await temporaryAnnals();
  const book = { type: 'source', id: 'book', kind: 'book', title: 'Book' };
  await importLines(annals, [book, { ...book, id: 'other', title: 'Other' }]);
  let batches = 0;
  const racing: Annals = {
    ...annals,
    engine: {
      ...annals.engine,
      load: async (statements) => {
        batches += 1;
        if (batches === 1) await putText(annals, 'book', Buffer.from('The words of the book.'));
        if (batches === 2) await update(annals, modelOf.source, 'other', { note: 'It has no text.' });
        return annals.engine.load(statements);
      },
    },
  };
  const cited = { ...operation, id: 'cited', citations: [{ source: 'Book', paragraph: 1, phrase: 'words of the' }] };
  expect(await importLines(racing, [cited])).toMatchObject({ created: 1 });
  expect(await documentOf(annals, 'event', 'cited')).toMatchObject({ citations: [{ source: 'book', verified: true }] });
  expect(batches).toBe(2);
});
