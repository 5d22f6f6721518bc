import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { noProgress } from '../../src/domain/progress.ts';
import { GENERATION as FORM } from '../../src/domain/generation.ts';
import { currentGeneration } from '../../src/storage/tables/records.ts';
import { drawGeneration, drawGenerationIn } from '../../src/storage/sqlite/generation.ts';
import { seededApp } from '../helpers/app.ts';
import { runOn } from '../helpers/command.ts';
import { migrationsTo, temporaryDatabase, temporaryFolder } from '../helpers/database.ts';
import { GENERATION, SQLITE_MIGRATIONS, NOW, RANDOM } from '../helpers/fixtures.ts';
import { tamper } from '../helpers/tamper.ts';
import { storeAt } from '../helpers/store.ts';

const generationIn = (path: string): unknown => {
  const connection = new Database(path, { readonly: true });
  const words = connection.prepare('SELECT word FROM generation').pluck().all();
  connection.close();
  expect(words).toHaveLength(1);
  return words[0];
};

test('a database gets its generation when it is created, and keeps it in later migrations', async () => {
  const path = await temporaryDatabase();
  expect(generationIn(path)).toBe(GENERATION);
  expect(GENERATION).toMatch(new RegExp(`^${FORM}$`));
  await storeAt(path).migrate({ now: NOW, random: randomBytes });
  expect(generationIn(path)).toBe(GENERATION);
});

test('a database without a generation gets one from its migration, and not earlier', async () => {
  const path = join(temporaryFolder(), 'annals.db');
  await storeAt(path, migrationsTo(5)).migrate({ now: NOW, random: RANDOM });
  expect(drawGenerationIn(path, RANDOM)).toBeUndefined();
  await storeAt(path).migrate({ now: NOW, random: RANDOM });
  expect(generationIn(path)).toBe(GENERATION);
});

test('a backup, a restored database, a copy before a migration and a new draw each have a new generation', async () => {
  const path = join(temporaryFolder(), 'annals.db');
  const all = readdirSync(SQLITE_MIGRATIONS).length;
  await storeAt(path, migrationsTo(6)).migrate({ now: NOW, random: randomBytes });
  const first = generationIn(path);
  const to = join(temporaryFolder(), 'backup.db');
  await storeAt(path).backUp(to, { now: NOW, random: randomBytes }, noProgress);
  const restored = join(temporaryFolder(), 'restored.db');
  await storeAt(restored).restore(to, { now: NOW, random: randomBytes });
  const seen = [first, generationIn(to), generationIn(restored)];
  await storeAt(restored).restore(to, { now: NOW, random: randomBytes });
  seen.push(generationIn(restored));
  if (all > 6) {
    const { copy } = await storeAt(path).migrate({ now: NOW, random: randomBytes });
    seen.push(generationIn(copy!));
  }
  expect(generationIn(path)).toBe(first);
  seen.push(await storeAt(path).newGeneration(randomBytes));
  expect(generationIn(path)).toBe(seen.at(-1));
  expect(new Set(seen).size).toBe(seen.length);
});

test('open connections read the new generation at once', async () => {
  const path = await temporaryDatabase();
  const engine = await storeAt(path).open();
  onTestFinished(() => engine.close());
  const read = async () => (await engine.read([currentGeneration]))[0][0]?.[0];
  expect([await read(), await read()]).toEqual([GENERATION, GENERATION]);
  const { code, output } = await runOn(path, ['new-generation']);
  const word = await read();
  expect(word).not.toBe(GENERATION);
  expect({ code, output }).toEqual({
    code: 0,
    output: `the generation of ${path} is ${word} now: clients read again what they remember of it\n`,
  });
});

test.each(['DELETE FROM generation', "UPDATE generation SET word = ''"])(
  'a service whose generation is gone is not ready, and a new one makes it so: %s',
  async (sql) => {
    const { app, path, close } = await seededApp();
    onTestFinished(close);
    tamper(path, sql);
    const lost = await app.inject('/readyz');
    expect([lost.statusCode, lost.json()]).toMatchObject([503, { type: expect.stringContaining('storage-unusable') }]);
    await storeAt(path).newGeneration(randomBytes);
    expect((await app.inject('/readyz')).statusCode).toBe(200);
  },
);

test('a generation that is drawn in a rolled back transaction is lost', async () => {
  const connection = new Database(await temporaryDatabase());
  connection.exec('BEGIN');
  expect(drawGeneration(connection, randomBytes)).toMatch(new RegExp(`^${FORM}$`));
  connection.exec('ROLLBACK');
  expect(connection.prepare('SELECT word FROM generation').pluck().get()).toBe(GENERATION);
  connection.close();
});

test('a missing database and one that lacks migrations get no new generation', async () => {
  const path = join(temporaryFolder(), 'annals.db');
  expect(await runOn(path, ['new-generation'])).toMatchObject({ code: 3, errors: expect.stringContaining('there is no database') });
  await storeAt(path, migrationsTo(5)).migrate({ now: NOW, random: RANDOM });
  expect(await runOn(path, ['new-generation'])).toMatchObject({ code: 3, errors: expect.stringContaining('lacks migrations') });
});
