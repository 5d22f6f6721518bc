import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { copyDatabase } from '../../../src/storage/maintenance/copy.ts';
import { temporaryFolder } from '../../helpers/database.ts';

/** A database in WAL mode of some 30 MB, so that it is copied in several steps, and the connection that made it. */
function largeDatabase(): { path: string; connection: Database.Database } {
  const path = join(temporaryFolder(), 'large.db');
  const connection = new Database(path);
  onTestFinished(() => void connection.close());
  connection.pragma('journal_mode = WAL');
  connection.exec('CREATE TABLE notes (id INTEGER PRIMARY KEY, text BLOB)');
  const insert = connection.prepare('INSERT INTO notes (text) VALUES (zeroblob(1000000))');
  for (let count = 0; count < 30; count += 1) insert.run();
  return { path, connection };
}

const notesIn = (path: string): unknown => {
  const connection = new Database(path, { readonly: true });
  const count = connection.prepare('SELECT count(*) FROM notes').pluck().get();
  connection.close();
  return count;
};

test('a copy has the state at its start, and does not start again when others write meanwhile', async () => {
  const { path, connection } = largeDatabase();
  const copy = join(temporaryFolder(), 'copy.db');
  const told: number[] = [];
  await copyDatabase(path, copy, (done, total) => {
    expect(done).toBeLessThanOrEqual(total);
    told.push(done);
    if (told.length < 50) connection.exec('INSERT INTO notes (text) VALUES (zeroblob(10))');
    expect(existsSync(copy)).toBe(false);
  });
  expect(told.length).toBeGreaterThan(2);
  expect(told).toEqual(told.toSorted((one, other) => one - other));
  expect(notesIn(copy)).toBe(30);
  expect(notesIn(path)).toBe(30 + told.length);
});

test('a copy that fails keeps the old file, and leaves no other', async () => {
  const { path } = largeDatabase();
  const copy = join(temporaryFolder(), 'copy.db');
  await copyDatabase(path, copy, () => undefined);
  const failing = copyDatabase(path, copy, () => {
    throw new Error('stopped');
  });
  await expect(failing).rejects.toThrow('stopped');
  expect(readdirSync(dirname(copy))).toEqual(['copy.db']);
  expect(notesIn(copy)).toBe(30);
});
