import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entryOf, figureText, type IndexEntry } from '../../src/index/entry.ts';
import { assemble } from '../../src/records/document/assemble.ts';
import { SQLITE_MIGRATIONS } from '../helpers/fixtures.ts';
import { tamper } from '../helpers/tamper.ts';
import { importedWorld, type World } from '../query/oracle/world.ts';

test('a figure is written as SQLite writes it with %.15g', () => {
  const connection = new Database(':memory:');
  const print = connection.prepare<[number], string>("SELECT printf('%.15g', ?)").pluck();
  const decimals = fc
    .tuple(fc.integer({ min: -(10 ** 9), max: 10 ** 9 }), fc.integer({ min: 0, max: 12 }))
    .map(([digits, places]) => digits / 10 ** places);
  const value = fc.oneof(
    fc.double({ min: -1e15, max: 1e15, noNaN: true }).filter((each) => !Object.is(each, -0)),
    fc.integer({ min: -(10 ** 15), max: 10 ** 15 }),
    decimals,
    fc.constantFrom(
      0,
      1,
      0.1,
      1e15,
      -1e15,
      999_999_999_999_999,
      999_999_999_999_999.9,
      1e-4,
      0.000_099_999_999_999_999_99,
      1e-5,
      123e-9,
      5e-324,
    ),
  );
  fc.assert(
    fc.property(value, (each) => {
      expect(figureText(each)).toBe(print.get(each));
    }),
    { seed: 1, numRuns: 20_000 },
  );
  connection.close();
});

const PLACES_BEFORE = "SELECT m.id, m.record_id, 'place', r.slug FROM moments m JOIN records r ON r.id = m.place_id";

/**
 * The views by which releases before version 1 of the index defined what it holds: another implementation of the same rules. Entries have had several
 * places, and authors a table of their own, since then.
 */
const VIEWS = readFileSync(join(SQLITE_MIGRATIONS, '0001-records-and-index.sql'), 'utf8')
  .match(/^CREATE VIEW [^]+?;$/gm)!
  .join('')
  .replace(' s.authors,', '')
  .replace("printf('%.15g', value)", "iif(value IS NULL, NULL, printf('%.15g', value))")
  .replace(
    PLACES_BEFORE,
    `SELECT * FROM (${PLACES_BEFORE} UNION SELECT m.id, m.record_id, 'place', r.slug
      FROM moments m JOIN entry_places e ON e.record_id = m.record_id JOIN records r ON r.id = e.place_id)`,
  );

/** Fields of terms that the view of an older release does not know. */
const LATER_FIELDS = new Set(['basis', 'doubted', 'month-day', 'figure', 'attribute']);

/** The texts of the body of a record that the view of an older release does not know. */
const LATER_TEXTS = [
  'SELECT phrase FROM citations WHERE record_id = ? AND phrase IS NOT NULL',
  'SELECT number FROM meetings WHERE record_id = ? AND number IS NOT NULL',
  'SELECT r.slug FROM entry_places e JOIN records r ON r.id = e.place_id WHERE e.record_id = ?',
  'SELECT name FROM authors WHERE record_id = ?',
  "SELECT printf('%.15g', low) FROM figures WHERE record_id = ? AND low IS NOT NULL",
  "SELECT printf('%.15g', high) FROM figures WHERE record_id = ? AND high IS NOT NULL",
  'SELECT title FROM links WHERE record_id = ? AND title IS NOT NULL',
  ...['events', 'agreements', 'meetings', 'sources', 'actors', 'places'].map(
    (table) => `SELECT t.value FROM ${table} v JOIN json_tree(v.attributes) t WHERE v.record_id = ? AND t.type = 'text'`,
  ),
];

describe('the entry of a record', () => {
  let world: World;
  const entries = new Map<number, IndexEntry>();
  beforeAll(async () => {
    world = await importedWorld(31, { place: 6, actor: 12, source: 4, agreement: 50, meeting: 30, event: 60 });
    tamper(world.path, VIEWS);
    const { records } = await assemble(world.annals.engine, { first: 1, last: 1000 });
    for (const { model, key, input, momentKeys } of records)
      entries.set(key, entryOf(model, input, { key, momentKeys }, await relatedTo(key)));
  });
  afterAll(() => world.close());

  const rows = async (sql: string, ...params: number[]) => {
    const [found] = await world.annals.engine.read([{ sql, params }]);
    return found;
  };
  const texts = (sql: string, key: number): Promise<string[]> => rows(sql, key).then((found) => found.flat().map(String));

  async function relatedTo(key: number): Promise<string[]> {
    const found = await rows(
      `SELECT r.type || '/' || r.slug FROM records r WHERE r.id IN (SELECT to_id FROM relations WHERE record_id = ?
         UNION SELECT record_id FROM relations WHERE to_id = ?)`,
      key,
      key,
    );
    return found.map(([name]) => String(name));
  }

  test('has the terms of the view, each once', async () => {
    for (const [key, { type, moments }] of entries) {
      if (type === 'actor') continue; // which had no moments then
      const expected = await rows(
        'SELECT m.id, t.field, t.value FROM moment_terms t JOIN moments m ON m.id = t.moment WHERE t.record = ?',
        key,
      );
      const actual = moments.flatMap((moment) => moment.terms.map(([field, value]) => [moment.key, field, value]));
      expect(sorted(actual.filter(([, field]) => !LATER_FIELDS.has(String(field))))).toEqual(sorted(expected));
    }
  });

  test('has the words of the view, each once', async () => {
    for (const [key, { type, words }] of entries) {
      if (type === 'actor') continue; // whose memberships had no words then
      const expected = await rows('SELECT type, field, value FROM record_words WHERE record = ?', key);
      const known = words.filter(([field]) => !LATER_FIELDS.has(field));
      expect(sorted(known.map((word) => [type, ...word]))).toEqual(sorted(expected));
    }
  });

  test('has the text of the view, without notes, and what later releases search, too', async () => {
    for (const [key, { text }] of entries) {
      const [row] = await rows('SELECT title, names, body FROM record_text WHERE record = ?', key);
      const [title, names, body] = row as [string, string | null, string];
      const notes = await Promise.all(NOTED.map((table) => texts(`SELECT note FROM ${table} WHERE record_id = ?`, key)));
      const later = await Promise.all(LATER_TEXTS.map((sql) => texts(sql, key)));
      const [symbols] = await rows('SELECT symbols FROM meetings WHERE record_id = ? AND symbols IS NOT NULL', key);
      const list = (symbols?.[0] ?? '[]') as string; // @NOTE a column of text
      const left = [...notes.flat(), list];
      const expected = partsOf(body).filter((part) => !left.includes(part) || left.splice(left.indexOf(part), 1).length === 0);
      expect([text.title.text, text.names.map((name) => name.text).join(' ; ')]).toEqual([title, names ?? '']);
      expect(text.body.map((part) => part.text).toSorted()).toEqual(
        [...expected, ...later.flat(), ...(JSON.parse(list) as string[])].toSorted(),
      );
    }
  });

  test('has the stored names', async () => {
    for (const [key, { names }] of entries)
      expect(sorted(names)).toEqual(sorted((await rows('SELECT key FROM lookups WHERE record_id = ?', key)).map(([name]) => name)));
  });
});

const NOTED = ['events', 'agreements', 'meetings', 'actors', 'sources', 'places'];

const sorted = (items: readonly unknown[]): string[] => items.map((item) => JSON.stringify(item)).toSorted();
const partsOf = (body: string): string[] => body.split(' ; ').filter((part) => part !== '');
