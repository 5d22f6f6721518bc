import { spawnSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Engine, type EngineOptions, statement } from '../../src/storage/port.ts';
import { postgresEngine } from '../../src/storage/postgres/engine.ts';
import { insertRuns } from '../../src/storage/tables/rows.ts';
import { note, texts } from '../helpers/notes.ts';
import { dropDatabase, makeDatabase } from './databases.ts';
import { missingStandby } from './missing-standby.ts';
import { type PostgresServer, startPostgres } from './server.ts';

/** The servers of this file: they are stopped and slowed down, which would disturb the tests of other files. */
let server: PostgresServer;
let made = 0;
beforeAll(async () => {
  server = await startPostgres();
  return () => server.stop();
});

/** An engine on a database of its own with one table. `ask` runs statements as an operator would. */
async function engineWithNotes(options: EngineOptions = {}, urlOf = (url: string) => url) {
  const url = await makeDatabase(server.urlOf('postgres'), `notes_${(made += 1)}`);
  const operator = new pg.Client(url);
  operator.on('error', () => undefined);
  await operator.connect();
  await operator.query(`CREATE SCHEMA annals; SET search_path TO annals; CREATE TABLE commits (id INTEGER PRIMARY KEY, version BIGINT NOT NULL);
    CREATE TABLE writers (id TEXT PRIMARY KEY, transaction BIGINT NOT NULL);
    INSERT INTO commits VALUES (1, 0); CREATE TABLE notes (id BIGSERIAL PRIMARY KEY, text TEXT NOT NULL UNIQUE, number BIGINT, bytes BYTEA)`);
  const engine = postgresEngine(urlOf(url), options);
  onTestFinished(async () => {
    await engine.close();
    await operator.end();
    await dropDatabase(url);
  });
  return { engine, url, ask: async (sql: string) => (await operator.query({ text: sql, rowMode: 'array' })).rows as unknown[][] };
}

