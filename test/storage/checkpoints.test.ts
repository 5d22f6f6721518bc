import { setTimeout } from 'node:timers/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test, vi } from 'vitest';
import { statement } from '../../src/storage/port.ts';
import { sqliteEngine } from '../../src/storage/sqlite/engine.ts';
import { temporaryFolder } from '../helpers/database.ts';

/** A length of the log at which the pool makes a checkpoint and a commit does not. */
const LARGE = 80 * 2 ** 20;

/** An engine on a file of its own with one table, and how many pages its log has and how many of them the database file has, too. */
async function engineWithLog(threads: number) {
  const path = join(temporaryFolder(), 'notes.db');
  const engine = sqliteEngine(path, { readerPool: { threads, queue: 10, timeout: 20_000 } });
  onTestFinished(() => engine.close());
  const other = new Database(path);
  onTestFinished(() => void other.close());
  await engine.write([statement('CREATE TABLE notes (id INTEGER PRIMARY KEY, text BLOB) STRICT')]);
  const log = () => {
    const [row] = other.pragma('wal_checkpoint(NOOP)') as [{ log: number; checkpointed: number }]; // @NOTE the columns of this pragma
    return { pages: row.log, copied: row.checkpointed };
  };
  return {
    engine,
    other,
    log,
    write: (bytes: number) => engine.write([statement('INSERT INTO notes (text) VALUES (zeroblob(?))', bytes)]),
  };
}

test('a log that has grown long is copied by a thread, after the write is answered, and begins anew', async () => {
  const { log, write } = await engineWithLog(1);
  await write(LARGE);
  const { pages, copied } = log();
  expect(pages).toBeGreaterThan(LARGE / 4096);
  expect(copied).toBeLessThan(pages);
  await vi.waitUntil(() => log().copied === pages, 20_000);
  await write(1);
  expect(log().pages).toBeLessThan(10);
});

test('without threads the commit itself copies a log that has grown long', async () => {
  const { log, write } = await engineWithLog(0);
  await write(LARGE);
  const { pages, copied } = log();
  expect(copied).toBe(pages);
});

test('an engine that is closed while its log is copied ends soon, and keeps what was written', async () => {
  const { engine, other, write } = await engineWithLog(1);
  await write(LARGE);
  await setTimeout(200);
  const started = performance.now();
  await engine.close();
  expect(performance.now() - started).toBeLessThan(8000);
  expect(other.prepare('SELECT length(text) FROM notes').pluck().get()).toBe(LARGE);
});
