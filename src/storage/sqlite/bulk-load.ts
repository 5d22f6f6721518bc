import Database from 'better-sqlite3';
import { type LoadPhase, type Statement, statement } from '../port.ts';
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
      const rows = run.runInOrder(withPhases(writer, statements));
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

/** The statements of a load, with those that prepare for each of its phases. */
function* withPhases(writer: Database.Database, statements: Iterable<Statement>): Generator<Statement> {
  const statementsOf = loadPhases(writer);
  for (const each of statements)
    if (each.phase) yield* statementsOf(each.phase);
    else yield each;
}

/** Sets the journal mode, unless another process has the database open; the next one to open it sets WAL again. */
function setJournal(writer: Database.Database, mode: 'DELETE' | 'WAL'): void {
  try {
    writer.pragma(`journal_mode = ${mode}`);
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
  }
}

/**
 * The indexes that a large load makes anew when all rows are there: sorted once, each page is written once. Indexes by the record of a row are kept,
 * as rows are inserted in their order.
 */
const DEFERRED =
  "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND name NOT GLOB '*_by_record' ORDER BY name";

/**
 * FTS5 writes the full text in segments, each as large as its buffer in memory, and merges four of a size into one of the next (`automerge`), or
 * sixteen at once when there are so many (`crisismerge`). Each search reads all segments.
 */
const setting = (name: string, value: number): Statement => statement(`INSERT INTO search (search, rank) VALUES ('${name}', ${value})`);

/** Bytes of new text that FTS5 buffers before it writes a segment: its default, and while many records are written. */
const SEGMENT_BUFFER = { usual: 2 ** 20, bulk: 2 ** 25 };

/** Returns the statements that prepare a connection for the phases of one load. */
function loadPhases(connection: Database.Database): (phase: LoadPhase) => readonly Statement[] {
  let dropped: [name: string, sql: string][] = [];

  function dropIndexes(): Statement[] {
    dropped = connection.prepare(DEFERRED).raw().all() as typeof dropped; // @NOTE two texts
    return dropped.map(([name]) => statement(`DROP INDEX ${name}`));
  }

  const statementsOf: Record<LoadPhase, () => readonly Statement[]> = {
    rows: dropIndexes,
    'rows-end': () => dropped.map(([, sql]) => statement(sql)),
    // Merged as they come, each word of a million records is written three times.
    index: () => [setting('automerge', 0), setting('crisismerge', 1999)],
    'index-end': () => [statement("INSERT INTO search (search) VALUES ('optimize')"), setting('automerge', 4), setting('crisismerge', 16)],
    texts: () => [setting('hashsize', SEGMENT_BUFFER.bulk)],
    'texts-end': () => [setting('hashsize', SEGMENT_BUFFER.usual)],
  };
  return (phase) => statementsOf[phase]();
}
