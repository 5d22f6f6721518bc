import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { runOn } from '../helpers/command.ts';
import { temporaryDatabase, temporaryFolder } from '../helpers/database.ts';
import { digestOf } from '../helpers/digest.ts';
import { overwrite, tamper } from '../helpers/tamper.ts';

/** A path that no backup writes, because each command fails. */
const NEVER = join(tmpdir(), 'annals-never.db');

describe.each(['serve', 'migrate', 'export', 'check', `backup ${NEVER}`])('annals %s', (command) => {
  let path = '';
  beforeEach(async () => {
    path = await temporaryDatabase();
    tamper(path, 'PRAGMA journal_mode = DELETE');
  });

  const end = async (ending: keyof typeof EXIT_CODES, sentence: RegExp) => {
    const { code, output, errors } = await runOn(path, command.split(' '), { environment: { PORT: '0' } });
    expect({ code, output }).toEqual({ code: EXIT_CODES[ending].code, output: '' });
    expect(errors).toMatch(sentence);
    expect(errors.trim().split('\n')).toHaveLength(1);
    expect(existsSync(NEVER)).toBe(false);
  };

  test('reports a file that is not a database', async () => {
    writeFileSync(path, 'Dear diary, '.repeat(1000));
    await end('not-a-database', /^annals: the file is not an SQLite database: name another in DATABASE_URL\n$/);
    expect(readFileSync(path, 'utf8')).toMatch(/^Dear diary/);
  });

  test('reports a truncated database', async () => {
    truncateSync(path, 20_000);
    await end('corrupt', /^annals: the database file is corrupt/);
  });

  test('reports a damaged schema', async () => {
    overwrite(path, 100, Buffer.alloc(3000, 0xaa));
    await end('corrupt', /^annals: the database file is corrupt/);
  });

  test('reports a database of a newer Annals', async () => {
    tamper(path, "INSERT INTO migrations VALUES (9999, '9999-the-future.sql', 'x', 1)");
    await end('newer', /^annals: the database is newer than this program: it has migration 9999-the-future.sql; start a newer Annals\n$/);
  });

  test('reports a database of another program, and does not change it', async () => {
    path = join(temporaryFolder(), 'other.db');
    tamper(path, 'CREATE TABLE bookmarks (url TEXT)');
    const before = digestOf(path);
    await end('foreign', /^annals: the database is not one of Annals: it already has other tables\n$/);
    expect(digestOf(path)).toEqual(before);
  });

  test('reports a migration that was changed after it was applied', async () => {
    tamper(path, "UPDATE migrations SET sha256 = 'other'");
    await end('foreign', /^annals: migration 0001-\S+ of the database is not the file/);
  });
});

test('the export of a missing database is refused with the command that makes it', async () => {
  const path = join(temporaryFolder(), 'annals.db');
  const { code, errors } = await runOn(path, ['export']);
  expect({ code, errors }).toEqual({ code: 3, errors: `annals: there is no database ${path}: run "annals migrate"\n` });
});

test('a database that lacks migrations is refused with the command that migrates it', async () => {
  const path = join(temporaryFolder(), 'annals.db');
  tamper(path, 'CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT, sha256 TEXT, applied_at INTEGER)');
  const { code, errors } = await runOn(path, ['export']);
  expect({ code, errors }).toEqual({ code: 3, errors: `annals: ${path} lacks migrations: run "annals migrate"\n` });
});

test('a folder that cannot be made is named in the error', async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  const { code, errors } = await runOn(join(file, 'annals.db'), ['migrate']);
  expect({ code, errors }).toEqual({ code: 3, errors: `annals: the folder ${file} of the database cannot be made\n` });
});
