import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { readMigrations } from '../../src/storage/migration-files.ts';
import { temporaryFolder } from '../helpers/database.ts';
import { SQLITE_MIGRATIONS, NOW, RANDOM } from '../helpers/fixtures.ts';
import { storeAt } from '../helpers/store.ts';

const FIRST = { '0001-notes.sql': 'CREATE TABLE notes (id INTEGER PRIMARY KEY) STRICT;' };
const SECOND = { '0002-authors.sql': 'CREATE TABLE authors (id INTEGER PRIMARY KEY) STRICT; INSERT INTO notes VALUES (7);' };

/** A folder of migrations and the path of a database beside it. */
function place(files: Record<string, string>): { folder: string; path: string } {
  const root = temporaryFolder();
  const folder = join(root, 'migrations');
  mkdirSync(folder);
  for (const [name, sql] of Object.entries(files)) writeFileSync(join(folder, name), sql);
  return { folder, path: join(root, 'annals.db') };
}

/** The tables of a database and what was applied to it. */
function stateOf(path: string): { tables: unknown[]; applied: unknown[] } {
  const connection = new Database(path, { readonly: true });
  const tables = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all();
  const applied = tables.includes('migrations') ? connection.prepare('SELECT number, name, applied_at FROM migrations').raw().all() : [];
  connection.close();
  return { tables: tables.filter((name) => name !== 'migrations'), applied };
}

/** Applies a migration as another process does. */
function applyElsewhere(path: string, { number, name, sha256, sql }: ReturnType<typeof readMigrations>[number]): void {
  const connection = new Database(path);
  connection.exec(sql);
  connection.prepare('INSERT INTO migrations (number, name, sha256, applied_at) VALUES (?, ?, ?, ?)').run(number, name, sha256, NOW);
  connection.close();
}

const unusable = (message: RegExp) => ({ code: 'storage-unusable', message: expect.stringMatching(message) as unknown });

