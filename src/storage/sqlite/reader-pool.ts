import Database from 'better-sqlite3';
import { Piscina } from 'piscina';
import type { ReaderPoolOptions, Statement } from '../port.ts';
import { timedOut, tooMany } from '../reader-limits.ts';
import { threadModule } from '../thread-module.ts';
import { asStorageError } from './errors.ts';
import type { ThreadResult, ThreadSettings } from './reader-thread.ts';

/** The page cache of all threads together, in KiB. */
const CACHE = 16_384;

/** The young generation of a thread's heap, in MB: rows are transferred at once, and none lives long. */
const YOUNG_GENERATION_MB = 12;

/** The time that an idle thread is kept, in milliseconds. */
const IDLE = 60_000;

const THREAD = threadModule('./reader-thread', import.meta.url);

/** Threads that read a file, each on its own connection; `close` ends them. The first starts with the first read. */
export function readerPool(database: Pick<ThreadSettings, 'path' | 'file'>, { threads, queue, timeout }: ReaderPoolOptions) {
  const settings: ThreadSettings = { ...database, cache: Math.ceil(CACHE / threads) };
  const pool = new Piscina<readonly Statement[], ThreadResult>({
    filename: THREAD.path,
    execArgv: THREAD.execArgv,
    workerData: settings,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: IDLE,
    atomics: 'disabled',
    recordTiming: false,
  });
  // One listener for each read that runs, and this one for a thread that dies while it is idle.
  pool.setMaxListeners(0).on('error', () => undefined);
  // @NOTE piscina neither bounds the queue of tasks that can be aborted nor takes it up again after one was, so it is kept here.
  const waiting = new Set<() => void>();
  let running = 0;
  let stuck = 0;

  function takeTurn(signal: AbortSignal): Promise<void> | undefined {
    if (running < threads) {
      running += 1;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      waiting.add(resolve);
      signal.addEventListener('abort', () => waiting.delete(resolve) && reject(timedOut(timeout)));
    });
  }

  /** Passes the turn to the read that waits longest. */
  function endTurn(): void {
    const [next] = waiting;
    if (!next) running -= 1;
    else if (waiting.delete(next)) next();
  }

  /** Runs the statements on an idle thread; rejects at once when the thread cannot start. */
  function run(statements: readonly Statement[], signal: AbortSignal): Promise<ThreadResult> {
    return new Promise((resolve, reject) => {
      pool.once('error', reject);
      const bare = statements.map(({ sql, params }) => ({ sql, params }));
      void pool
        .run(bare, { signal })
        .then(resolve, reject)
        .finally(() => pool.off('error', reject));
    });
  }

  /**
   * Abandons a read that runs too long. SQLite does not interrupt a query: its thread ends with it, and is stuck until then. Another thread
   * takes its place, unless more than `threads` are stuck.
   */
  function giveUp(deadline: AbortController): void {
    const before = pool.threads;
    deadline.abort();
    for (const thread of before.filter((each) => !pool.threads.includes(each))) {
      stuck += 1;
      thread.once('exit', () => (stuck -= 1));
    }
  }

  return {
    /** Rejects with `too-many-queries` and `query-timeout`. */
    read: async (statements: readonly Statement[]): Promise<unknown[][]> => {
      if (stuck > threads || (running >= threads && waiting.size >= queue)) throw tooMany();
      const deadline = new AbortController();
      const timer = setTimeout(giveUp, timeout, deadline);
      try {
        await takeTurn(deadline.signal);
        try {
          return rowsOf(await run(statements, deadline.signal));
        } finally {
          endTurn();
        }
      } catch (error) {
        throw deadline.signal.aborted ? timedOut(timeout) : asStorageError(error);
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => pool.destroy(),
  };
}

/** The rows in a result, whose Buffers crossed as plain arrays of bytes. Throws SQLite's error. */
function rowsOf(result: ThreadResult): unknown[][] {
  if ('code' in result) throw new Database.SqliteError(result.message, result.code);
  // @NOTE rows are read as tuples
  for (const rows of result.rows)
    for (const row of rows)
      for (const [column, value] of (row as unknown[]).entries())
        if (value instanceof Uint8Array) (row as unknown[])[column] = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return result.rows;
}
