import Database from 'better-sqlite3';
import { beforeEach, describe, expect, test } from 'vitest';
import { check } from '../../src/records/check.ts';
import { noProgress } from '../../src/domain/progress.ts';
import { DERIVED } from '../../src/records/reindex.ts';
import { seededCopy, smallCopy } from '../helpers/app.ts';
import { storeAt } from '../helpers/store.ts';
import { tamper } from '../helpers/tamper.ts';

describe('the check of the seeds', () => {
  test('finds nothing in a sound database, and counts its records, changes and derived tables', async () => {
    const { records, changes, derived, findings } = await check(storeAt(await seededCopy()), noProgress);
    expect({ findings, derived }).toEqual({ findings: [], derived: Object.keys(DERIVED).length });
    expect([records, changes].every((count) => count > 300)).toBe(true);
  });

  test('finds a change in its last record and a gap in its change log', async () => {
    const seeded = await seededCopy();
    tamper(
      seeded,
      "UPDATE records SET sort_title = 'zzz' WHERE id = (SELECT max(id) FROM records); DELETE FROM changes WHERE sequence = 300",
    );
    const { findings } = await check(storeAt(seeded), noProgress);
    expect(findings).toContainEqual({ message: expect.stringMatching(/one is missing after number 299$/), remedy: 'restore' });
    expect(findings).toContainEqual({ message: expect.stringMatching(/^the rendered records differ from a rebuild/), remedy: 'reindex' });
  });
});

/** The path of a small database, which each of the other tests changes. */
let path = '';
beforeEach(async () => {
  path = await smallCopy();
});

describe('the check of a database', () => {
  test('finds nothing in a sound database', async () => {
    expect((await check(storeAt(path), noProgress)).findings).toEqual([]);
  });

  test.each([
    ['rendered records', "UPDATE records SET document = CAST('{}' AS BLOB) WHERE id = 7"],
    ['rendered records', "UPDATE records SET sort_title = 'zzz' WHERE id = 7"],
    ['rendered records', "UPDATE records SET sort_title = CAST(sort_title || x'EDA080' AS TEXT) WHERE id = 7"],
    ['moments', 'UPDATE moments SET end_max = end_max + 1 WHERE ordinal = 1'],
    ['memberships', 'UPDATE memberships SET end_max = end_max - 1 WHERE ordinal = 0'],
    ['authors', "UPDATE authors SET key = 'nonsense' WHERE ordinal = 1"],
    ['figures', "UPDATE figures SET key = 'nonsense' WHERE ordinal = 0"],
    ['sources', 'UPDATE sources SET published_end_max = 1 WHERE published_edtf IS NOT NULL'],
    ['places', "UPDATE places SET attribute_terms = '[]' WHERE attributes IS NOT NULL"],
    ['lookups', 'DELETE FROM lookups WHERE id = 3'],
    ['lookups', "UPDATE lookups SET key = key || 'x' WHERE id = 3"],
    ['terms', "DELETE FROM terms WHERE field = 'everything'"],
    ['terms', "UPDATE terms SET count = count + 1 WHERE field = 'everything'"],
    ['postings', 'DELETE FROM postings WHERE (term, level, position) IN (SELECT term, level, position FROM postings LIMIT 1)'],
    ['postings', 'INSERT INTO postings VALUES (1, 2, 3, 4)'],
    ['monthly counts', 'UPDATE monthly_counts SET started = started + 1 WHERE month = (SELECT max(month) FROM monthly_counts)'],
    ['vocabulary', "INSERT INTO vocabulary VALUES ('event', 'kind', 'nonsense', 3)"],
    ['full text', "INSERT INTO search (rowid, title) VALUES (5, 'nonsense')"],
    ['full text', 'DELETE FROM search WHERE rowid = (SELECT max(rowid) FROM search)'],
    ['lengths of texts', 'DELETE FROM search WHERE rowid = (SELECT max(rowid) FROM search)'],
    ['points', 'DELETE FROM place_points'],
    ['points', 'INSERT INTO place_points VALUES (999999, 1, 1, 2, 2)'],
    ['points', 'UPDATE place_points SET min_latitude = min_latitude - 1'],
    ['near names', "INSERT INTO nearby (nearby) VALUES ('delete-all')"],
    ['near names', "INSERT INTO nearby (rowid, key) VALUES (999999, 'nonsense')"],
  ])('finds a difference in the %s after %s', async (name, sql) => {
    tamper(path, sql);
    const { findings } = await check(storeAt(path), noProgress);
    const message = new RegExp(`^the ${name} differ from a rebuild; the first difference: there is .+, and should be .+$`);
    expect(findings).toContainEqual({ message: expect.stringMatching(message), remedy: 'reindex' });
    expect(findings.filter(({ remedy }) => remedy === 'restore')).toEqual([]);
  });

  test.each([
    [
      'UPDATE changes SET sequence = sequence + 1 WHERE sequence = (SELECT max(sequence) FROM changes)',
      /changes up to number \d+: one is missing after number \d+/,
    ],
    ['DELETE FROM changes WHERE sequence = 4', /one is missing after number 3/],
    ['UPDATE records SET revision = 2 WHERE id = 7', /is at a revision that is not the last in the change log/],
    ["UPDATE changes SET action = 'deleted' WHERE sequence = 4", /is at a revision that is not the last in the change log/],
    ["UPDATE changes SET slug = 'ghost' WHERE sequence = 4", /"ghost" is not as the last change in the log left it/],
    ['UPDATE changes SET revision = 2 WHERE sequence = 4', /the change log misses a revision of the/],
    [
      'PRAGMA foreign_keys = OFF; UPDATE citations SET source_id = 999999 WHERE ordinal = 0',
      /rows of the table citations refer to rows of records that do not exist/,
    ],
  ])('finds damage that needs a backup after %s', async (sql, message) => {
    tamper(path, sql);
    const { findings } = await check(storeAt(path), noProgress);
    expect(findings).toContainEqual({ message: expect.stringMatching(message), remedy: 'restore' });
  });
});

