import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { ConstraintError, type Engine, guard, statement } from '../../src/storage/port.ts';
import { openConnections } from '../../src/storage/sqlite/connections.ts';
import { sqliteEngine } from '../../src/storage/sqlite/engine.ts';
import { temporaryFolder } from '../helpers/database.ts';
import { breaking, engineWithNotes, last, note, texts } from '../helpers/notes.ts';
import { holdsWrites } from './engine-contract.ts';

const settings = (connection: Database.Database, ...names: string[]) => names.map((name) => connection.pragma(name, { simple: true }));

/** Number of transactions in the write-ahead log: a frame with the size of the database ends one. */
function commitsIn(path: string): number {
  const wal = readFileSync(`${path}-wal`);
  const pageSize = wal.readUInt32BE(8);
  let commits = 0;
  for (let at = 32; at + 24 + pageSize <= wal.length; at += 24 + pageSize) if (wal.readUInt32BE(at + 4) !== 0) commits += 1;
  return commits;
}

describe('writes', () => {
  holdsWrites(async (options) => (await engineWithNotes(options)).engine);

  test('share one transaction when they arrive together, and not with later ones', async () => {
    const { engine, path } = await engineWithNotes();
    const before = commitsIn(path);
    await Promise.all(['a', 'b', 'c', 'd'].map((text) => engine.write([note(text)])));
    const together = commitsIn(path);
    await engine.write([note('e')]);
    await engine.write([note('f')]);
    const apart = commitsIn(path);
    expect([together - before, apart - together]).toEqual([1, 2]);
    expect(await texts(engine)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  test('keep all batches beside one that fails, and nothing of that one', async () => {
    const { engine } = await engineWithNotes();
    const results = await Promise.allSettled([
      engine.write([note('a')]),
      engine.write([note('b'), note('a'), note('never')]),
      engine.write([note('c')]),
      engine.write([statement('this is no SQL')]),
      engine.write([note('d')]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: expect.any(ConstraintError) as unknown });
    expect(await texts(engine)).toEqual(['a', 'c', 'd']);
  });

  test('run the final statements of all batches last and in the order of their numbers', async () => {
    const { engine } = await engineWithNotes();
    await Promise.all([engine.write([last('d', 3), last('b', -1), note('a')]), engine.write([last('c', 2), note('a2'), last('e', 3)])]);
    const [rows] = await engine.read([statement<[text: string]>('SELECT text FROM notes ORDER BY id')]);
    expect(rows.flat()).toEqual(['a', 'a2', 'b', 'c', 'd', 'e']);
  });

  test('undo the final statements of a batch that fails, and keep those of others', async () => {
    const { engine } = await engineWithNotes();
    const results = await Promise.allSettled([
      engine.write([last('a', 0)]),
      engine.write([note('b'), last('a', 0)]),
      engine.write([last('c', 0)]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await texts(engine)).toEqual(['a', 'c']);
  });

  test('are kept when the engine is closed right after they were accepted', async () => {
    const { engine, path } = await engineWithNotes();
    const accepted = engine.write([note('a')]);
    await engine.close();
    await accepted;
    const again = sqliteEngine(path);
    expect(await texts(again)).toEqual(['a']);
    await again.close();
  });

  test('are refused as busy while another process holds the database', { timeout: 20_000 }, async () => {
    const { engine, path } = await engineWithNotes();
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    await expect(engine.write([note('a')])).rejects.toMatchObject({ code: 'storage-busy' });
    other.exec('COMMIT');
    other.close();
    await engine.write([note('b')]);
    expect(await texts(engine)).toEqual(['b']);
  });
});

describe('loads', () => {
  const SETTINGS = ['journal_mode', 'foreign_keys', 'cache_size'].map((name) => statement(`PRAGMA ${name}`));
  const usual = [['wal'], [1], [-65_536]];

  /** Settings of the writing connection during a load and afterwards. */
  async function settingsIn(engine: Engine): Promise<{ meanwhile: unknown[][]; afterwards: unknown[][] }> {
    const meanwhile: unknown[][] = [];
    for (const setting of SETTINGS) meanwhile.push(...(await engine.load([note(setting.sql), setting])));
    const afterwards: unknown[][] = [];
    for (const setting of SETTINGS) afterwards.push(...(await engine.write([setting])));
    return { meanwhile, afterwards };
  }

  test('lock a database that no other process has open, and do not use its log', async () => {
    const { engine } = await engineWithNotes();
    expect(await settingsIn(engine)).toEqual({ meanwhile: [['delete'], [0], [-196_608]], afterwards: usual });
    expect(await texts(engine)).toHaveLength(3);
  });

  test('use the log when other processes have the database open, which can still read', async () => {
    const { engine, path } = await engineWithNotes();
    const other = new Database(path, { readonly: true });
    const count = () => other.prepare('SELECT count(*) FROM notes').pluck().get();
    expect(count()).toBe(0);
    const counts: unknown[] = [];
    function* watched() {
      yield note('a');
      counts.push(count());
    }
    await engine.load(watched());
    expect([...counts, count()]).toEqual([0, 1]);
    expect(await settingsIn(engine)).toEqual({ meanwhile: [['wal'], [0], [-196_608]], afterwards: usual });
    other.close();
  });

  test('keep nothing when they fail, and restore all settings', async () => {
    const { engine } = await engineWithNotes();
    await expect(engine.load(breaking())).rejects.toThrow('the source broke');
    await expect(engine.load([note('a'), note('a')])).rejects.toBeInstanceOf(ConstraintError);
    const refused = new Error('refused');
    await expect(engine.load([note('a'), guard(1, refused, 'SELECT 1 WHERE false')])).rejects.toBe(refused);
    expect(await texts(engine)).toEqual([]);
    for (const [index, setting] of SETTINGS.entries()) expect(await engine.write([setting])).toEqual([usual[index]]);
  });

  test('and concurrent writes are all made, and each changes the data version', async () => {
    const { engine } = await engineWithNotes();
    const versions = new Set([await engine.version()]);
    await Promise.all([engine.write([note('a')]), engine.load([note('b')]), engine.write([note('c')]), engine.load([note('d')])]);
    versions.add(await engine.version());
    await engine.load([note('e')]);
    versions.add(await engine.version());
    await engine.load([note('f')]);
    versions.add(await engine.version());
    expect(new Set(await texts(engine))).toEqual(new Set(['a', 'b', 'c', 'd', 'e', 'f']));
    expect(versions.size).toBe(4);
  });

  test('are refused as busy while another process holds the database', { timeout: 20_000 }, async () => {
    const { engine, path } = await engineWithNotes();
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    await expect(engine.load([note('a')])).rejects.toMatchObject({ code: 'storage-busy' });
    other.exec('COMMIT');
    other.close();
    await engine.load([note('b')]);
    expect(await texts(engine)).toEqual(['b']);
  });
});

describe('while another process holds the database', () => {
  test('reads succeed, and writes wait until it releases the lock', async () => {
    const { engine, path } = await engineWithNotes();
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    const start = performance.now();
    const waiting = [engine.write([note('a')]), engine.write([note('b')])];
    for (let turn = 0; turn < 5; turn += 1) await setTimeout(20);
    expect(await texts(engine)).toEqual([]);
    expect(performance.now() - start).toBeLessThan(2000);
    waiting.push(engine.write([note('c')]));
    other.exec('COMMIT');
    other.close();
    await Promise.all(waiting);
    expect(await texts(engine)).toEqual(['a', 'b', 'c']);
  });
});

test('SQLite confirms the settings of the connections', () => {
  const { writer, reader } = openConnections(join(temporaryFolder(), 'empty.db'));
  expect(settings(writer, 'journal_mode', 'synchronous', 'foreign_keys', 'trusted_schema', 'query_only')).toEqual(['wal', 2, 1, 0, 0]);
  expect(settings(reader, 'journal_mode', 'trusted_schema', 'query_only')).toEqual(['wal', 0, 1]);
  expect(settings(writer, 'wal_autocheckpoint')).toEqual([8000]);
  // A file for what an import sorts beyond its cache, memory for readers.
  expect(settings(writer, 'cache_size', 'temp.cache_size', 'temp_store', 'threads')).toEqual([-65_536, -65_536, 1, 1]);
  expect(settings(reader, 'cache_size', 'temp_store')).toEqual([-24_576, 2]);
  reader.close();
  writer.close();
});
