import type Database from 'better-sqlite3';
import { CACHE } from './cache.ts';
import type { Answers, Engine, Statement } from './engine.ts';
import { bulkLoader } from './sqlite/bulk-load.ts';
import { checkpointsAside } from './sqlite/checkpoints.ts';
import { openConnections, openReader } from './sqlite/connections.ts';
import { asStorageError } from './sqlite/errors.ts';
import { groupCommit } from './sqlite/group-commit.ts';
import { type ReadAside, readerThreads } from './sqlite/reader-threads.ts';
import { snapshots } from './sqlite/snapshot.ts';

/** How heavy statements are read aside, where they are; how many writes may wait for their transaction, unless as many as one commits in about a second. */
export type EngineOptions = { aside?: ReadAside; writeQueue?: number };

/** How many writes may wait when nothing else is said. */
const WRITE_QUEUE = 1000;

/** The engine on one SQLite file in this process. Without threads, heavy statements are read where all others are. */
export function sqliteEngine(path: string, { aside, writeQueue = WRITE_QUEUE }: EngineOptions = {}): Engine {
  const { writer, reader } = openConnections(path);
  const { write, settled, waiting, onCommit } = groupCommit(writer, writeQueue);
  let reading = readingOn(reader, 0);
  const load = bulkLoader(writer, {
    close: () => reading.close(),
    open: () => (reading = readingOn(openReader(path, CACHE.reading), reading.number + 1)),
  });
  const threads = aside && aside.threads > 0 ? readerThreads(path, aside) : undefined;
  if (threads) onCommit(checkpointsAside(writer, threads.read));
  return {
    async read<const Statements extends readonly Statement[]>(statements: Statements) {
      try {
        const rows = threads && statements.some(({ heavy }) => heavy) ? await threads.read(statements) : reading.snapshot(statements);
        return rows as unknown as Answers<Statements>; // @NOTE the tuple types are stated where each statement is written
      } catch (error) {
        throw asStorageError(error);
      }
    },
    write,
    load,
    waiting,
    onCommit,
    async version() {
      try {
        return reading.version();
      } catch (error) {
        throw asStorageError(error);
      }
    },
    async close() {
      await settled();
      await threads?.close();
      reading.close();
      writer.close();
    },
  };
}

/** How many commits a connection may see: what it counts stays apart from what the next one counts. */
const COMMITS = 2 ** 32;

/** What is asked of a connection that cannot write, the one of that number in this engine. */
function readingOn(reader: Database.Database, number: number) {
  // It tells of the commits of all other connections, of which this process has one and this one makes none.
  const version = reader.prepare<[], number>('PRAGMA data_version').pluck();
  return { number, snapshot: snapshots(reader), version: () => number * COMMITS + version.get()!, close: () => void reader.close() };
}
