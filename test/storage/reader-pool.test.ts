import { existsSync, rmSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Engine, type ReaderPoolOptions, type Statement, statement } from '../../src/storage/port.ts';
import { sqliteEngine } from '../../src/storage/sqlite/engine.ts';
import { temporaryFolder } from '../helpers/database.ts';

/** An engine with threads on a file of its own with one table, and the path of the file. */
async function engineWithThreads(pool: Partial<ReaderPoolOptions> = {}): Promise<{ engine: Engine; path: string }> {
  const path = join(temporaryFolder(), 'notes.db');
  const engine = sqliteEngine(path, { readerPool: { threads: 1, queue: 10, timeout: 20_000, ...pool } });
  onTestFinished(() => engine.close());
  await engine.write([statement('CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT) STRICT')]);
  return { engine, path };
}

const heavy = <Row extends readonly unknown[]>(of: Statement<Row>): Statement<Row> => ({ ...of, offload: true });
const note = (text: string) => statement('INSERT INTO notes (text) VALUES (?)', text);
const count = heavy(statement<[number]>('SELECT count(*) FROM notes'));

/** Counts to a number, which keeps a thread busy: a million takes about a tenth of a second. */
const counting = (to: number) =>
  heavy(statement<[number]>('WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < ?) SELECT count(*) FROM c', to));
const LONG = 10_000_000;

/** The names of promises in the order in which they settle. */
async function order(things: Record<string, Promise<unknown>>): Promise<string[]> {
  const ended: string[] = [];
  await Promise.allSettled(Object.entries(things).map(([name, thing]) => thing.finally(() => ended.push(name))));
  return ended;
}

describe('a heavy statement', () => {
  test('returns the same rows as without threads: every type of value, on one snapshot with its neighbours', async () => {
    const { engine, path } = await engineWithThreads();
    const inline = sqliteEngine(path);
    onTestFinished(() => inline.close());
    const values = [
      null,
      1.5,
      -1,
      2 ** 53 - 1,
      'é"😀',
      '',
      Buffer.from([0, 255, 1]),
      Buffer.alloc(0),
      Buffer.alloc(100_000, 7),
      9007199254740993n,
    ];
    const asked = [
      heavy({ sql: 'SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, CAST(? AS TEXT)', params: values }),
      { sql: 'SELECT typeof(:a), typeof(:b), typeof(:c), :a', params: [{ a: 1, b: 1n, c: Buffer.from('x') }] },
      statement('SELECT 1 WHERE 0'),
      statement("SELECT x'0102', x'0304' UNION ALL SELECT x'05', NULL"),
    ] as const;
    const pooled = await engine.read(asked);
    expect(pooled).toEqual(await inline.read(asked));
    expect(pooled[3]).toEqual([
      [Buffer.from([1, 2]), Buffer.from([3, 4])],
      [Buffer.from([5]), null],
    ]);
    expect((pooled[3][0] as unknown[]).map((value) => Buffer.isBuffer(value))).toEqual([true, true]);
  });

  test('does not block the main thread: a later light read ends earlier', async () => {
    const { engine } = await engineWithThreads();
    const ended = await order({
      heavy: engine.read([counting(LONG / 5)]),
      light: setTimeout(20).then(() => engine.read([statement('SELECT 1')])),
    });
    expect(ended).toEqual(['light', 'heavy']);
  });

  test('sees every acknowledged write of every process', async () => {
    const { engine, path } = await engineWithThreads({ threads: 2 });
    const other = new Database(path);
    onTestFinished(() => void other.close());
    for (let written = 0; written < 100; written += 2) {
      await engine.write([note('here')]);
      other.exec("INSERT INTO notes (text) VALUES ('there')");
      const both = await Promise.all([engine.read([count]), engine.read([count])]);
      expect(both).toEqual([[[[written + 2]]], [[[written + 2]]]]);
    }
  });

  test('cannot write, and has the same errors as without threads', async () => {
    const { engine } = await engineWithThreads();
    await expect(engine.read([heavy(note('a'))])).rejects.toThrow('This statement does not return data');
    await expect(engine.read([heavy(statement('SELECT absent'))])).rejects.toThrow(expect.objectContaining({ code: 'SQLITE_ERROR' }));
    await expect(engine.read([heavy(statement('SELECT absent'))])).rejects.toThrow('no such column: absent');
    expect(await engine.read([count])).toEqual([[[0]]]);
  });
});

describe('a read that takes too long', () => {
  test('is abandoned in time, and the next read succeeds while SQLite still works on it', async () => {
    const { engine } = await engineWithThreads({ timeout: 2000 });
    await engine.read([count]);
    const started = performance.now();
    const ended = await order({
      given: expect(engine.read([counting(4 * LONG)])).rejects.toMatchObject({
        code: 'query-timeout',
        message: expect.stringMatching(/^the answer takes longer than 2000 ms: ask for less/) as unknown,
      }),
      waited: expect(engine.read([count])).rejects.toMatchObject({ code: 'query-timeout' }),
    });
    expect(ended).toEqual(['given', 'waited']);
    expect(performance.now() - started).toBeLessThan(4000);
    expect(await engine.read([count])).toEqual([[[0]]]);
  });

  test('occupies at most one thread more than the pool has, and all reads are refused until one ends', async () => {
    const { engine } = await engineWithThreads({ timeout: 500 });
    const attempt = (of: Statement) =>
      engine.read([of]).then(
        () => 'answered',
        (error: { code: string }) => error.code,
      );
    const given = new Set<string>();
    while (!given.has('too-many-queries') && !given.has('answered')) given.add(await attempt(counting(LONG)));
    expect([...given]).toEqual(['query-timeout', 'too-many-queries']);
    let last = '';
    while ((last = await attempt(count)) !== 'answered') await setTimeout(50);
    expect(last).toBe('answered');
  });
});

test('reads beyond the queue are refused at once, and waiting reads run in order', async () => {
  const { engine } = await engineWithThreads({ queue: 2 });
  const first = { running: engine.read([counting(LONG / 5)]), second: engine.read([count]), third: engine.read([count]) };
  const refused = expect(engine.read([count])).rejects.toMatchObject({ code: 'too-many-queries' });
  expect(await order({ ...first, refused })).toEqual(['refused', 'running', 'second', 'third']);
  expect(await engine.read([count])).toEqual([[[0]]]);
});

test('a thread reports a missing file, and creates none', async () => {
  const { engine, path } = await engineWithThreads();
  for (const name of [path, `${path}-wal`, `${path}-shm`]) rmSync(name);
  await expect(engine.read([count])).rejects.toMatchObject({ code: 'storage-unusable', message: 'the database file cannot be opened' });
  expect(existsSync(path)).toBe(false);
});
