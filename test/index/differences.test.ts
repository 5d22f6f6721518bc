import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { correctionOf, INDEX_ROWS, type IndexRows, NAME_LENGTHS, ownerOf } from '../../src/index/differences.ts';
import { openComparison } from '../../src/storage/maintenance/compare.ts';
import type { Mismatch } from '../../src/storage/store.ts';
import { seededCopy } from '../helpers/app.ts';
import { temporaryFolder } from '../helpers/database.ts';

/** The differences of the seeds' index, spoilt by a statement, from a sound one; and numbers that a query reads from the sound one. */
async function spoilt(rows: IndexRows, sql: string, query: string): Promise<{ differences: Mismatch[]; numbers: number[] }> {
  const kept = await seededCopy();
  const rebuilt = join(temporaryFolder(), 'rebuilt.db');
  copyFileSync(kept, rebuilt);
  const [one, other] = [new Database(kept), new Database(rebuilt)];
  one.exec(sql);
  const numbers = other.prepare<[], number>(query).pluck().all();
  for (const each of [one, other]) each.close();
  const comparison = openComparison(kept, rebuilt, () => undefined);
  const differences: Mismatch[] = [];
  for await (const each of comparison.differences(rows)) differences.push(each);
  await comparison.close();
  return { differences, numbers };
}

const { terms, postings } = INDEX_ROWS as { terms: IndexRows; postings: IndexRows };

test.each([
  [
    'full text',
    'DELETE FROM search WHERE rowid >= 0',
    'moment',
    `SELECT m.id FROM moments m JOIN records r ON r.id = m.record_id WHERE r.type <> 'actor' ORDER BY m.id`,
  ],
  ['lengths of texts', 'DELETE FROM search WHERE rowid < 0', 'record', 'SELECT -id FROM search_docsize WHERE id < 0 ORDER BY id DESC'],
  ['near names', 'DELETE FROM nearby', 'name', 'SELECT id FROM nearby_docsize ORDER BY id'],
  ['lengths of names', 'DELETE FROM nearby', 'name', 'SELECT id FROM nearby_docsize ORDER BY id'],
])('rows of the %s that differ after %s have a %s as owner', async (name, sql, kind, query) => {
  const rows = INDEX_ROWS[name] ?? NAME_LENGTHS;
  const { differences, numbers } = await spoilt(rows, sql, query);
  const owners = differences.map((difference) => ownerOf(rows, difference)!);
  expect(numbers.length).toBeGreaterThan(100);
  expect([...new Set(owners.map(([of]) => of))]).toEqual([kind]);
  const keys = [...new Set(owners.map(([, key]) => key))].toSorted((one, other) => one - other);
  // A name without three letters has a length only.
  if (name === 'near names') expect(numbers).toEqual(expect.arrayContaining(keys));
  else expect(keys).toEqual(numbers);
});

test('a sum is corrected by its difference', async () => {
  const { differences, numbers } = await spoilt(terms, 'UPDATE terms SET count = count + 2', 'SELECT id FROM terms');
  const { counts } = correctionOf(terms, differences);
  expect(counts).toHaveLength(numbers.length);
  expect(counts.every(({ more }) => more === -2)).toBe(true);
  expect(differences.map((difference) => ownerOf(terms, difference))).toEqual(numbers.map(() => undefined));
});

test('a posting that is not in the rebuild is deleted by its key', async () => {
  const { differences } = await spoilt(postings, 'INSERT INTO postings VALUES (77777, 2, 3, 4)', 'SELECT 1');
  const [{ was, is }] = differences as [Mismatch];
  expect(is).toBeUndefined();
  expect(postings.deleteExtra!(was!)).toMatchObject({ sql: expect.stringContaining('DELETE FROM postings'), params: [77777, 2, 3n] });
});
