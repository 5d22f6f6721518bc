import type Database from 'better-sqlite3';
import { AnnalsError } from '../../domain/errors.ts';
import { CACHE } from '../cache.ts';
import type { ResultRows, Engine, Statement } from '../port.ts';
import { bulkLoader } from './bulk-load.ts';
import { backgroundCheckpoints } from './checkpoints.ts';
import { openConnections, openReader } from './connections.ts';
import { groupCommit } from './group-commit.ts';
import { groupRead } from './group-read.ts';
import { type ReaderPoolOptions, readerPool } from './reader-pool.ts';
import { snapshots } from './snapshot.ts';
import { supersession } from './superseded.ts';

/**
 * The pool for offloaded statements; the number of writes that may wait for their transaction; and the newest migration that this program knows,
 * past which nothing is written.
 */
export type EngineOptions = { readerPool?: ReaderPoolOptions; writeQueue?: number; schema?: number | undefined };

/** The default of `writeQueue`: as many writes as are committed in about a second. */
const WRITE_QUEUE = 1000;

/** The engine on one SQLite file in this process. Without a reader pool, offloaded statements run where all others do. */
export function sqliteEngine(path: string, { readerPool: pool, writeQueue = WRITE_QUEUE, schema }: EngineOptions = {}): Engine {
  const { writer, reader, file } = openConnections(path);
  const superseded = supersession(writer, { path, file, schema });
  const { write, waiting, onCommit, ...writes } = groupCommit(writer, writeQueue, superseded);
  let reading = readingOn(reader, 0);
  const { look, ...looks } = groupRead((use) => reading.withSnapshot(use));
  const other = {
    close: () => reading.close(),
    open: () => (reading = readingOn(openReader(path, CACHE.reading), reading.number + 1)),
  };
  const load = bulkLoader(writer, other, superseded);
  const threads = pool && pool.threads > 0 ? readerPool({ path, file }, pool) : undefined;
  if (threads) onCommit(backgroundCheckpoints(writer, threads.read));
  return {
    async read<const Statements extends readonly Statement[]>(statements: Statements) {
      superseded.refuseReplaced();
      const isOffloaded = statements.some(({ offload }) => offload);
      try {
        const rows = threads && isOffloaded ? await threads.read(statements) : await look((snapshot) => snapshot.read(statements));
        return rows as unknown as ResultRows<Statements>; // @NOTE the tuple types are stated where each statement is written
      } catch (error) {
        // A newer schema may lack what this program asks of it.
        if (!(error instanceof AnnalsError)) superseded.refuse();
        throw traced(error);
      }
    },
    write,
    load,
    waiting,
    onCommit,
    schema,
    async refuseSuperseded() {
      superseded.refuse();
    },
    async version() {
      superseded.refuseReplaced();
      return look(({ version }) => reading.number * COMMITS + version);
    },
    async close() {
      await writes.settled();
      await threads?.close();
      await looks.settled();
      reading.close();
      writer.close();
    },
  };
}

/** The same error with the stack of whoever waits for the answer: where it was thrown, that is not known any more. */
function traced(error: unknown): unknown {
  if (error instanceof Error) Error.captureStackTrace(error);
  return error;
}

/** How many commits a connection may see: what it counts stays apart from what the next one counts. */
const COMMITS = 2 ** 32;

/** What is asked of a connection that cannot write, the one of that number in this engine. */
function readingOn(reader: Database.Database, number: number) {
  // Its version tells of the commits of all other connections, of which this process has one and this one makes none.
  return { number, withSnapshot: snapshots(reader), close: () => void reader.close() };
}