/** Ends the connections of the engine whose statement is like a pattern, once there are any. */
async function terminate(ask: (sql: string) => Promise<unknown[][]>, like: string): Promise<void> {
  const sql = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'annals' AND datname = current_database() AND query LIKE '${like}' AND state = 'active'`;
  while ((await ask(sql)).length === 0);
}

const setting = (name: string) => statement<[string]>(`SELECT current_setting('${name}')`);
const settings = async (engine: Engine, ...names: string[]) =>
  (await engine.read(names.map(setting))).map((rows) => (rows[0] as [string])[0]);

/** A statement that takes so many seconds. */
const slow = (seconds: number) => ({ ...statement(`SELECT 1 FROM pg_sleep(${seconds})`), offload: true }) as const;

describe('connections', () => {
  test('that read cannot write, and see one snapshot', async () => {
    const { engine } = await engineWithNotes();
    const names = ['transaction_read_only', 'transaction_isolation', 'join_collapse_limit', 'from_collapse_limit', 'jit', 'search_path'];
    expect(await settings(engine, ...names)).toEqual(['on', 'repeatable read', '1', '1', 'off', 'annals']);
    await expect(engine.read([note('a')])).rejects.toThrow();
    expect(await texts(engine)).toEqual([]);
  });

  test('that write wait for the disk, whatever is set for the role, and end no statement', async () => {
    const { engine, ask, url } = await engineWithNotes();
    await ask(`ALTER ROLE CURRENT_USER IN DATABASE ${new URL(url).pathname.slice(1)} SET synchronous_commit = off`);
    const written = async (name: string) => (await engine.write([setting(name)]))[0]![0];
    expect([await written('synchronous_commit'), await written('statement_timeout')]).toEqual(['on', '0']);
  });

  test('go to the server that takes writes, of several', async () => {
    const { engine } = await engineWithNotes({}, (url) => url.replace('@127.0.0.1', '@127.0.0.1:1,127.0.0.1'));
    await engine.write([note('a')]);
    expect(await texts(engine)).toEqual(['a']);
  });

  test.each([
    ['with a wrong password', (url: string) => url.replace(/:[^:@]*@/, ':wrong@'), /refuses the user or the password/],
    ['to a database that is not there', (url: string) => url.replace(/\w+$/, 'nothing'), /no database of the name/],
    ['to a server that does not answer', (url: string) => url.replace(/:\d+\//, ':1/'), /does not answer/],
    ['to servers of which none answers', (url: string) => url.replace(/@.*\//, '@127.0.0.1:1,127.0.0.1:2/'), /does not answer/],
    ['to a host that is not there', (url: string) => url.replace('127.0.0.1', 'no-such-host.invalid'), /does not answer/],
  ])('%s are refused in a sentence', async (_what, change, message) => {
    const engine = postgresEngine(change(server.urlOf('postgres')));
    await expect(engine.version()).rejects.toMatchObject({ code: 'storage-unusable', message: expect.stringMatching(message) as unknown });
    await expect(engine.write([note('a')])).rejects.toMatchObject({ code: 'storage-unusable' });
    await engine.close();
  });
});

describe('a lost connection', () => {
  test('is opened anew without an error, for what was not being committed', async () => {
    const { engine, ask } = await engineWithNotes({ readerPool: { threads: 1, queue: 1, timeout: 20_000 } });
    await Promise.all([engine.write([note('a')]), engine.version(), engine.read([slow(0)])]);
    await ask(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'annals' AND datname = current_database()`);
    await Promise.all([engine.write([note('b')]), engine.version(), engine.read([slow(0)])]);
    const reading = engine.read([statement('SELECT 1 FROM pg_sleep(0.5)')]);
    await terminate(ask, '%pg_sleep(0.5)%');
    expect(await reading).toEqual([[[1]]]);
    const writing = engine.write([note('c'), statement('SELECT 1 FROM pg_sleep(0.3)')]);
    await terminate(ask, '%pg_sleep(0.3)%');
    await writing;
    expect(await texts(engine)).toEqual(['a', 'b', 'c']);
  });

  test('during a commit is made good: the writer finds out that it was made, once it is as durable as it should be', async () => {
    const { engine, ask } = await engineWithNotes();
    await engine.write([note('a')]);
    const standby = await missingStandby(server);
    let isDone = false;
    const writing = engine.write([note('b')]).then(() => (isDone = true));
    await terminate(ask, 'COMMIT');
    await setTimeout(500);
    expect(isDone).toBe(false);
    await standby.giveUp();
    await writing;
    await engine.write([note('c')]);
    expect(await texts(engine)).toEqual(['a', 'b', 'c']);
  });

  test('during a load keeps nothing of it', async () => {
    const { engine, ask } = await engineWithNotes();
    const loading = engine.load([note('a'), statement('SELECT 1 FROM pg_sleep(0.5)')]);
    const refused = expect(loading).rejects.toMatchObject({ code: 'storage-unusable' });
    await terminate(ask, '%pg_sleep(0.5)%');
    await refused;
    expect(await texts(engine)).toEqual([]);
  });
});

/** The numbers of the processes of the server. */
function processes(): number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(server.pid)], { encoding: 'utf8' });
  return [server.pid, ...stdout.trim().split(/\s+/).map(Number)];
}

test('a server that neither answers nor refuses is given up, and used again when it answers', { timeout: 60_000 }, async () => {
  const { engine } = await engineWithNotes();
  await Promise.all([engine.write([note('a')]), engine.version()]);
  const stopped = processes();
  for (const pid of stopped) process.kill(pid, 'SIGSTOP');
  const results = await Promise.allSettled([engine.read([statement('SELECT 1')]), engine.write([note('b')])]);
  for (const pid of stopped) process.kill(pid, 'SIGCONT');
  for (const result of results) expect(result).toMatchObject({ reason: { code: 'storage-unusable' } });
  await engine.write([note('c')]);
  expect(await texts(engine)).toEqual(['a', 'c']);
});

