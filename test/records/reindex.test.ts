import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { noProgress } from '../../src/domain/progress.ts';
import { reindex } from '../../src/records/reindex.ts';
import { create } from '../../src/records/create.ts';
import { remove } from '../../src/records/remove.ts';
import { update } from '../../src/records/update.ts';
import { modelOf } from '../../src/model/models.ts';
import { statement } from '../../src/storage/port.ts';
import { temporaryAnnals } from '../helpers/database.ts';
import { NOW, SEEDS } from '../helpers/fixtures.ts';
import { derivedIn } from '../helpers/derived.ts';
import { importLines } from '../helpers/transfer.ts';

const seeds = readdirSync(SEEDS).map((name) => readFileSync(join(SEEDS, name), 'utf8').trim());

/** A database as it is after some use. */
async function usedAnnals() {
  let now = NOW;
  const annals = await temporaryAnnals(() => (now += 1000));
  await importLines(annals, seeds);
  const actor = await create(annals, modelOf.actor, {
    kind: 'person',
    name: 'Ödön',
    memberships: [{ organization: 'csto', period: { edtf: '1999/2005' } }],
  });
  const event = await create(annals, modelOf.event, {
    kind: 'visit',
    title: 'A visit',
    date: { edtf: '2001-21~' },
    participants: [{ actor: 'odon', role: 'guest' }],
    relations: [{ type: 'follows', record: { type: 'event', id: 'csto-operation-in-kazakhstan-2022' } }],
  });
  await update(annals, modelOf.event, event.id, { topics: ['visits'], date: null });
  await update(annals, modelOf.actor, actor.id, { name: 'Edmund' });
  const gone = await create(annals, modelOf.place, { kind: 'city', name: 'Nowhere' });
  await remove(annals, modelOf.place, gone.id);
  return annals;
}

const WRECKS = [
  "UPDATE records SET document = '{}', sort_title = 'zzz'",
  "UPDATE moments SET item = '{}', position = id, level = 3, start_min = 0, start_max = 0, end_min = 0, end_max = 0, start_month = 1, start_month_max = 1, end_month = 1",
  'UPDATE citations SET verified = 1',
  'UPDATE memberships SET start_min = 0, end_max = 0',
  'DELETE FROM lookups WHERE id % 2 = 0',
  "UPDATE lookups SET key = key || 'x'",
  'DELETE FROM terms WHERE id % 3 = 0',
  'UPDATE terms SET count = count + 1',
  'DELETE FROM postings WHERE position % 2 = 0',
  'UPDATE monthly_counts SET started = started + 7',
  "INSERT INTO vocabulary VALUES ('event', 'kind', 'nonsense', 3)",
  "INSERT INTO search (search) VALUES ('delete-all')",
  "INSERT INTO search (rowid, title) VALUES (5, 'nonsense')",
  "INSERT INTO nearby (nearby) VALUES ('delete-all')",
  'DELETE FROM word_forms',
  'UPDATE place_points SET min_longitude = min_longitude - 2',
];

test('a rebuild restores all derived rows exactly, and changes no others', async () => {
  const annals = await usedAnnals();
  const before = derivedIn(annals.path);
  for (const sql of WRECKS) await annals.engine.write([statement(sql.replaceAll("'{}'", "CAST('{}' AS BLOB)"))]);
  const wrecked = derivedIn(annals.path);
  for (const [name, rows] of Object.entries(before)) {
    expect(rows.length).toBeGreaterThan(0);
    expect(wrecked[name]).not.toEqual(rows);
  }
  const history = statement('SELECT * FROM changes');
  const changes = await annals.engine.read([history]);
  const [[count]] = await annals.engine.read([statement<[number]>('SELECT count(*) FROM records')]);
  expect(await reindex(annals, noProgress)).toBe(count![0]);
  expect(derivedIn(annals.path)).toEqual(before);
  expect(await annals.engine.read([history])).toEqual(changes);
});

test('single writes and imports derive the same rows as a rebuild', async () => {
  const annals = await usedAnnals();
  const before = derivedIn(annals.path);
  await reindex(annals, noProgress);
  expect(derivedIn(annals.path)).toEqual(before);
});

test('a rebuild verifies citations', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [
    { type: 'source', id: 's', kind: 'book', title: 'S', citations: [{ source: 's', paragraph: 1, phrase: 'two words' }] },
  ]);
  const [[row]] = await annals.engine.read([statement<[number]>('SELECT id FROM records')]);
  await annals.engine.write([statement('INSERT INTO paragraphs VALUES (?, 1, ?)', row![0], 'just two  words here')]);
  await reindex(annals, noProgress);
  const [[document]] = await annals.engine.read([statement<[Buffer]>('SELECT document FROM records')]);
  expect(JSON.parse(String(document![0])).citations).toEqual([{ source: 's', paragraph: 1, phrase: 'two words', verified: true }]);
});

test('a rebuild of an empty database succeeds', async () => {
  expect(await reindex(await temporaryAnnals(), noProgress)).toBe(0);
});
