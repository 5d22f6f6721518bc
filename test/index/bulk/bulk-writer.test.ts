import Database from 'better-sqlite3';
import { expand } from '../../../src/storage/dialect.ts';
import { sqliteDialect } from '../../../src/storage/sqlite/dialect.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bulkWriter } from '../../../src/index/bulk/bulk-writer.ts';
import type { IndexEntry, MomentColumns, Term } from '../../../src/index/entry.ts';
import type { Statement } from '../../../src/storage/port.ts';
import { levelOf, placeOf, slotOf } from '../../../src/domain/time/levels.ts';
import { temporaryDatabase } from '../../helpers/database.ts';

const TERMS = 12;

/** A database with terms that no moment has. */
async function withTerms(): Promise<Buffer> {
  const database = new Database(await temporaryDatabase());
  for (let term = 1; term <= TERMS; term += 1) database.prepare("INSERT INTO terms VALUES (?, 'topic', ?, 0)").run(term, String(term));
  database.pragma('journal_mode = DELETE'); // there is no log in memory
  const copy = database.serialize();
  database.close();
  return copy;
}

/** A few days, so that moments share months, with some of its terms. */
const drawn = fc.record({
  type: fc.constantFrom('event' as const, 'meeting' as const, 'agreement' as const),
  day: fc.integer({ min: -200, max: 200 }),
  length: fc.constantFrom(0, 1, 40, 400),
  terms: fc.uniqueArray(fc.integer({ min: 1, max: TERMS }), { minLength: 1 }),
});

type Drawn = { type: 'event' | 'meeting' | 'agreement'; day: number; length: number; terms: number[] };

/** Months have thirty days here. */
const month = (day: number): number => Math.floor(day / 30);

function columnsOf({ day, length }: Drawn, key: number): MomentColumns {
  const level = levelOf(day, day + length, { start: false, end: false });
  const days = { startMin: day, startMax: day + length / 2, endMin: day, endMax: day + length };
  const months = { startMonth: month(day), startMonthMax: month(day + length / 2), endMonth: month(day + length) };
  return { ...days, ...months, level, key, slot: slotOf(day, placeOf(level)), doubted: 0, members: null };
}

function entryWith(moment: Drawn, key: number): IndexEntry {
  const terms = moment.terms.map((term): Term => ['topic', String(term)]);
  const moments = [{ ...columnsOf(moment, key), terms }];
  return { key, type: moment.type, moments, words: [], names: [], text: { title: { text: '' }, names: [], body: [] } };
}

/** Rows of the index after imports, one after the other, that sort blocks of a size. */
function indexed(empty: Buffer, imports: readonly (readonly Drawn[])[], block: number): unknown[] {
  const database = new Database(empty);
  let key = 0;
  for (const moments of imports) {
    const writer = bulkWriter({ isLarge: false, block });
    const run = (statements: Iterable<Statement>) => {
      for (const { sql, params, phase } of statements) if (!phase) database.prepare(expand(sql, sqliteDialect)).run(...params);
    };
    for (const each of moments) {
      writer.add(entryWith(each, ++key), ([, value]) => Number(value));
      run(writer.drain());
    }
    run(writer.finish());
  }
  const tables = ['postings', 'monthly_counts', 'terms'].map((table) =>
    database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2, 3`).raw().all(),
  );
  database.close();
  return tables;
}

test('the index is the same for any number of blocks and any earlier rows', async () => {
  const empty = await withTerms();
  fc.assert(
    fc.property(fc.array(fc.array(drawn, { maxLength: 40 }), { maxLength: 2 }), fc.integer({ min: 1, max: 60 }), (imports, block) => {
      expect(indexed(empty, imports, block)).toEqual(indexed(empty, [imports.flat()], Infinity));
    }),
    { seed: 1, numRuns: 60 },
  );
});

test('long texts are written before many are held in memory', () => {
  const writer = bulkWriter({ isLarge: false });
  const text = { title: { text: '' }, names: [], body: [{ text: 'word '.repeat(2 ** 20) }] };
  let written = 0;
  for (let key = 1; key <= 40; key += 1) {
    writer.add({ key, type: 'source', moments: [], words: [], names: [], text }, Number);
    written += [...writer.drain()].length;
  }
  expect(written).toBeGreaterThanOrEqual(26);
});
