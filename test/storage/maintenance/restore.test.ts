import fs, { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { databaseAndBackup, filesBeside, placesIn } from '../../helpers/backups.ts';
import { temporaryFolder } from '../../helpers/database.ts';
import { digestOf } from '../../helpers/digest.ts';
import { NOW, RANDOM } from '../../helpers/fixtures.ts';
import { overwrite } from '../../helpers/tamper.ts';
import { storeAt } from '../../helpers/store.ts';

/** The error that link(2) of a file system gives that has no hard links. */
const refusal = (): Error => Object.assign(new Error('EPERM: operation not permitted, link'), { code: 'EPERM' });
const beforeRefusal = vi.fn<() => void>();

let [path, file] = ['', ''];
beforeEach(async () => {
  beforeRefusal.mockReset();
  const linking = vi.spyOn(fs, 'linkSync').mockImplementation(() => {
    beforeRefusal();
    throw refusal();
  });
  syncBuiltinESMExports();
  onTestFinished(() => {
    linking.mockRestore();
    syncBuiltinESMExports();
  });
  ({ path, file } = await databaseAndBackup());
});

const restore = (to = path) => storeAt(to).restore(file, { now: NOW, random: RANDOM });

describe('where a file system has no hard links, a restore', () => {
  test('keeps a complete copy of the database with its permissions, and keeps others locked out', async () => {
    chmodSync(path, 0o660);
    const log = new Database(path);
    log.pragma('journal_mode = WAL');
    log.close();
    let seen: unknown;
    beforeRefusal.mockImplementation(() => {
      const other = new Database(path, { timeout: 0 });
      try {
        other.prepare('SELECT count(*) FROM records').get();
      } catch (error) {
        seen = error;
      } finally {
        other.close();
      }
    });
    const { keptAs } = await restore();
    expect(seen).toMatchObject({ code: 'SQLITE_BUSY' });
    expect(placesIn(path)).toEqual(['before']);
    expect(placesIn(keptAs!)).toEqual(['after', 'before']);
    expect([path, keptAs!].map((each) => statSync(each).mode & 0o777)).toEqual([0o660, 0o660]);
    expect(filesBeside(path)).toEqual(['annals.db', basename(keptAs!)]);
  });

  test('keeps a copy of an unreadable database, byte by byte', async () => {
    overwrite(path, 0, Buffer.alloc(4096, 0x55));
    const before = digestOf(path);
    const { keptAs } = await restore();
    expect(placesIn(path)).toEqual(['before']);
    expect(digestOf(keptAs!)).toEqual(before);
    expect(filesBeside(path)).toEqual(['annals.db', basename(keptAs!)]);
  });

  test.each([
    ['no file', () => undefined],
    ['an empty file', (to: string) => writeFileSync(to, '')],
  ])('keeps nothing where there is %s', async (_what, make) => {
    const other = join(temporaryFolder(), 'annals.db');
    make(other);
    expect(await restore(other)).toEqual({ keptAs: undefined, keys: [] });
    expect(placesIn(other)).toEqual(['before']);
    expect(filesBeside(other)).toEqual(['annals.db']);
  });
});

test('a restore that fails without an old database leaves no database', async () => {
  const other = join(temporaryFolder(), 'annals.db');
  // SQLite cannot make its journal: it takes the lock, and fails at the first page.
  mkdirSync(`${other}-journal`);
  await expect(restore(other)).rejects.toMatchObject({ code: 'storage-unusable', message: 'the database file cannot be opened' });
  expect(existsSync(other)).toBe(false);
  expect(filesBeside(other)).toEqual(['annals.db-journal']);
});
