import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { type Ended, run } from '../helpers/command.ts';
import { temporaryFolder } from '../helpers/database.ts';
import { fakeServer } from '../helpers/fake-server.ts';
import { runProcess } from '../helpers/processes.ts';
import { makeDatabase } from '../postgres/databases.ts';
import { type PostgresServer, startPostgres } from '../postgres/server.ts';

let server: PostgresServer;
let count = 0;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

/** The URL of a new database. */
const emptyDatabase = (): Promise<string> => makeDatabase(server.urlOf('postgres'), `bad_${(count += 1)}`);

const runAt = (url: string, ...args: string[]): Promise<Ended> => run(args, { environment: { DATABASE_URL: url, PORT: '0' } });

async function sql(url: string, text: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(text);
  await client.end();
}

/** Changes settings of the server, and waits until they hold for new connections. */
async function configure(operator: string, ...changes: string[]): Promise<void> {
  for (const change of changes) await sql(operator, `ALTER SYSTEM ${change}`);
  const client = new pg.Client(operator);
  await client.connect();
  const loadedAt = async () => (await client.query<{ at: Date }>('SELECT pg_conf_load_time() AS at')).rows[0]!.at.getTime();
  const before = await loadedAt();
  await client.query('SELECT pg_reload_conf()');
  await expect.poll(loadedAt).toBeGreaterThan(before);
  await client.end();
}

/** Runs commands, each of which is to end with one sentence that does not show the password. */
async function expectRefused(
  url: string,
  ending: keyof typeof EXIT_CODES,
  sentence: RegExp,
  commands = ['serve', 'migrate', 'export', 'check'],
) {
  for (const command of commands) {
    const { code, output, errors } = await runAt(url, command);
    expect({ command, code, output }).toEqual({ command, code: EXIT_CODES[ending].code, output: '' });
    expect(errors).toMatch(sentence);
    expect(errors.trim().split('\n')).toHaveLength(1);
    expect(errors).not.toContain(new URL(server.urlOf('postgres')).password);
  }
}

/** A URL with some of its parts replaced. */
const changed = (url: string, parts: Partial<Record<'username' | 'password' | 'pathname' | 'port', string>>): string =>
  Object.assign(new URL(url), parts).href;

