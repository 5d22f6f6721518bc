import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Engine, statement } from '../../src/storage/port.ts';
import { sqliteEngine } from '../../src/storage/sqlite/engine.ts';
import { temporaryFolder } from './database.ts';

/** An engine on a file of its own with one table, and the path of the file. */
export async function engineWithNotes(limits?: { writeQueue: number }): Promise<{ engine: Engine; path: string }> {
  const path = join(temporaryFolder(), 'notes.db');
  const engine = sqliteEngine(path, limits);
  onTestFinished(() => engine.close());
  await engine.write([statement('CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT')]);
  return { engine, path };
}

/** A statement that adds a note. */
export const note = (text: string) => statement('INSERT INTO notes (text) VALUES (?)', text);
/** All notes, as they were added. */
export const texts = async (engine: Engine) =>
  (await engine.read([statement('SELECT text FROM notes ORDER BY id')]))[0].map(([text]) => text);

/** A note that is inserted at the end of the transaction. */
export const last = (text: string, atEnd: number) => ({ ...note(text), atEnd });

/** Two notes from a source that breaks after them. */
export function* breaking() {
  yield note('a');
  yield note('b');
  throw new Error('the source broke');
}
