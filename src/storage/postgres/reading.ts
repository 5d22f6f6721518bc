import { rowCache } from '../../domain/caches/row-cache.ts';
import { keyOf, type ReaderPoolOptions, type Statement, statement } from '../port.ts';
import { timedOut, tooMany } from '../reader-limits.ts';
import { codeOf } from './errors.ts';
import { bind, type BoundStatement } from './parameters.ts';
import type { Session } from './pipeline.ts';
import type { SessionPool } from './pool.ts';

const BEGIN = bind(statement('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'));
const COMMIT = bind(statement('COMMIT'));
const ROLLBACK = bind(statement('ROLLBACK'));
const ABSORBING = bind(statement('SELECT 1'));
const VERSION = statement('SELECT version FROM commits');

/** Runs statements on one snapshot, in one round trip, and returns the rows of each. Rejects with the error of the server. */
export type ReadSnapshot = (session: Session, statements: readonly Statement[]) => Promise<unknown[][][]>;

/** Reads with a session that can do nothing else: what is sent together is one transaction. */
export const readSnapshot: ReadSnapshot = async (session, statements) => {
  const { outcomes, error } = await session.run(statements.map(bind));
  if (error) throw error;
  return outcomes.map(({ rows }) => rows ?? []);
};

/** Reads with a session that also writes. */
export const readInTransaction: ReadSnapshot = async (session, statements) => {
  const inner: BoundStatement[] = statements.map(bind);
  const { outcomes, error } = await session.run([BEGIN, ...inner, COMMIT]);
  if (error) {
    await session.run([ROLLBACK]);
    throw error;
  }
  return outcomes.slice(1, -1).map(({ rows }) => rows ?? []);
};

/** Reads of a pool of sessions. */
export function reads(sessions: SessionPool, readRows: ReadSnapshot) {
  const cache = rowCache();
  let asked: Promise<number> | undefined;

  async function readVersion(): Promise<number> {
    // All that ask in this turn of the event loop share the query, which begins after them.
    await new Promise((resolve) => setImmediate(resolve));
    asked = undefined;
    const [rows] = await sessions.with((session) => readRows(session, [VERSION]));
    return versionIn(rows);
  }

  /** Returns a number that grows with every commit of any process. */
  const version = (): Promise<number> => (asked ??= readVersion());

  const readAll = (statements: readonly Statement[]) => sessions.with((session) => readRows(session, statements));

  /** Reads the statements that are not cached, with the version: what is cached belongs to the same snapshot if that is its version. */
  async function readCached(statements: readonly Statement[]): Promise<unknown[][]> {
    const keys = statements.map((each) => (each.cacheable ? keyOf(each) : undefined));
    const expected = cache.version();
    const cached = keys.map((key) => (key === undefined ? undefined : cache.find(key, expected)));
    const missing = statements.filter((_, index) => !cached[index]);
    const readAnew = async () => keepAll(keys, await readAll([VERSION, ...statements]));
    if (missing.length === 0) return (await version()) === expected ? (cached as unknown[][]) : readAnew(); // @NOTE none is missing
    const [found, ...rows] = await readAll([VERSION, ...missing]);
    if (missing.length < statements.length && versionIn(found) !== expected) return readAnew();
    return keepAll(keys, [found, ...cached.map((each) => each ?? rows.shift()!)] as unknown[][][]); // @NOTE rows of each statement
  }

  function keepAll(keys: readonly (string | undefined)[], [found, ...rows]: readonly unknown[][][]): unknown[][] {
    const current = versionIn(found);
    for (const [index, key] of keys.entries()) if (key !== undefined) cache.keep(key, current, rows[index]!);
    return rows;
  }

  return {
    version,
    /** Returns the rows of statements on a snapshot that begins after the call. */
    read: async (statements: readonly Statement[]): Promise<unknown[][]> =>
      statements.some(({ cacheable }) => cacheable) ? readCached(statements) : readAll(statements),
  };
}

const versionIn = (rows: readonly unknown[][] | undefined): number => Number(rows?.[0]?.[0]);

/**
 * Reads that may look at very many rows: as many run at once as `threads` says, and `queue` more wait. A read is ended after `timeout` milliseconds, waiting
 * included: `cancel` is given the number of its session.
 */
export function heavyReads(
  sessions: SessionPool,
  { threads, queue, timeout }: ReaderPoolOptions,
  cancel: (session: number) => Promise<unknown>,
): (statements: readonly Statement[]) => Promise<unknown[][]> {
  let accepted = 0;

  async function run(statements: readonly Statement[], deadline: AbortSignal): Promise<unknown[][]> {
    try {
      return await sessions.with(async (session) => {
        deadline.throwIfAborted();
        let canceling: Promise<unknown> | undefined;
        const stop = (): void => {
          canceling = cancel(session.id).catch(() => undefined);
        };
        deadline.addEventListener('abort', stop);
        try {
          return await readSnapshot(session, statements);
        } finally {
          deadline.removeEventListener('abort', stop);
          // Where the read has ended by itself meanwhile, the next statement of the session would be canceled.
          if (canceling) await canceling.then(() => session.run([ABSORBING]));
        }
      });
    } finally {
      accepted -= 1;
    }
  }

  return async (statements) => {
    if (accepted >= threads + queue) throw tooMany();
    accepted += 1;
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), timeout);
    const ended = new Promise<never>((_, reject) => deadline.signal.addEventListener('abort', () => reject(timedOut(timeout))));
    try {
      return await Promise.race([run(statements, deadline.signal), ended]);
    } catch (error) {
      throw codeOf(error) === QUERY_CANCELED ? timedOut(timeout) : error;
    } finally {
      clearTimeout(timer);
    }
  };
}

const QUERY_CANCELED = '57014';
