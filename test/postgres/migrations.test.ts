import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { statement } from '../../src/storage/port.ts';
import { postgresStore } from '../../src/storage/postgres/maintenance/store.ts';
import { temporaryDatabase, temporaryFolder } from '../helpers/database.ts';
import { NOW, POSTGRES_MIGRATIONS, RANDOM } from '../helpers/fixtures.ts';

const CONTEXT = { now: NOW, random: RANDOM };

/** The name of a migration after all others. */
const NEXT = `${String(readdirSync(POSTGRES_MIGRATIONS).length + 1).padStart(4, '0')}-generation.sql`;

/** A database with every migration, and a store whose program has one more, which changes what all processes keep in their caches. */
async function databaseToMigrate() {
  const url = await temporaryDatabase();
  const folder = temporaryFolder();
  cpSync(POSTGRES_MIGRATIONS, folder, { recursive: true });
  const sql = "ALTER TABLE generation ADD COLUMN since BIGINT; UPDATE generation SET word = 'migrated'";
  writeFileSync(join(folder, NEXT), sql);
  const engine = await postgresStore(url, POSTGRES_MIGRATIONS).open();
  onTestFinished(() => engine.close());
  return { url, engine, migrate: () => postgresStore(url, folder).migrate(CONTEXT) };
}

const GENERATION = { ...statement<[word: string]>('SELECT * FROM generation'), cacheable: true } as const;

test('what other processes keep is read anew after a migration, and they write nothing more', async () => {
  const { engine, migrate } = await databaseToMigrate();
  const before = await engine.version();
  const [[first]] = await engine.read([GENERATION]);
  expect(await engine.read([GENERATION])).toEqual([[first]]);
  expect(await migrate()).toEqual({ applied: [NEXT] });
  expect(await engine.version()).toBe(before + 1);
  expect(await engine.read([GENERATION])).toEqual([[[1, 'migrated', null]]]);
  await expect(engine.write([statement("UPDATE generation SET word = 'late'")])).rejects.toMatchObject({ code: 'storage-migrated' });
});

test('a migration waits for the transaction that writes', async () => {
  const { url, engine, migrate } = await databaseToMigrate();
  const writing = new pg.Client(url);
  await writing.connect();
  onTestFinished(() => writing.end());
  await writing.query('BEGIN; UPDATE annals.commits SET version = version + 1');
  let isDone = false;
  const migrating = migrate().finally(() => (isDone = true));
  await setTimeout(500);
  // Nothing but the lock is held: others read.
  expect([isDone, (await engine.read([GENERATION])).length]).toEqual([false, 1]);
  await writing.query("UPDATE annals.generation SET word = 'before'; COMMIT");
  expect(await migrating).toEqual({ applied: [NEXT] });
  expect(await engine.read([GENERATION])).toEqual([[[1, 'migrated', null]]]);
});
