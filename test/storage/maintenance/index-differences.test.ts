import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { type IndexDifferences, indexDifferences } from '../../../src/storage/maintenance/index-differences.ts';
import { seededCopy } from '../../helpers/app.ts';
import { temporaryFolder } from '../../helpers/database.ts';

/** The differences of the seeds' index, spoilt by a statement, from a sound one; and keys that a query reads from the sound one. */
async function spoilt(sql: string, query: string): Promise<{ differences: IndexDifferences; keys: number[] }> {
  const kept = await seededCopy();
  const folder = temporaryFolder();
  const rebuilt = join(folder, 'rebuilt.db');
  copyFileSync(kept, rebuilt);
  const [one, other] = [new Database(kept), new Database(rebuilt)];
  one.exec(sql);
  const keys = other.prepare<[], number>(query).pluck().all();
  for (const each of [one, other]) each.close();
  const differences = indexDifferences({ kept, rebuilt, found: join(folder, 'found.db') }, () => undefined);
  onTestFinished(() => differences.close());
  return { differences, keys };
}

test('the moments whose texts alone differ are among the moments', async () => {
  const { differences, keys } = await spoilt('DELETE FROM search WHERE rowid >= 0', 'SELECT id FROM moments ORDER BY id');
  expect(keys.length).toBeGreaterThan(100);
  expect([...differences.moments()]).toEqual(keys);
});

test('the texts of records without a moment come first', async () => {
  const { differences, keys } = await spoilt('DELETE FROM search', 'SELECT id FROM search_docsize ORDER BY id');
  expect(keys[0]).toBeLessThan(0);
  expect(keys.at(-1)).toBeGreaterThan(0);
  expect([...differences.texts()]).toEqual(keys);
});

test('lookups of more than a page are read each once, in order', async () => {
  const { differences, keys } = await spoilt('DELETE FROM nearby', 'SELECT id FROM nearby_docsize ORDER BY id');
  expect(keys.length).toBeGreaterThan(500);
  expect([...differences.lookups()]).toEqual(keys);
});

test('corrections of more than a page are read each once', async () => {
  const { differences, keys } = await spoilt('UPDATE terms SET count = count + 1', 'SELECT id FROM terms');
  expect(keys.length).toBeGreaterThan(500);
  expect([...differences.corrections()].filter(({ table }) => table === 'terms')).toHaveLength(keys.length);
});

test('no list is held in memory', async () => {
  const { differences } = await spoilt('DELETE FROM postings; DELETE FROM nearby', 'SELECT 1');
  for (const list of [differences.moments(), differences.texts(), differences.lookups()]) expect(list).not.toBeInstanceOf(Array);
});
