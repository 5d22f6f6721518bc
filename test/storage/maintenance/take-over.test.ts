import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { takeOver } from '../../../src/storage/maintenance/take-over.ts';
import { filesBeside } from '../../helpers/backups.ts';
import { temporaryFolder } from '../../helpers/database.ts';

/** The outcome of a read of a database by another process: `ok`, or the code of SQLite's error. */
function readElsewhere(path: string): string {
  const script = `const Database = require('better-sqlite3');
    try { new Database(process.argv[1], { timeout: 0 }).prepare('SELECT count(*) FROM sqlite_schema').get(); console.log('ok'); }
    catch (error) { console.log(error.code); }`;
  return spawnSync(process.execPath, ['-e', script, path], { encoding: 'utf8', cwd: import.meta.dirname }).stdout.trim();
}

test.each([
  ['a database in WAL mode', 'CREATE TABLE notes (text); INSERT INTO notes VALUES (zeroblob(100000))', 100_000],
  ['no file', undefined, undefined],
])('the lock of a database is held during a copy of it until it is released: %s', async (_what, sql, size) => {
  const path = join(temporaryFolder(), 'annals.db');
  if (sql !== undefined) {
    const made = new Database(path);
    made.pragma('journal_mode = WAL');
    made.exec(sql);
    made.close();
  }
  const held = takeOver(path, 0o600);
  onTestFinished(() => void held.connection?.close());
  expect([held.isEmpty, filesBeside(path)]).toEqual([sql === undefined, ['annals.db']]);
  expect(readElsewhere(path)).toBe('SQLITE_BUSY');
  const copy = join(temporaryFolder(), 'copy.db');
  await held.connection!.backup(copy);
  expect(readElsewhere(path)).toBe('SQLITE_BUSY');
  expect(filesBeside(path)).toEqual(['annals.db']);
  held.letGo();
  expect(existsSync(path)).toBe(sql !== undefined);
  if (sql === undefined) return;
  expect(readElsewhere(path)).toBe('ok');
  const copied = new Database(copy, { readonly: true });
  expect(copied.prepare('SELECT length(text) FROM notes').pluck().get()).toBe(size);
  copied.close();
});

test('a database that another connection has open is not locked, and does not change', () => {
  const path = join(temporaryFolder(), 'annals.db');
  const other = new Database(path);
  onTestFinished(() => void other.close());
  other.pragma('journal_mode = WAL');
  other.exec('CREATE TABLE notes (text)');
  expect(() => takeOver(path, 0o600)).toThrow(expect.objectContaining({ reason: 'in-use' }));
  expect(other.pragma('journal_mode', { simple: true })).toBe('wal');
});
