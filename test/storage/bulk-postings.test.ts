import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bulkPostings } from '../../src/storage/bulk-postings.ts';
import type { IndexedMoment } from '../../src/storage/index-block.ts';
import { levelOf, positionOf } from '../../src/index/levels.ts';
import { temporaryDatabase, temporaryFolder } from '../helpers/database.ts';

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
const said = fc.record({
  type: fc.constantFrom('event', 'meeting', 'agreement'),
  day: fc.integer({ min: -200, max: 200 }),
  length: fc.constantFrom(0, 1, 40, 400),
  terms: fc.uniqueArray(fc.integer({ min: 1, max: TERMS }), { minLength: 1 }),
});

type Said = { type: string; day: number; length: number; terms: number[] };

/** Months of thirty days do as well as any. */
const month = (day: number): number => Math.floor(day / 30);

function momentOf({ type, day, length }: Said, key: number): IndexedMoment {
  const level = levelOf(day, day + length, { start: false, end: false });
  const months = { startMonth: month(day), startMonthMax: month(day + length / 2), endMonth: month(day + length) };
  return { type, level, position: positionOf(day, level, key), endMax: day + length, ...months };
}

/** All that is in the index when blocks of a size were put in, one import after the other. */
function indexed(empty: Buffer, imports: readonly (readonly Said[])[], block: number): unknown[] {
  const database = new Database(empty);
  let key = 0;
  for (const moments of imports) {
    const postings = bulkPostings(temporaryFolder(), block);
    for (const each of moments) postings.add(momentOf(each, ++key), each.terms);
    for (const { sql, params } of postings.finish()) database.prepare(sql).run(...params);
  }
  const tables = ['postings', 'monthly_counts', 'terms'].map((table) =>
    database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2, 3`).raw().all(),
  );
  database.close();
  return tables;
}

test('the index holds the same, however many blocks wait in files, and whatever is there before', async () => {
  const empty = await withTerms();
  fc.assert(
    fc.property(fc.array(fc.array(said, { maxLength: 40 }), { maxLength: 2 }), fc.integer({ min: 1, max: 60 }), (imports, block) => {
      expect(indexed(empty, imports, block)).toEqual(indexed(empty, [imports.flat()], Infinity));
    }),
    { seed: 1, numRuns: 60 },
  );
});
