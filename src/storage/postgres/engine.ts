import { AnnalsError } from '../../domain/errors.ts';
import { type Engine, type EngineOptions, type KnownVersions, type ResultRows, type Statement, statement } from '../port.ts';
import { parseAddress } from './address.ts';
import { type Connect, heavySettings, primaryOf, readingSettings, writingSettings } from './connections.ts';
import { asStorageError } from './errors.ts';
import { bulkLoader } from './load.ts';
import { type SessionPool, sessionPool } from './pool.ts';
import { heavyReads, readInTransaction, reads, readSnapshot } from './reading.ts';
import { groupCommit, newWriter, refuseOtherVersions } from './writing.ts';

/** The options of the port, and the versions that this program knows: nothing is written to a database of others. */
export type PostgresOptions = EngineOptions & {
  known?: KnownVersions | undefined;
  /** Connects to a database that has one session, which reads and writes; else the servers of the URL are connected to. */
  soleSession?: Connect;
};

/** The default of `writeQueue`: as many writes as are committed in about a second. */
const WRITE_QUEUE = 1000;

/** The default of `connections`. */
const READING = 4;

/** The longest time of a statement that is not offloaded, in milliseconds: it takes a hundredth of that, unless the server is in trouble. */
const LIGHT_TIMEOUT = 30_000;

/** The time after which the server itself ends a large query that this program should have ended, in milliseconds. */
const GRACE = 1000;

/** The interval at which a server that does not answer is asked whether it is there, in milliseconds. */
const WATCH = 10_000;

const DATABASE_SIZE = statement<[bytes: number]>('SELECT pg_database_size(current_database())');

/** The pools of a database: a session that writes, those that read, and those for large queries, which `cancel` ends. */
type Sessions = { writing: SessionPool; reading: SessionPool; heavy?: SessionPool };

function sessionsOf(url: string, { soleSession, readerPool, connections = READING }: PostgresOptions): Sessions {
  const address = parseAddress(url);
  const { schema } = address;
  const connect = soleSession ?? primaryOf(address);
  const writing = sessionPool(connect, writingSettings(schema), { size: 1, watch: soleSession ? undefined : WATCH });
  if (soleSession) return { writing, reading: writing };
  const reading = sessionPool(connect, readingSettings(schema, LIGHT_TIMEOUT), { size: connections, watch: WATCH });
  if (!readerPool || readerPool.threads === 0) return { writing, reading };
  return {
    writing,
    reading,
    heavy: sessionPool(connect, heavySettings(schema, readerPool.timeout + GRACE), { size: readerPool.threads, watch: WATCH }),
  };
}

/** The engine on the PostgreSQL database that a URL names. Nothing connects to it before something is asked. */
export function postgresEngine(url: string, options: PostgresOptions = {}): Engine {
  const { known, readerPool, writeQueue = WRITE_QUEUE, soleSession } = options;
  const sessions = sessionsOf(url, options);
  const { writing, reading, heavy } = sessions;
  const light = reads(reading, soleSession ? readInTransaction : readSnapshot);
  const { write, waiting, onCommit, settled } = groupCommit(writing, writeQueue, newWriter(known));
  const load = bulkLoader(writing, newWriter(known));
  const cancel = (session: number) => light.read([statement('SELECT pg_cancel_backend(CAST(? AS INTEGER))', session)]);
  const readHeavy = heavy && readerPool ? heavyReads(heavy, readerPool, cancel) : light.read;

  async function refuseSuperseded(): Promise<void> {
    if (known) await reading.with((session) => refuseOtherVersions(session, known));
  }

  async function read<const Statements extends readonly Statement[]>(statements: Statements): Promise<ResultRows<Statements>> {
    const readRows = statements.some(({ offload }) => offload) ? readHeavy : light.read;
    try {
      return (await readRows(statements)) as unknown as ResultRows<Statements>; // @NOTE the tuple types are stated where each statement is written
    } catch (error) {
      const domainError = asStorageError(error);
      // A newer schema may lack what this program reads.
      if (!(domainError instanceof AnnalsError)) await refuseSuperseded();
      throw domainError;
    }
  }

  return {
    read,
    write,
    load,
    waiting,
    onCommit,
    address: { url, known },
    size: async () => (await read([DATABASE_SIZE]))[0][0]![0],
    refuseSuperseded: () => inWords(refuseSuperseded),
    version: () => inWords(light.version),
    async close() {
      await settled();
      for (const pool of new Set(Object.values(sessions))) await pool.close();
    },
  };
}

/** Throws the domain error of what `ask` throws. */
async function inWords<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    throw asStorageError(error);
  }
}