describe('commands report', () => {
  test('a server that does not answer, and several', async () => {
    const url = changed(await emptyDatabase(), { port: '1' });
    await expectRefused(url, 'unusable', /^annals: the database server does not answer: .* \(connect ECONNREFUSED 127\.0\.0\.1:1\)\n$/);
    await expectRefused(url.replace('127.0.0.1:1', '127.0.0.1:1,127.0.0.1:2'), 'unusable', /^annals: the database server does not answer/);
  });

  test('a password or user that the server refuses, and none at all', async () => {
    const url = await emptyDatabase();
    const refused = /^annals: the database server refuses the user or the password/;
    await expectRefused(changed(url, { password: 'wrong' }), 'unusable', refused);
    await expectRefused(changed(url, { username: 'nobody' }), 'unusable', refused);
    await expectRefused(changed(url, { password: '' }), 'unusable', /^annals: the database server .*password/);
  });

  test('a database that does not exist', async () => {
    const url = changed(await emptyDatabase(), { pathname: '/nothing' });
    await expectRefused(url, 'unusable', /^annals: the database server has no database of the name .*"nothing"/);
  });

  test('a server without encryption where it is asked for', async () => {
    await expectRefused(`${await emptyDatabase()}?sslmode=require`, 'unusable', /^annals: the database server .*SSL/);
  });

  test('a database without tables, with the command that makes them', async () => {
    const url = await emptyDatabase();
    await expectRefused(url, 'unusable', /^annals: there are no tables of Annals in postgres:.*: run "annals migrate"\n$/, [
      'export',
      'check',
    ]);
  });

  test('a schema of another program', async () => {
    const url = await emptyDatabase();
    await sql(url, 'CREATE SCHEMA annals; CREATE TABLE annals.bookmarks (url TEXT)');
    await expectRefused(url, 'foreign', /^annals: the schema is not one of Annals: it already has the table bookmarks; name another/);
  });

  test('a database of a newer Annals, and migrations that were changed', async () => {
    const url = await emptyDatabase();
    await runAt(url, 'migrate');
    await sql(url, "INSERT INTO annals.migrations VALUES (9999, '9999-the-future.sql', 'x', 1)");
    await expectRefused(url, 'newer', /^annals: the database is newer than this program: it has migration 9999-the-future\.sql/);
    await sql(url, "DELETE FROM annals.migrations WHERE number = 9999; UPDATE annals.migrations SET sha256 = 'other'");
    await expectRefused(url, 'foreign', /^annals: migration 0001-\S+ of the database is not the file/);
  });

  test('a role that lacks rights, with the GRANT that gives them', async () => {
    const url = await emptyDatabase();
    const owner = changed(url, { username: 'postgres' });
    await sql(owner, "CREATE ROLE reader LOGIN PASSWORD 'plain'");
    const poor = changed(url, { username: 'reader', password: 'plain' });
    await expectRefused(
      poor,
      'unusable',
      /may not make tables in the schema annals: .* run GRANT CREATE ON DATABASE "bad_\d+" TO "reader"\n$/,
      ['migrate'],
    );
    await sql(owner, 'CREATE SCHEMA annals');
    await expectRefused(poor, 'unusable', /run GRANT USAGE, CREATE ON SCHEMA "annals" TO "reader"\n$/, ['migrate', 'serve']);
    await sql(owner, 'GRANT USAGE, CREATE ON SCHEMA annals TO reader');
    expect(await runAt(poor, 'migrate')).toMatchObject({ code: 0 });
  });

  test('a primary that is read-only', async () => {
    const url = await emptyDatabase();
    await sql(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET default_transaction_read_only = on`);
    await expectRefused(url, 'read-only', /^annals: the database server takes no writes: it is read-only\n$/);
  });

  test('a server that is a standby, or too old', async () => {
    const [bool, int, text] = [16, 23, 25];
    const at = async (isStandby: string, version: string) =>
      `postgres://annals@127.0.0.1:${await fakeServer([
        [bool, isStandby],
        [bool, isStandby],
        [int, version],
        [text, 'on'],
        [text, 'on'],
      ])}/annals`;
    await expectRefused(await at('t', '15'), 'read-only', /^annals: the database server is a standby, and takes no writes/);
    await expectRefused(
      await at('f', '14'),
      'unusable',
      /^annals: PostgreSQL 14 is too old: Annals needs 15 or newer, and is tested with 15 and 18\n$/,
    );
  });

  test('a server that forgets acknowledged writes in a crash', async () => {
    const url = await emptyDatabase();
    await runAt(url, 'migrate');
    const operator = changed(url, { username: 'postgres' });
    for (const [name, other] of [
      ['fsync', 'full_page_writes'],
      ['full_page_writes', 'fsync'],
    ]) {
      await configure(operator, `SET ${name} = off`, `RESET ${other}`);
      await expectRefused(url, 'unusable', new RegExp(`^annals: the database server has ${name}=off, so a crash may lose .*: set it on `));
    }
    await configure(operator, 'SET fsync = off');
    await expectRefused(url, 'unusable', /^annals: the database server has fsync=off and full_page_writes=off, /);
    await configure(operator, 'RESET fsync', 'RESET full_page_writes');
    expect(await runAt(url, 'check')).toMatchObject({ code: 0 });
  });

  test('a URL that cannot be read', async () => {
    await expectRefused(
      'postgres://h/d?shema=a',
      'failed',
      /^annals: DATABASE_URL has the unknown parameter "shema": did you mean schema\?\n$/,
    );
  });
});

test('commands for files name what to use instead', async () => {
  const url = await emptyDatabase();
  const file = join(temporaryFolder(), 'annals.db');
  expect(await runAt(url, 'backup', file)).toMatchObject({
    code: 1,
    errors:
      'annals: "annals backup" is for a database in an SQLite file: with PostgreSQL use pg_dump --schema=annals, or pg_basebackup with archived logs\n',
  });
  expect(await runAt(url, 'restore', file)).toMatchObject({
    code: 1,
    errors:
      'annals: "annals restore" is for a database in an SQLite file: with PostgreSQL use pg_restore of a dump, or recovery of a base backup to a moment, then run "annals new-generation"\n',
  });
});

test('the check of a database that no rebuild mends names the tools of PostgreSQL', async () => {
  const url = await emptyDatabase();
  await runAt(url, 'migrate');
  await sql(url, 'ALTER TABLE annals.records DROP COLUMN document');
  const { code, output, errors } = await runAt(url, 'check');
  expect([code, output]).toEqual([EXIT_CODES.unsound.code, 'the column document of the table records is missing\n']);
  expect(errors).toMatch(/^annals: postgres:\S+ is not as it should be: go back to a backup with the tools of PostgreSQL \(pg_restore /);
  expect(errors).not.toContain('annals restore');
});

describe('a migration', () => {
  test('waits for another process, and is not made twice', async () => {
    const url = await emptyDatabase();
    const results = await Promise.all([1, 2, 3].map(() => runProcess(['migrate'], { environment: { DATABASE_URL: url } })));
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
  });

  test('is reported as under way when the other takes longer than half a minute', async () => {
    const url = await emptyDatabase();
    const other = new pg.Client(url);
    await other.connect();
    await other.query('SELECT pg_advisory_lock($1)', [0x616e6e61]);
    const now = vi.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValue(60_000);
    try {
      await expectRefused(
        url,
        'unusable',
        /^annals: another process has been migrating the database for 30 s: try again when it is done\n$/,
        ['migrate'],
      );
    } finally {
      now.mockRestore();
      await other.end();
    }
  });
});

test('the user, the password and the database that the URL leaves out are those of psql', async () => {
  const { username, password, host, pathname } = new URL(await emptyDatabase());
  const environment = { PGUSER: username, PGPASSWORD: password, PGDATABASE: pathname.slice(1), DATABASE_URL: `postgres://${host}` };
  expect(await run(['migrate'], { environment })).toMatchObject({ code: 0, errors: '' });
});
