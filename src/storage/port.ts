import type { CommitListener } from '../domain/concurrency/write-queue.ts';
import type { TextMatch } from './full-text/text-match.ts';

/**
 * A value that the database stores. SQLite binds every number as REAL: it compares as it should, but FTS5 ignores it as the number of a row, where
 * a bigint is due, and it does not divide as integers do, for which SQL has CAST.
 */
export type Value = null | number | bigint | string | Buffer;

/** A parameter with a name: a value, or a condition on texts. */
export type Parameter = Value | TextMatch;

/**
 * One SQL statement with its parameters: in order (`?`) or by name (`:name`). `Row` is the tuple it returns; it exists for the compiler only.
 * A guard is a statement with `guard`: unless it changes or returns exactly `rows` rows, the whole batch is rolled back and
 * the write rejects with `error`.
 */
export type Statement<Row extends readonly unknown[] = readonly unknown[]> = {
  sql: string;
  params: readonly Value[] | readonly [Readonly<Record<string, Parameter>>];
  guard?: { rows: number; error: Error };
  /** The statement may look at so many rows that other requests would wait for it: an engine with a reader pool runs it there. */
  offload?: true;
  /** Many requests run this very statement for a few small rows: an engine may return the same rows again until anything is committed. */
  cacheable?: true;
  /**
   * Runs the statement at the end of the transaction, after all statements without this number and in ascending order of it, also where batches
   * share a transaction. No other statement may depend on it. A hint: in a load it runs where it stands.
   */
  atEnd?: number | bigint;
  /** The statement inserts its parameters, `width` values for each row, and has no conflict clause: a load may hand the rows over in another way. */
  inserts?: { table: string; width: number };
  /** In a load, the phase that begins here. The statement has no text. */
  phase?: LoadPhase;
  readonly row?: Row;
};

/**
 * A phase of a load of as many rows as there are already, for which an engine may prepare itself: the rows of records, the index, and blocks of texts
 * in it, in the order of their numbers.
 */
export type LoadPhase = 'rows' | 'rows-end' | 'index' | 'index-end' | 'texts' | 'texts-end';

/** Compares statements that run at the end of a transaction by their order. */
export const byOrderAtEnd = ({ atEnd: one = 0 }: Statement, { atEnd: other = 0 }: Statement): number =>
  one < other ? -1 : Number(one > other);

/** The property `offload` of a statement that may be heavy. */
export const offloadIf = (isHeavy: boolean): Pick<Statement, 'offload'> => (isHeavy ? { offload: true } : {});

/** A broken constraint of the database, named in the message. It is a fault of the program or of the schema, never a race: races have guards. */
export class ConstraintError extends Error {
  override readonly name = 'ConstraintError';
}

/**
 * Signals that data which a write depends on has changed since it was read. The caller reads again and retries. It has no stack: each guard has one,
 * most are never thrown, and to note where took longer than the guard itself.
 */
export class WriteConflict extends Error {
  constructor() {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super();
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The rows of each of the statements, in order. */
export type ResultRows<Statements extends readonly Statement[]> = {
  [Index in keyof Statements]: Statements[Index] extends Statement<infer Row> ? Row[] : never;
};

/** The reading half of the port. Everything above it that does not change records takes this. */
export interface Reader {
  /**
   * Runs the statements on one snapshot, which holds every write that was acknowledged before, by whichever process. Rejects with `storage-busy` or
   * `storage-unusable`, and where one is offloaded with `query-timeout` or `too-many-queries`.
   */
  read<const Statements extends readonly Statement[]>(statements: Statements): Promise<ResultRows<Statements>>;
}

/** The size of a reader pool: threads, reads that may wait for one, and the longest time of a read, waiting included, in milliseconds. */
export type ReaderPoolOptions = { threads: number; queue: number; timeout: number };

/** The pool for offloaded statements, the number of writes that may wait for their transaction, and that of connections to a server for other reads. */
export type EngineOptions = { readerPool?: ReaderPoolOptions; writeQueue?: number; connections?: number };

/** The URL of a database, and the number of the newest migration that this program knows, past which nothing is written. */
export type EngineAddress = { url: string; known: KnownVersions | undefined };

/** The newest migration that a program knows, and the versions that the index may note while it has the database open. Any other is of another program. */
export type KnownVersions = { schema: number; index: readonly number[] };

/**
 * The one port to the database; every statement goes through it. There are no interactive transactions, so that an engine may be
 * reached over a network: what a write depends on is read before, and guarded inside the batch.
 */
export interface Engine extends Reader {
  /**
   * Runs the statements in order as one atomic, durable batch and returns the rows of the last that has any. Rejects with
   * a guard's error, with a `ConstraintError` for a broken constraint, with `overloaded` when too many writes wait already, with `storage-full`,
   * `storage-busy` or `storage-unusable`, with `outcome-unknown` where the connection was lost during the commit, and with `storage-migrated` once a newer program has migrated the database; nothing of the batch is
   * kept then.
   */
  write(batch: readonly Statement[]): Promise<unknown[][]>;
  /** As `write`, for a batch of very many rows, which shares its transaction with no other. References are not checked: the caller vouches for them. */
  load(statements: Iterable<Statement>): Promise<unknown[][]>;
  /** The number of writes that wait for their transaction. */
  waiting(): number;
  /** Calls `listener` after each commit of writes from now on, for as long as the engine is open. */
  onCommit(listener: CommitListener): void;
  /**
   * A number that changes whenever anything is committed, by whichever process; cheap enough to be read for each request. It means nothing to
   * another engine.
   */
  version(): Promise<number>;
  /** The size of the database in bytes. */
  size(): Promise<number>;
  /** The address under which another thread opens an engine of its own on the same database. */
  readonly address: EngineAddress;
  /**
   * Rejects with `storage-migrated` once the database has a newer migration than this program knows, and with `storage-unusable` and the reason `replaced`
   * once another file has taken its place: then nothing is read or written any more.
   */
  refuseSuperseded(): Promise<void>;
  /** Waits for the reads and the writes that were accepted, and closes the database; no load may be under way. */
  close(): Promise<void>;
}

/** A statement, typed by the tuple it returns. */
export function statement<Row extends readonly unknown[] = readonly unknown[]>(sql: string, ...params: Value[]): Statement<Row> {
  return { sql, params };
}

/** Begins a phase of a load. */
export const beginPhase = (phase: LoadPhase): Statement => ({ sql: '', params: [], phase });

/** The key of a cacheable statement, whose parameters are neither bigints nor conditions. */
export const keyOf = ({ sql, params }: Statement): string => sql + JSON.stringify(params);

/** A statement that aborts its batch with `error` unless it changes or returns exactly `rows` rows. */
export function guard(rows: number, error: Error, sql: string, ...params: Value[]): Statement {
  return { sql, params, guard: { rows, error } };
}

/** A guard against other writes: its batch is aborted with a `WriteConflict` unless the statement changes or returns exactly `rows` rows. */
export const conflictUnless = (rows: number, sql: string, ...params: Value[]): Statement =>
  guard(rows, new WriteConflict(), sql, ...params);
