import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { ConstraintError, type Engine, guard, statement } from '../../../src/storage/port.ts';
import { postgresEngine } from '../../../src/storage/postgres/engine.ts';
import { breaking, last, note, texts } from '../../helpers/notes.ts';
import { connectTo } from '../../helpers/pglite.ts';
import { holdsWrites } from '../engine-contract.ts';

let database: PGlite;
beforeAll(async () => {
  database = await PGlite.create();
});
afterAll(() => database.close());

beforeEach(async () => {
  await database.exec(`DROP TABLE IF EXISTS notes, commits, writers;
    CREATE TABLE commits (id INTEGER PRIMARY KEY, version BIGINT NOT NULL);
    CREATE TABLE writers (id TEXT PRIMARY KEY, transaction BIGINT NOT NULL);
    INSERT INTO commits VALUES (1, 0);
    CREATE TABLE notes (id BIGSERIAL PRIMARY KEY, text TEXT NOT NULL UNIQUE, copy TEXT REFERENCES notes (text) DEFERRABLE INITIALLY DEFERRED)`);
});

/** An engine on a database with one table. */
function engineWithNotes(options: { writeQueue?: number } = {}): Engine {
  const engine = postgresEngine('postgres://pglite/postgres?schema=public', { soleSession: () => connectTo(database), ...options });
  onTestFinished(() => engine.close());
  return engine;
}

const copyOf = (text: string, of: string) => statement('INSERT INTO notes (text, copy) VALUES (?, ?)', text, of);

describe('reads', () => {
  test('of several statements return the rows of each as tuples', async () => {
    const engine = engineWithNotes();
    await engine.write([note('a')]);
    const answers = await engine.read([statement('SELECT count(*) FROM notes'), statement('SELECT text, ? FROM notes', 5)]);
    expect(answers).toEqual([[[1]], [['a', 5]]]);
  });

  test('cannot write', async () => {
    const engine = engineWithNotes();
    await expect(engine.read([note('a')])).rejects.toThrow();
    await expect(engine.read([statement('DROP TABLE notes')])).rejects.toThrow();
    expect(await texts(engine)).toEqual([]);
  });

  test('fail alone, and later ones succeed', async () => {
    const engine = engineWithNotes();
    const asked = ['SELECT 1', 'SELECT nothing', 'SELECT 2', 'this is no SQL', 'SELECT 3'].map((sql) => engine.read([statement(sql)]));
    const answers = await Promise.allSettled(asked);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
    await expect(engine.read([statement('SELECT 1'), statement('SELECT 1 / 0'), statement('SELECT 3')])).rejects.toThrow(
      'division by zero',
    );
    expect(await engine.read([statement('SELECT 1'), statement('SELECT 2')])).toEqual([[[1]], [[2]]]);
  });
});

describe('writes', () => {
  holdsWrites(engineWithNotes);

  test('keep all batches beside one that fails, and nothing of that one', async () => {
    const engine = engineWithNotes();
    const results = await Promise.allSettled([
      engine.write([note('a')]),
      engine.write([note('b'), note('a'), note('never')]),
      engine.write([copyOf('c', 'a')]),
      engine.write([statement('this is no SQL')]),
      engine.write([copyOf('d', 'nothing')]),
      engine.write([copyOf('e', 'f'), note('f')]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: expect.any(ConstraintError) as unknown });
    expect(results[4]).toMatchObject({ reason: expect.any(ConstraintError) as unknown });
    expect(await texts(engine)).toEqual(['a', 'c', 'e', 'f']);
  });

  test('run final statements after all others of the transaction, in their order', async () => {
    const engine = engineWithNotes();
    await Promise.all([engine.write([last('d', 3), last('b', -1), note('a')]), engine.write([last('c', 2), note('a2'), last('e', 3)])]);
    expect(await texts(engine)).toEqual(['a', 'a2', 'b', 'c', 'd', 'e']);
  });

  test('are kept when the engine is closed right after they were accepted', async () => {
    const engine = engineWithNotes();
    const accepted = engine.write([note('a')]);
    await engine.close();
    await accepted;
    expect(await texts(engineWithNotes())).toEqual(['a']);
  });
});

describe('loads', () => {
  test('run any number of statements', async () => {
    const engine = engineWithNotes();
    const names = Array.from({ length: 1000 }, (_, index) => `note ${index}`);
    expect(await engine.load(names.map(note))).toEqual([]);
    expect(await texts(engine)).toEqual(names);
  });

  test('keep nothing when they fail', async () => {
    const engine = engineWithNotes();
    await expect(engine.load(breaking())).rejects.toThrow('the source broke');
    await expect(engine.load([note('a'), note('a')])).rejects.toBeInstanceOf(ConstraintError);
    const refused = new Error('refused');
    await expect(engine.load([note('a'), guard(1, refused, 'SELECT 1 WHERE false')])).rejects.toBe(refused);
    expect(await texts(engine)).toEqual([]);
  });

  test('and concurrent writes are all made', async () => {
    const engine = engineWithNotes();
    await Promise.all([engine.write([note('a')]), engine.load([note('b')]), engine.write([note('c')]), engine.load([note('d')])]);
    expect(new Set(await texts(engine))).toEqual(new Set(['a', 'b', 'c', 'd']));
  });
});
