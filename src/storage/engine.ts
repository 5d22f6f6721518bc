import type { IndexChange } from './index-change.ts';

/**
 * A value that SQLite stores. Every number is bound as REAL: it compares as it should, but FTS5 ignores it as a rowid, where a bigint is
 * due, and it does not divide as integers do, for which SQL has CAST.
 */
export type Value = null | number | bigint | string | Buffer;

/**
 * One SQL statement with its parameters: in order (`?`) or by name (`:name`). `Row` is the tuple it answers; it exists for the compiler only.
 * A guard is a statement with `refuse`: unless it changes or answers exactly `rows` rows, the whole batch is rolled back and
 * the write rejects with that error.
 */
export type Statement<Row extends readonly unknown[] = readonly unknown[]> = {
  sql: string;
  params: readonly Value[] | readonly [Readonly<Record<string, Value>>];
  guard?: { rows: number; refuse: Error };
  /** Whether it may look at so many rows that other requests would wait for it. An engine with more than one thread reads such a one aside. */
  heavy?: true;
  /** Whether many requests ask the very same, for a few small rows: an engine may answer them again until anything is committed. */
  lasting?: true;
  /** Of a statement that is read: it answers no rows, and is not run, unless those before it in the same read have answered so many together. */
  onlyAfter?: number;
  readonly row?: Row;
};

/** A step of a write: a statement, or what it changes in the index, which an engine may put in for many writes at once. */
export type Step = Statement | IndexChange;

/** A broken constraint of the database, named in the message. It is a fault of the program or of the schema, never a race: races have guards. */
export class ConstraintError extends Error {
  override readonly name = 'ConstraintError';
}

/** Signals that data which a write depends on has changed since it was read. The caller reads again and retries. */
export class WriteConflict extends Error {}

/** The rows that each of the statements answers, in order. */
export type Answers<Statements extends readonly Statement[]> = {
  [Index in keyof Statements]: Statements[Index] extends Statement<infer Row> ? Row[] : never;
};

/** Is told of each transaction that was committed how many writes shared it, those that were refused in it among them. */
export type CommitListener = (writes: number) => void;

/** What can only be asked. Everything above the port that does not change records takes this. */
export interface Reader {
  /**
   * Runs the statements on one snapshot, which holds every write that was acknowledged before, by whichever process. Rejects with `storage-busy` or
   * `storage-unusable`, and where one is heavy with `query-timeout` or `too-many-queries`.
   */
  read<const Statements extends readonly Statement[]>(statements: Statements): Promise<Answers<Statements>>;
}

/**
 * The one port to the database; every statement goes through it. There are no interactive transactions, so that an engine may be
 * reached over a network: what a write depends on is read before, and guarded inside the batch.
 */
export interface Engine extends Reader {
  /**
   * Takes the steps in order as one atomic, durable batch and answers the rows of the last statement that has any. Changes of the index
   * are there at the end: no statement of the batch can see them. A list may be run twice, the first time in vain. Rejects with
   * a guard's error, with a `ConstraintError` for a broken constraint, with `overloaded` when too many writes wait already, with `storage-full`,
   * `storage-busy` or `storage-unusable`, and with `storage-migrated` once a newer program has migrated the database; nothing of the batch is
   * kept then.
   */
  write(steps: Iterable<Step>): Promise<unknown[][]>;
  /**
   * As `write`, for a batch of very many rows, which shares its transaction with no other. Nobody checks that a row refers to one that is
   * there: the batch has to know.
   */
  load(steps: Iterable<Step>): Promise<unknown[][]>;
  /** How many writes wait for their transaction. */
  waiting(): number;
  /** Calls `listener` after each commit of writes from now on, for as long as the engine is open. */
  onCommit(listener: CommitListener): void;
  /**
   * A number that differs from what it was whenever anything was committed since, by whomever: cheap enough to be asked for each request.
   * It means nothing to another engine.
   */
  version(): Promise<number>;
  /** The number of the newest migration that this program knows, where the engine was told. */
  readonly schema?: number | undefined;
  /**
   * Rejects with `storage-migrated` once the database has a newer migration than `schema`, and with `storage-unusable` and the reason `replaced`
   * once another file has taken its place: then nothing is read or written any more.
   */
  refuseSuperseded(): Promise<void>;
  /** Waits for what was asked and for accepted writes, and closes the database; no load may be under way. */
  close(): Promise<void>;
}

/** A statement, typed by the tuple it answers. */
export function statement<Row extends readonly unknown[] = readonly unknown[]>(sql: string, ...params: Value[]): Statement<Row> {
  return { sql, params };
}

/** A statement that aborts its batch with `refuse` unless it changes or answers exactly `rows` rows. */
export function guard(rows: number, refuse: Error, sql: string, ...params: Value[]): Statement {
  return { sql, params, guard: { rows, refuse } };
}
