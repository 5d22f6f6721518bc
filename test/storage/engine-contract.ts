import { expect, test } from 'vitest';
import { type Engine, guard, statement } from '../../src/storage/port.ts';
import { note, texts } from '../helpers/notes.ts';

/** Opens an engine of its own, with an empty table of notes, that is closed when the test is over. */
type OpenEngine = (options?: { writeQueue: number }) => Engine | Promise<Engine>;

/** The tests of writes that every engine passes. */
export function holdsWrites(open: OpenEngine): void {
  test('roll back their whole batch when a guard counts too few or too many rows', async () => {
    const engine = await open();
    await engine.write([note('a'), note('b')]);
    const refused = new Error('refused');
    const tooFew = guard(1, refused, "UPDATE notes SET text = 'x' WHERE text = ?", 'nobody');
    const tooMany = guard(1, refused, 'DELETE FROM notes WHERE id > ?', 0);
    const answering = guard(0, refused, 'SELECT 1 FROM notes WHERE text = ?', 'a');
    for (const refusing of [tooFew, tooMany, answering])
      await expect(engine.write([note('before'), refusing, note('after')])).rejects.toBe(refused);
    expect(await texts(engine)).toEqual(['a', 'b']);
    await engine.write([
      guard(1, refused, "UPDATE notes SET text = 'A' WHERE text = ?", 'a'),
      guard(1, refused, 'SELECT 1 FROM notes WHERE text = ?', 'A'),
    ]);
    expect(await texts(engine)).toEqual(['A', 'b']);
  });

  test('return the rows of their last statement with rows', async () => {
    const engine = await open();
    const rows = await engine.write([
      statement('INSERT INTO notes (text) VALUES (?) RETURNING id', 'a'),
      statement('INSERT INTO notes (text) VALUES (?) RETURNING id, text', 'b'),
      note('c'),
    ]);
    expect(rows).toEqual([[2, 'b']]);
  });

  test('are refused at once when the queue is full, and accepted again afterwards', async () => {
    const engine = await open({ writeQueue: 3 });
    const results = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map((text) => engine.write([note(text)])));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected']);
    expect(results[3]).toMatchObject({ reason: { code: 'overloaded', message: expect.stringContaining('3 writes wait') as unknown } });
    await engine.write([note('f')]);
    expect(await texts(engine)).toEqual(['a', 'b', 'c', 'f']);
  });

  test('are counted while they wait, and for each transaction, and change the version', async () => {
    const engine = await open();
    const commits: number[] = [];
    engine.onCommit((writes) => commits.push(writes));
    const before = await engine.version();
    const together = Promise.all(['a', 'b', 'c'].map((text) => engine.write([note(text)])));
    expect(engine.waiting()).toBe(3);
    await together;
    await engine.write([note('d')]);
    expect(engine.waiting()).toBe(0);
    expect(commits).toEqual([3, 1]);
    expect(await engine.version()).not.toBe(before);
  });
}