describe('migrations', () => {
  test('are applied in the order of their numbers, once each', async () => {
    const { folder, path } = place({ ...SECOND, ...FIRST });
    expect(await storeAt(path, folder).migrate({ now: NOW, random: RANDOM })).toEqual({ applied: ['0001-notes.sql', '0002-authors.sql'] });
    expect(await storeAt(path, folder).migrate({ now: NOW + 1, random: RANDOM })).toEqual({ applied: [] });
    expect(stateOf(path)).toEqual({
      tables: ['authors', 'notes'],
      applied: [
        [1, '0001-notes.sql', NOW],
        [2, '0002-authors.sql', NOW],
      ],
    });
  });

  test('are applied to an existing database after a copy was made', async () => {
    const { folder, path } = place(FIRST);
    await storeAt(path, folder).migrate({ now: NOW, random: RANDOM });
    writeFileSync(join(folder, '0002-authors.sql'), SECOND['0002-authors.sql']);
    await expect(storeAt(path, folder).open()).rejects.toThrow(/lacks migrations/);
    expect(await storeAt(path, folder).migrate({ now: NOW, random: RANDOM })).toEqual({
      applied: ['0002-authors.sql'],
      copy: `${path}.before-0002`,
    });
    expect(stateOf(`${path}.before-0002`).tables).toEqual(['notes']);
    await (await storeAt(path, folder).open()).close();
  });

  test('are not applied again when another process applies them during the copy', async () => {
    const { folder, path } = place(FIRST);
    await storeAt(path, folder).migrate({ now: NOW, random: RANDOM });
    writeFileSync(join(folder, '0002-authors.sql'), SECOND['0002-authors.sql']);
    const report = storeAt(path, folder).migrate({ now: NOW + 1, random: RANDOM });
    applyElsewhere(path, readMigrations(folder)[1]!);
    expect(await report).toEqual({ applied: [], copy: `${path}.before-0002` });
    expect(stateOf(path)).toEqual({
      tables: ['authors', 'notes'],
      applied: [
        [1, '0001-notes.sql', NOW],
        [2, '0002-authors.sql', NOW],
      ],
    });
    expect(stateOf(`${path}.before-0002`).tables).toEqual(['notes']);
  });

  test('wait for another process whose copy shows that it applies them', async () => {
    const { folder, path } = place(FIRST);
    await storeAt(path, folder).migrate({ now: NOW, random: RANDOM });
    writeFileSync(join(folder, '0002-authors.sql'), SECOND['0002-authors.sql']);
    writeFileSync(`${path}.before-0002`, '');
    const report = storeAt(path, folder).migrate({ now: NOW + 1, random: RANDOM });
    await setTimeout(150);
    applyElsewhere(path, readMigrations(folder)[1]!);
    expect(await report).toEqual({ applied: [] });
    expect(stateOf(path).applied).toHaveLength(2);
  });

  test('leave no copy that blocks a later run when another process holds the database', {
    timeout: 20_000,
  }, async () => {
    const { folder, path } = place(FIRST);
    await storeAt(path, folder).migrate({ now: NOW, random: RANDOM });
    writeFileSync(join(folder, '0002-authors.sql'), SECOND['0002-authors.sql']);
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    await expect(storeAt(path, folder).migrate({ now: NOW, random: RANDOM })).rejects.toMatchObject({ code: 'storage-busy' });
    other.close();
    expect(existsSync(`${path}.before-0002`)).toBe(false);
    expect(await storeAt(path, folder).migrate({ now: NOW, random: RANDOM })).toMatchObject({ applied: ['0002-authors.sql'] });
  });

  test.each<[what: string, files: Record<string, string>]>([
    ['the first number is missing', SECOND],
    ['a number is missing', { ...FIRST, '0003-late.sql': 'SELECT 1;' }],
    ['a number is given twice', { ...FIRST, '0001-again.sql': 'SELECT 1;' }],
    ['a file has no number', { ...FIRST, 'notes.sql': 'SELECT 1;' }],
  ])('are refused when %s, and write nothing', async (_what, files) => {
    const { folder, path } = place(files);
    await expect(storeAt(path, folder).migrate({ now: NOW, random: RANDOM })).rejects.toMatchObject(unusable(/without gaps/));
    expect(stateOf(path)).toEqual({ tables: [], applied: [] });
  });

  test('are refused when a file was edited or renamed after it was applied', async () => {
    const { folder, path } = place(FIRST);
    await storeAt(path, folder).migrate({ now: NOW, random: RANDOM });
    writeFileSync(join(folder, '0001-notes.sql'), `${FIRST['0001-notes.sql']} `);
    await expect(storeAt(path, folder).migrate({ now: NOW, random: RANDOM })).rejects.toMatchObject(unusable(/migrations never change/));
    await expect(storeAt(path, folder).open()).rejects.toThrow(/migrations never change/);
    writeFileSync(join(folder, '0001-notes.sql'), FIRST['0001-notes.sql']);
    renameSync(join(folder, '0001-notes.sql'), join(folder, '0001-other.sql'));
    await expect(storeAt(path, folder).migrate({ now: NOW, random: RANDOM })).rejects.toMatchObject(
      unusable(/0001-notes\.sql .* is not the file 0001-other\.sql/),
    );
  });

  test('are refused for a database that is newer than the program', async () => {
    const { folder, path } = place({ ...FIRST, ...SECOND });
    await storeAt(path, folder).migrate({ now: NOW, random: RANDOM });
    rmSync(join(folder, '0002-authors.sql'));
    await expect(storeAt(path, folder).migrate({ now: NOW, random: RANDOM })).rejects.toMatchObject({
      ...unusable(/newer than this program/),
      reason: 'newer',
    });
  });

  test('are refused for a database of another program, which does not change', async () => {
    const { folder, path } = place(FIRST);
    const foreign = new Database(path);
    foreign.exec('CREATE TABLE theirs (id INTEGER)');
    foreign.close();
    await expect(storeAt(path, folder).migrate({ now: NOW, random: RANDOM })).rejects.toMatchObject({ code: 'storage-unusable' });
    expect(stateOf(path)).toEqual({ tables: ['theirs'], applied: [] });
  });

  test('restore the old state when they fail, and do not run again over the copy', async () => {
    const { folder, path } = place(FIRST);
    await storeAt(path, folder).migrate({ now: NOW, random: RANDOM });
    writeFileSync(join(folder, '0002-broken.sql'), 'CREATE TABLE half (id INTEGER); INSERT INTO nowhere VALUES (1);');
    await expect(storeAt(path, folder).migrate({ now: NOW, random: RANDOM })).rejects.toThrow(/nowhere/);
    expect(stateOf(path)).toEqual({ tables: ['notes'], applied: [[1, '0001-notes.sql', NOW]] });
    expect(existsSync(`${path}.before-0002`)).toBe(true);
    await expect(storeAt(path, folder).migrate({ now: NOW, random: RANDOM })).rejects.toMatchObject(unusable(/move that copy away/));
    rmSync(`${path}.before-0002`);
    rmSync(join(folder, '0002-broken.sql'));
    writeFileSync(join(folder, '0002-authors.sql'), SECOND['0002-authors.sql']);
    await storeAt(path, folder).migrate({ now: NOW, random: RANDOM });
    expect(stateOf(path).tables).toEqual(['authors', 'notes']);
  });

  test('of this program are numbered without gaps', () => {
    expect(readMigrations(SQLITE_MIGRATIONS).map(({ number }) => number)).toEqual(
      readMigrations(SQLITE_MIGRATIONS).map((_, index) => index + 1),
    );
  });
});
