import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { expect, onTestFinished, test } from 'vitest';
import { noProgress } from '../../../src/domain/progress.ts';
import { reindex } from '../../../src/records/reindex.ts';
import { postgresEngine } from '../../../src/storage/postgres/engine.ts';
import { migrateSchema } from '../../../src/storage/postgres/maintenance/migrations.ts';
import { statement } from '../../../src/storage/port.ts';
import { temporaryFolder } from '../../helpers/database.ts';
import { NOW, POSTGRES_MIGRATIONS, RANDOM } from '../../helpers/fixtures.ts';
import { connectTo } from '../../helpers/pglite.ts';

/** Records as the release before the second migration stored them: each entry has one place, each place one country, and authors are a JSON array. */
const ROWS = `
  INSERT INTO records (id, type, slug, kind, title, sort_title, revision, created_at, updated_at, document) VALUES
    (1, 'place', 'asia', 'region', 'Asia', 'asia', 1, 0, 0, '{}'),
    (2, 'place', 'dushanbe', 'city', 'Dushanbe', 'dushanbe', 1, 0, 0, '{}'),
    (3, 'source', 'charter', 'document', 'Charter', 'charter', 1, 0, 0, '{}'),
    (4, 'event', 'exercise', 'exercise', 'Exercise', 'exercise', 1, 0, 0, '{}'),
    (5, 'meeting', 'council', 'session', 'Council', 'council', 1, 0, 0, '{}'),
    (6, 'agreement', 'pact', 'treaty', 'Pact', 'pact', 1, 0, 0, '{}'),
    (7, 'actor', 'alliance', 'organization', 'Alliance', 'alliance', 1, 0, 0, '{}'),
    (8, 'actor', 'tajikistan', 'state', 'Tajikistan', 'tajikistan', 1, 0, 0, '{}');
  INSERT INTO places (record_id, country_id, latitude, longitude) VALUES (1, NULL, NULL, NULL), (2, 1, 38.56, 68.77);
  INSERT INTO sources (record_id, authors, published_edtf) VALUES (3, '["The members", "É. Author"]', '2002-10-07');
  INSERT INTO events (record_id, status) VALUES (4, 'occurred');
  INSERT INTO meetings (record_id, status) VALUES (5, 'occurred');
  INSERT INTO agreements (record_id, status) VALUES (6, 'occurred');
  INSERT INTO moments (id, record_id, ordinal, position, level, role, edtf, place_id, start_min, start_max, end_min, end_max, start_month, start_month_max, end_month, item)
    VALUES (1, 4, 0, 1, 0, 'date', '2018-03-26', 2, 0, 0, 0, 0, 0, 0, 0, '{}'), (2, 5, 0, 2, 0, 'date', '2019', NULL, 0, 0, 0, 0, 0, 0, 0, '{}'),
      (3, 6, 0, 3, 0, 'signed', '2020', 2, 0, 0, 0, 0, 0, 0, 0, '{}'), (4, 6, 1, 4, 0, 'ended', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, '{}');
  INSERT INTO actors (record_id) VALUES (7), (8);
  INSERT INTO memberships (record_id, ordinal, organization_id, role, period_edtf, start_min, end_max)
    VALUES (8, 0, 7, NULL, NULL, 0, 0), (8, 1, 7, NULL, '2002/..', 0, 0), (8, 2, 7, 'chair', '2021', 0, 0);
  INSERT INTO names (record_id, ordinal, name, kind) VALUES (2, 0, 'Stalinabad', 'variant');
  INSERT INTO identifiers (record_id, ordinal, scheme, value) VALUES (2, 0, 'wikidata', 'Q9365');
  INSERT INTO figures (record_id, ordinal, label, value, unit, qualifier) VALUES (4, 0, 'personnel', 3800, 'person', 'exact');
  INSERT INTO changes (sequence, type, slug, action, revision, at) SELECT id, type, slug, 'created', 1, 0 FROM records;
  UPDATE sequences SET next = 100;`;

const parsed = (bytes: Buffer): Record<string, unknown> => JSON.parse(bytes.toString()) as Record<string, unknown>; // @NOTE a rendered record

test('a PostgreSQL database of the release before is migrated: no row is lost, and records are rendered with the fields of today', async () => {
  const database = await PGlite.create();
  onTestFinished(() => database.close());
  const first = temporaryFolder();
  copyFileSync(join(POSTGRES_MIGRATIONS, '0001-records-and-index.sql'), join(first, '0001-records-and-index.sql'));
  const client = await connectTo(database);
  await client.query('CREATE SCHEMA annals; SET search_path TO annals');
  await migrateSchema(client, 'annals', first, { now: NOW, random: RANDOM });
  await client.query(ROWS);
  expect(await migrateSchema(client, 'annals', POSTGRES_MIGRATIONS, { now: NOW, random: RANDOM })).toEqual(
    readdirSync(POSTGRES_MIGRATIONS).toSorted().slice(1),
  );
  await client.end();

  const engine = postgresEngine('postgres://pglite/postgres', { soleSession: () => connectTo(database) });
  onTestFinished(() => engine.close());
  expect(await reindex({ engine }, noProgress)).toBe(8);
  const [records, items, authors, published] = await engine.read([
    statement<[slug: string, document: Buffer]>('SELECT slug, document FROM records ORDER BY id'),
    statement<[item: Buffer]>('SELECT item FROM moments ORDER BY id'),
    statement('SELECT ordinal, name, key FROM authors ORDER BY ordinal'),
    statement('SELECT published_start_min, published_end_max, published_doubted FROM sources'),
  ]);
  const documents = Object.fromEntries(records.map(([slug, document]) => [slug, parsed(document)]));
  expect(documents).toMatchObject({
    dushanbe: {
      partOf: ['asia'],
      coordinates: { latitude: 38.56, longitude: 68.77 },
      names: [{ name: 'Stalinabad', kind: 'variant' }],
      identifiers: [{ scheme: 'wikidata', value: 'Q9365' }],
    },
    charter: { authors: ['The members', 'É. Author'], published: { edtf: '2002-10-07' } },
    exercise: { places: ['dushanbe'], date: { edtf: '2018-03-26' }, figures: [{ label: 'personnel', value: 3800 }] },
    pact: { dates: [{ role: 'signed', place: 'dushanbe' }, { role: 'ended' }] },
  });
  expect([documents['asia'], documents['council'], documents['pact']].filter((each) => 'places' in each! || 'country' in each!)).toEqual(
    [],
  );
  const lives = items.map(([item]) => parsed(item)).slice(4);
  expect(lives).toMatchObject([
    { role: 'member', date: { edtf: '2002/..' }, organization: 'alliance' },
    { role: 'chair', date: { edtf: '2021' }, organization: 'alliance' },
  ]);
  expect(items.slice(0, 4).map(([item]) => parsed(item)['places'])).toEqual([['dushanbe'], undefined, ['dushanbe'], undefined]);
  expect(authors).toEqual([
    [0, 'The members', 'members'],
    [1, 'É. Author', 'eauthor'],
  ]);
  expect(published).toEqual([[11_967, 11_967, 0]]);
});