describe('the check finds a foreign or changed part of the schema:', () => {
  test.each([
    [
      'trigger',
      `CREATE TRIGGER "a ""spy" AFTER INSERT ON records BEGIN UPDATE api_keys SET scope = 'admin'; END`,
      'the trigger "a ""spy" is not of Annals: remove it with DROP TRIGGER "a ""spy"',
    ],
    [
      'trigger that stops the rebuild',
      `CREATE TRIGGER stop BEFORE UPDATE ON records BEGIN SELECT RAISE(ABORT, 'no'); END`,
      'the trigger "stop" is not of Annals: remove it with DROP TRIGGER "stop"',
    ],
    ['index', 'CREATE INDEX mine ON records (kind)', 'the index "mine" is not of Annals: remove it with DROP INDEX "mine"'],
    ['view', 'CREATE VIEW mine AS SELECT 1', 'the view "mine" is not of Annals: remove it with DROP VIEW "mine"'],
    ['table', 'CREATE TABLE mine (a)', 'the table "mine" is not of Annals: remove it with DROP TABLE "mine"'],
  ])('a %s', async (_name, sql, message) => {
    tamper(path, sql);
    const { findings } = await check(storeAt(path), noProgress);
    expect(findings).toEqual([{ message, remedy: 'drop' }]);
  });

  test.each([
    ['DROP INDEX records_by_title', 'the index "records_by_title" is missing'],
    [
      'DROP INDEX records_by_title; CREATE INDEX records_by_title ON records (title)',
      'the index "records_by_title" is not as the migrations make it',
    ],
  ])('%s', async (sql, message) => {
    tamper(path, sql);
    expect((await check(storeAt(path), noProgress)).findings).toEqual([{ message, remedy: 'restore' }]);
  });

  test.each([
    ['ALTER TABLE figures DROP COLUMN low', { message: 'the column "low" of the table "figures" is missing', remedy: 'restore' }],
    [
      'ALTER TABLE places ADD COLUMN colour TEXT',
      {
        message: 'the column "colour" of the table "places" is not of Annals: remove it with ALTER TABLE "places" DROP COLUMN "colour"',
        remedy: 'drop',
      },
    ],
    [
      'ALTER TABLE figures DROP COLUMN low; ALTER TABLE figures ADD COLUMN low TEXT',
      { message: 'the column "low" of the table "figures" is not as the migrations make it', remedy: 'restore' },
    ],
    ['DROP TABLE idempotency_keys', { message: 'the table "idempotency_keys" is missing', remedy: 'restore' }],
  ])('%s', async (sql, finding) => {
    tamper(path, sql);
    expect((await check(storeAt(path), noProgress)).findings).toContainEqual(finding);
  });

  test('the statistics of ANALYZE are not foreign', async () => {
    tamper(path, 'ANALYZE');
    expect((await check(storeAt(path), noProgress)).findings).toEqual([]);
  });
});

