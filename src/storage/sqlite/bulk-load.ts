import Database from 'better-sqlite3';
import type { Statement } from '../port.ts';
import { CACHE } from './connections.ts';
import { asStorageError } from './errors.ts';
import { batchRunner, beginWriting, whenLocked } from './writing.ts';

/** The reading connection of this process: closed during a load, since SQLite leaves WAL mode only for the sole connection. */
export type ReadingConnection = { close: () => void; reopen: () => void };

/**
 * Runs batches of very many rows, each in a transaction of its own. SQLite checks no references meanwhile and caches more pages. Where no other
 * process has the database open, a rollback journal takes the place of the write-ahead log: appended pages are then written once, and a load that
 * is killed is undone as well.
 */
export function bulkLoader(
  writer: Database.Database,
  reads: ReadingConnection,
  refuseSuperseded: () => void,
): (statements: Iterable<Statement>) => Promise<unknown[][]> {
  const run = batchRunner(writer);

  function begin(): void {
    reads.close();
    try {
      setJournal(writer, 'DELETE');
      writer.pragma('foreign_keys = OFF');
      writer.pragma(`cache_size = -${CACHE.bulk}`);
      beginWriting(writer, refuseSuperseded);
    } catch (error) {
      end();
      throw error;
    }
  }

  function end(): void {
    writer.pragma(`cache_size = -${CACHE.writing}`);
    writer.pragma('foreign_keys = ON');
    setJournal(writer, 'WAL');
    reads.reopen();
  }

  function load(statements: Iterable<Statement>): unknown[][] {
    try {
      const rows = run.runInOrder(statements);
      writer.exec('COMMIT');
      return rows;
    } catch (error) {
      // A full disk may have rolled the whole transaction back already.
      if (writer.inTransaction) writer.exec('ROLLBACK');
      throw error;
    } finally {
      end();
    }
  }

  return async (statements) => {
    try {
      return await whenLocked(begin, () => load(statements));
    } catch (error) {
      throw asStorageError(error);
    }
  };
}

/** Sets the journal mode, unless another process has the database open; the next one to open it sets WAL again. */
function setJournal(writer: Database.Database, mode: 'DELETE' | 'WAL'): void {
  try {
    writer.pragma(`journal_mode = ${mode}`);
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
  }
}
