import type Database from 'better-sqlite3';
import { AnnalsError } from '../../domain/errors.ts';
import { indexVersionOf } from '../index-version.ts';
import { type Engine, type EngineOptions, type KnownVersions, type ResultRows, type Statement, statement } from '../port.ts';
import { indexedOtherwise, migratedPast } from '../superseded.ts';
import { bulkLoader } from './bulk-load.ts';
import { backgroundCheckpoints } from './checkpoints.ts';
import { CACHE, openConnections, openReader } from './connections.ts';
import { REPLACED } from './errors.ts';
import { type FileIdentity, identityOf, isSameIdentity } from './file-identity.ts';
import { readerPool } from './reader-pool.ts';
import { groupReads } from './reading.ts';
import { groupCommit } from './writing.ts';

/** The options of the port, and the versions that this program knows: nothing is written to a database of others. */
type SqliteOptions = EngineOptions & { known?: KnownVersions | undefined };

const DATABASE_SIZE = statement<[bytes: number]>('SELECT page_count * page_size FROM pragma_page_count, pragma_page_size');

/** The default of `writeQueue`: as many writes as are committed in about a second. */
const WRITE_QUEUE = 1000;

/** The engine on one SQLite file in this process. Without a reader pool, offloaded statements run where all others do. */
export function sqliteEngine(path: string, { readerPool: pool, writeQueue = WRITE_QUEUE, known }: SqliteOptions = {}): Engine {
  const { writer, reader, file } = openConnections(path);
  const { refuseSuperseded, refuseReplaced } = supersession(writer, { path, file, known });
  const reads = groupReads(reader, () => openReader(path, CACHE.reading));
  const { write, waiting, onCommit, settled } = groupCommit(writer, writeQueue, refuseSuperseded);
  const load = bulkLoader(writer, reads, refuseSuperseded);
  const threads = pool && pool.threads > 0 ? readerPool({ path, file }, pool) : undefined;
  if (threads) onCommit(backgroundCheckpoints(writer, threads.read));

  async function read<const Statements extends readonly Statement[]>(statements: Statements): Promise<ResultRows<Statements>> {
    refuseReplaced();
    const source = threads && statements.some(({ offload }) => offload) ? threads : reads;
    try {
      return (await source.read(statements)) as unknown as ResultRows<Statements>; // @NOTE the tuple types are stated where each statement is written
    } catch (error) {
      // A newer schema may lack what this program reads.
      if (!(error instanceof AnnalsError)) refuseSuperseded();
      throw withCallerStack(error);
    }
  }

  return {
    read,
    write,
    load,
    waiting,
    onCommit,
    address: { url: `file:${path}`, known },
    size: async () => (await read([DATABASE_SIZE]))[0][0]![0],
    async refuseSuperseded() {
      refuseSuperseded();
    },
    async version() {
      refuseReplaced();
      return reads.version();
    },
    async close() {
      await settled();
      await threads?.close();
      await reads.settled();
      reads.close();
      writer.close();
    },
  };
}

/** Gives an error the stack of its receiver: the stack of the group in which it was thrown names no caller. */
function withCallerStack(error: unknown): unknown {
  if (error instanceof Error) Error.captureStackTrace(error);
  return error;
}

/** An opened database: its path, the identity of the file at that time, and the versions that this program knows. */
type Opened = { path: string; file: FileIdentity | undefined; known: KnownVersions | undefined };

/**
 * Tells whether an open database is still the one to use. `refuseSuperseded` throws `storage-unusable` with the reason `replaced` once another file is at
 * the path, and `storage-migrated` once a newer program has migrated the database or rebuilt its index; it takes some 5 µs, so every transaction begins with it.
 * `refuseReplaced` throws what an earlier `refuseSuperseded` found of the file. Within a write transaction the result holds until its end: a migration
 * is a write transaction itself, and `annals restore` replaces no file that is open.
 */
function supersession(
  connection: Database.Database,
  { path, file, known }: Opened,
): Record<'refuseSuperseded' | 'refuseReplaced', () => void> {
  const newest = known && connection.prepare<[], number | null>('SELECT max(number) FROM migrations').pluck();
  const indexVersion = known && indexVersionOf(connection);
  let replaced: AnnalsError | undefined;

  function refuseReplaced(): void {
    if (replaced) throw replaced;
  }

  return {
    refuseSuperseded() {
      refuseReplaced();
      const there = identityOf(path);
      // A file that is missing for a moment, as while an operator moves another into its place, ends nothing.
      if (!there) throw new AnnalsError('storage-unusable', 'the database file is not in its place any more: put it back');
      if (!isSameIdentity(there, file)) replaced = new AnnalsError('storage-unusable', REPLACED, [], { reason: 'replaced' });
      refuseReplaced();
      const found = newest?.get() ?? 0;
      if (known && found > known.schema) throw migratedPast(found, known.schema);
      const version = indexVersion?.get();
      if (version !== undefined && !known?.index.includes(version)) throw indexedOtherwise(version);
    },
    refuseReplaced,
  };
}