describe('large queries', () => {
  test('end after their time, and disturb none that comes later', async () => {
    const { engine } = await engineWithNotes({ readerPool: { threads: 1, queue: 2, timeout: 400 } });
    const start = performance.now();
    await expect(engine.read([slow(20)])).rejects.toMatchObject({ code: 'query-timeout' });
    expect(performance.now() - start).toBeLessThan(5000);
    for (let round = 0; round < 10; round += 1) expect(await engine.read([slow(0)])).toEqual([[[1]]]);
  });

  test('wait for each other, and no more than may wait', async () => {
    const { engine } = await engineWithNotes({ readerPool: { threads: 1, queue: 2, timeout: 20_000 } });
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => engine.read([slow(0.05)])));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect(results[3]).toMatchObject({ reason: { code: 'too-many-queries' } });
  });
});

describe('writes of several processes', () => {
  test('wait for each other, and see what was committed before', async () => {
    const { engine, url, ask } = await engineWithNotes();
    const other = postgresEngine(url);
    onTestFinished(() => other.close());
    const numbered = statement('INSERT INTO notes (text, number) SELECT ?, count(*) FROM notes', 'x');
    const write = (which: Engine, text: string) => which.write([{ ...numbered, params: [text] }]);
    await Promise.all(Array.from({ length: 20 }, async (_, each) => write(each % 2 === 0 ? engine : other, `note ${each}`)));
    expect((await ask('SELECT number FROM notes ORDER BY number')).flat()).toEqual(Array.from({ length: 20 }, (_, each) => String(each)));
    expect(await engine.version()).toBe(await other.version());
  });

  test('are refused as busy while another one writes for long', { timeout: 20_000 }, async () => {
    const { engine, ask } = await engineWithNotes();
    await ask('BEGIN');
    await ask('UPDATE commits SET version = version + 1');
    await expect(engine.write([note('a')])).rejects.toMatchObject({ code: 'storage-busy' });
    await ask('COMMIT');
    await engine.write([note('b')]);
    expect(await texts(engine)).toEqual(['b']);
  });
});

test('a load takes rows of every kind of value, and text with any letter', async () => {
  const { engine } = await engineWithNotes();
  const rows = Array.from({ length: 5000 }, (_, index) => [
    `note ${index} \\N \t\r\n'"é\u{1F600}\u0001`,
    index % 2 === 0 ? index : null,
    index % 3 === 0 ? Buffer.from([0, 255, index % 256]) : null,
  ]);
  await engine.load(insertRuns('notes (text, number, bytes)', rows));
  const [found] = await engine.read([statement('SELECT text, number, bytes FROM notes ORDER BY id')]);
  expect(found).toEqual(rows);
});

/** A statement whose rows differ whenever it is run. */
const cacheable = (kind: string) => ({ ...statement<[number]>('SELECT random(), ?', kind), cacheable: true }) as const;

test('a read of cacheable statements returns the same rows until any process commits', async () => {
  const { engine, url } = await engineWithNotes();
  const other = postgresEngine(url);
  onTestFinished(() => other.close());
  const ask = async (kind = 'one') => (await engine.read([cacheable(kind)]))[0];
  const first = await ask();
  expect(await ask('other')).not.toEqual(first);
  expect(await ask()).toEqual(first);
  expect(await engine.read([statement('SELECT 1'), cacheable('one')])).toEqual([[[1]], first]);
  await other.write([note('a')]);
  const [counted, second] = await engine.read([statement('SELECT count(*) FROM notes'), cacheable('one')]);
  expect([counted, second]).toEqual([[[1]], expect.not.arrayContaining(first) as unknown]);
  expect(await ask()).toEqual(second);
});

test('an engine that is closed waits for what it has accepted', async () => {
  const { url, engine } = await engineWithNotes();
  const closing = postgresEngine(url);
  const accepted = [closing.write([note('a')]), closing.read([statement('SELECT 1 FROM pg_sleep(0.1)')])];
  await closing.close();
  await Promise.all(accepted);
  expect(await texts(engine)).toEqual(['a']);
});