test.each([
  ['DELETE FROM generation', 'has no generation'],
  ["UPDATE generation SET word = ''", 'has "" for a generation'],
  ["UPDATE generation SET word = 'unfit'", 'has "unfit" for a generation'],
])('the check finds a missing or malformed generation: %s', async (sql, found) => {
  tamper(path, sql);
  expect((await check(storeAt(path), noProgress)).findings).toEqual([
    { message: `the database ${found}, which is part of every ETag and position`, remedy: 'draw' },
  ]);
});

test('the check lists identifiers that several records of a type share', async () => {
  tamper(path, "UPDATE identifiers SET value = 'KZ' WHERE scheme = 'iso3166-1' AND value = 'UZ'");
  const { findings } = await check(storeAt(path), noProgress);
  const message = 'the identifier "iso3166-1:kz" belongs to "kazakhstan" and "uzbekistan", and should to one actor only';
  expect(findings).toContainEqual({ message, remedy: 'edit' });
});

test('the check lists ten shared identifiers and the number of the others', async () => {
  tamper(
    path,
    `WITH RECURSIVE numbers (n) AS (SELECT 10 UNION ALL SELECT n + 1 FROM numbers WHERE n < 22)
       INSERT INTO identifiers (record_id, ordinal, scheme, value)
         SELECT r.id, 100 + n, 'shared', n FROM numbers, records r WHERE r.type = 'actor' AND r.slug IN ('kazakhstan', 'uzbekistan')`,
  );
  const { findings } = await check(storeAt(path), noProgress);
  const edits = findings.flatMap(({ message, remedy }) => (remedy === 'edit' ? [message] : []));
  expect(edits).toHaveLength(11);
  expect(edits[0]).toBe('the identifier "shared:10" belongs to "kazakhstan" and "uzbekistan", and should to one actor only');
  expect(edits.at(-1)).toBe('and 3 more shared identifiers, which are not listed');
});

test('the check lists ten faults of a kind in the change log and the number of the others', async () => {
  tamper(path, 'UPDATE records SET revision = 2 WHERE id IN (SELECT id FROM records ORDER BY id LIMIT 15)');
  const { findings } = await check(storeAt(path), noProgress);
  const unlogged = findings.filter(({ message }) => message.endsWith('is at a revision that is not the last in the change log'));
  expect(unlogged).toHaveLength(10);
  expect(findings).toContainEqual({ message: 'and 5 more unlogged revisions, which are not listed', remedy: 'restore' });
});

/** The tables that clients write to, or that the program keeps for itself; no rebuild could make them. */
const TRUTH =
  'agreements api_keys changes entry_places events generation idempotency_keys identifiers index_definition links meetings migrations names paragraphs participations place_wholes relations sequences texts topics'.split(
    ' ',
  );

/** Under what name the check compares each other table. */
const COMPARED: Record<string, string> = {
  records: 'rendered records',
  moments: 'moments',
  memberships: 'memberships',
  citations: 'citations',
  // Of these, the columns that follow from the others.
  actors: 'actors',
  authors: 'authors',
  figures: 'figures',
  codebook: 'codebook',
  places: 'places',
  place_points: 'points',
  sources: 'sources',
  lookups: 'lookups',
  terms: 'terms',
  postings: 'postings',
  monthly_counts: 'monthly counts',
  vocabulary: 'vocabulary',
  search: 'full text',
  word_forms: 'word forms',
  nearby: 'near names',
};

test('every table is either written by clients or compared with a rebuild', () => {
  const connection = new Database(path, { readonly: true });
  const tables = connection
    .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')")
    .pluck()
    .all();
  connection.close();
  const own = tables.map(String).filter((name) => !name.startsWith('sqlite_'));
  expect(own.toSorted()).toEqual([...TRUTH, ...Object.keys(COMPARED)].toSorted());
  expect([...Object.values(COMPARED), 'lengths of texts'].toSorted()).toEqual(Object.keys(DERIVED).toSorted());
});
