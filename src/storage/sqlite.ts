import type Database from 'better-sqlite3';
import { AnnalsError } from '../domain/errors.ts';
import { CACHE } from './cache.ts';
import type { Answers, Engine, Statement } from './engine.ts';
import { bulkLoader } from './sqlite/bulk-load.ts';
import { checkpointsAside } from './sqlite/checkpoints.ts';
import { openConnections, openReader } from './sqlite/connections.ts';
import { groupCommit } from './sqlite/group-commit.ts';
import { groupRead } from './sqlite/group-read.ts';
import { type ReadAside, readerThreads } from './sqlite/reader-threads.ts';
import { snapshots } from './sqlite/snapshot.ts';
import { supersession } from './sqlite/superseded.ts';

/** How heavy statements are read aside, where they are; how many writes may wait for their transaction, unless as many as one commits in about a second; `schema`, the newest migration of this program, past which nothing is written. */
export type EngineOptions = { aside?: ReadAside; writeQueue?: number; schema?: number | undefined };

/** How many writes may wait when nothing else is said. */
const WRITE_QUEUE = 1000;

/** The engine on one SQLite file in this process. Without threads, heavy statements are read where all others are. */
export function sqliteEngine(path: string, { aside, writeQueue = WRITE_QUEUE, schema }: EngineOptions = {}): Engine {
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
  const threads = aside && aside.threads > 0 ? readerThreads({ path, file }, aside) : undefined;
  if (threads) onCommit(checkpointsAside(writer, threads.read));
  return {
    async read<const Statements extends readonly Statement[]>(statements: Statements) {
      superseded.refuseReplaced();
      const isHeavy = statements.some(({ heavy }) => heavy);
      try {
        const rows = threads && isHeavy ? await threads.read(statements) : await look((snapshot) => snapshot.read(statements));
        return rows as unknown as Answers<Statements>; // @NOTE the tuple types are stated where each statement is written
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
