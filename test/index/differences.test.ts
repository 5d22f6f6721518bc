import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { type Correction, findDifferences } from '../../src/index/differences.ts';
import { openComparison } from '../../src/storage/maintenance/compare.ts';
import { type NumberedLists, numberedLists } from '../../src/storage/maintenance/numbered-lists.ts';
import { seededCopy } from '../helpers/app.ts';
import { temporaryFolder } from '../helpers/database.ts';

/** The differences of the seeds' index, spoilt by a statement, from a sound one; and keys that a query reads from the sound one. */
async function spoilt(sql: string, query: string): Promise<{ found: NumberedLists; keys: number[] }> {
  const kept = await seededCopy();
  const folder = temporaryFolder();
  const rebuilt = join(folder, 'rebuilt.db');
  copyFileSync(kept, rebuilt);
  const [one, other] = [new Database(kept), new Database(rebuilt)];
  one.exec(sql);
  const keys = other.prepare<[], number>(query).pluck().all();
  for (const each of [one, other]) each.close();
  const comparison = openComparison(kept, rebuilt, () => undefined);
  const found = numberedLists(join(folder, 'found.db'));
  findDifferences(comparison, found);
  comparison.close();
  onTestFinished(() => found.close());
  return { found, keys };
}

const numbersIn = (found: NumberedLists, list: string): number[] => Array.from(found.items(list), ({ number }) => number);

test('moments of which only the text differs are among the moments', async () => {
  const { found, keys } = await spoilt('DELETE FROM search WHERE rowid >= 0', 'SELECT id FROM moments ORDER BY id');
  expect(keys.length).toBeGreaterThan(100);
  expect(numbersIn(found, 'moments')).toEqual(keys);
});

test('texts of records without a moment come first', async () => {
  const { found, keys } = await spoilt('DELETE FROM search', 'SELECT id FROM search_docsize ORDER BY id');
  expect(keys[0]).toBeLessThan(0);
  expect(keys.at(-1)).toBeGreaterThan(0);
  expect(numbersIn(found, 'texts')).toEqual(keys);
});

test('lookups of more than a page are read each once, in order', async () => {
  const { found, keys } = await spoilt('DELETE FROM nearby', 'SELECT id FROM nearby_docsize ORDER BY id');
  expect(keys.length).toBeGreaterThan(500);
  expect(numbersIn(found, 'lookups')).toEqual(keys);
});

test('corrections of more than a page are read each once', async () => {
  const { found, keys } = await spoilt('UPDATE terms SET count = count + 1', 'SELECT id FROM terms');
  expect(keys.length).toBeGreaterThan(500);
  const corrections = Array.from(found.items('corrections')).flatMap(({ values }) => values as Correction[]);
  expect(corrections.filter(({ counts }) => counts)).toHaveLength(keys.length);
});

test('a moment has each of its wrong postings, and none that it lacks', async () => {
  const { found, keys } = await spoilt(
    'DELETE FROM postings WHERE position % 2 = 0; UPDATE postings SET end_day = end_day + 1',
    'SELECT count(*) FROM postings WHERE position % 2 = 1',
  );
  const items = [...found.items('moments')];
  expect(items.reduce((sum, { values }) => sum + values.length, 0)).toBe(keys[0]);
  expect(items.some(({ values }) => values.length === 0)).toBe(true);
});
