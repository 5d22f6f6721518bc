import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { statement } from '../../src/storage/port.ts';
import { engineWithNotes, note, texts } from '../helpers/notes.ts';

/** An engine with notes, and what another process does: it writes one. */
async function engineAndOther() {
  const { engine, path } = await engineWithNotes();
  const elsewhere = new Database(path);
  onTestFinished(() => void elsewhere.close());
  const insert = elsewhere.prepare('INSERT INTO notes (text) VALUES (?)');
  return { engine, writeElsewhere: (text: string) => void insert.run(text) };
}

const cacheable = (kind: string) => ({ ...statement<[number]>('SELECT random() FROM (SELECT ?)', kind), cacheable: true }) as const;

describe('reads', () => {
  test('of several statements see one snapshot, and nothing of a rolled back batch', async () => {
    const { engine } = await engineWithNotes();
    await engine.write([note('a')]);
    const [first, second] = await engine.read([statement('SELECT count(*) FROM notes'), statement('SELECT text FROM notes')]);
    expect([first, second]).toEqual([[[1]], [['a']]]);
  });

  test('of cacheable statements return the same rows until this or another process commits, within a snapshot too', async () => {
    const { engine, path } = await engineWithNotes();
    const ask = async (kind = 'one') => (await engine.read([cacheable(kind)]))[0];
    const first = await ask();
    const other = await ask('other');
    expect(other).not.toEqual(first);
    expect([await ask(), await ask('other')]).toEqual([first, other]);
    expect((await engine.read([statement('SELECT 1'), cacheable('one')]))[1]).toEqual(first);
    await engine.write([note('a')]);
    const second = await ask();
    expect(second).not.toEqual(first);
    const elsewhere = new Database(path);
    onTestFinished(() => void elsewhere.close());
    elsewhere.exec("INSERT INTO notes (text) VALUES ('b')");
    expect(await ask()).not.toEqual(second);
  });

  test('cannot write', async () => {
    const { engine } = await engineWithNotes();
    await expect(engine.read([note('a')])).rejects.toThrow();
    await expect(engine.read([statement('DROP TABLE notes')])).rejects.toThrow();
    expect(await texts(engine)).toEqual([]);
  });

  test('of one turn of the event loop share a snapshot that begins afterwards', async () => {
    const { engine, writeElsewhere } = await engineAndOther();
    const [before, version] = [texts(engine), engine.version()];
    writeElsewhere('a');
    expect(await Promise.all([before, texts(engine)])).toEqual([['a'], ['a']]);
    expect(await engine.version()).toBe(await version);
    writeElsewhere('b');
    expect(await engine.version()).not.toBe(await version);
  });

  test('fail alone', async () => {
    const { engine } = await engineWithNotes();
    const asked = ['SELECT 1', 'SELECT nothing', 'SELECT 2', 'this is no SQL', 'SELECT 3'].map((sql) => engine.read([statement(sql)]));
    const answers = await Promise.allSettled(asked);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await texts(engine)).toEqual([]);
  });

  test('that take long return before later reads of the same turn run', async () => {
    const { engine, writeElsewhere } = await engineAndOther();
    const long = statement('WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 100000) SELECT count(*) FROM c');
    const first = engine.read([long]).then(() => writeElsewhere('a'));
    expect(await texts(engine)).toEqual(['a']);
    await first;
  });

  test('succeed when the engine is closed right after them', async () => {
    const { engine } = await engineWithNotes();
    const asked = texts(engine);
    await engine.close();
    expect(await asked).toEqual([]);
  });

  test('succeed after one has failed', async () => {
    const { engine } = await engineWithNotes();
    await expect(engine.read([statement('SELECT 1'), statement('SELECT nothing')])).rejects.toThrow();
    expect(await engine.read([statement('SELECT 1'), statement('SELECT 2')])).toEqual([[[1]], [[2]]]);
  });
});
