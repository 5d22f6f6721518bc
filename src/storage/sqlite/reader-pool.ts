import Database from 'better-sqlite3';
import { Piscina } from 'piscina';
import { AnnalsError } from '../../domain/errors.ts';
import type { Statement } from '../port.ts';
import { threadModule } from '../thread-module.ts';
import { asStorageError } from './errors.ts';
import type { ThreadAnswer, ThreadSettings } from './reader-thread.ts';

/** How heavy statements are read: on how many threads, how many reads may wait for one, and how long each may take, waiting included, in milliseconds. */
export type ReaderPoolOptions = { threads: number; queue: number; timeout: number };

/** Threads that read, each on its own connection; `close` ends them. Throws `too-many-queries` and `query-timeout`. */
export type ReaderPool = { read: (statements: readonly Statement[]) => Promise<unknown[][]>; close: () => Promise<void> };

/** The page cache of all threads together, in KiB. */
const CACHE = 16_384;

/** The memory in which a thread makes rows, in MB: most are handed over at once, and none lives long. */
const YOUNG = 12;

/** How long a thread without work is kept, in milliseconds. */
const IDLE = 60_000;

const THREAD = threadModule('./reader-thread', import.meta.url);

/** Threads that read a file. The first starts with the first read. */
export function readerPool(database: Pick<ThreadSettings, 'path' | 'file'>, { threads, queue, timeout }: ReaderPoolOptions): ReaderPool {
  const settings: ThreadSettings = { ...database, cache: Math.ceil(CACHE / threads) };
  const pool = new Piscina<readonly Statement[], ThreadAnswer>({
    filename: THREAD.path,
    execArgv: THREAD.execArgv,
    workerData: settings,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: IDLE,
    atomics: 'disabled',
    recordTiming: false,
  });
  // One listener for each read that runs, and this one: a thread that dies while it has nothing to do is missed by nobody.
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

  /** Hands the turn to whoever waits longest. */
  function endTurn(): void {
    const [next] = waiting;
    if (!next) running -= 1;
    else if (waiting.delete(next)) next();
  }

  /** Runs the statements on a thread that has nothing to do; rejects at once when the thread cannot start. */
  function run(statements: readonly Statement[], signal: AbortSignal): Promise<ThreadAnswer> {
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
   * Gives up what runs too long. A query of SQLite cannot be interrupted: its thread ends with it, and is stuck until then. Another takes its
   * place, unless more than `threads` are stuck.
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
    async read(statements) {
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

/** The rows of an answer, whose Buffers crossed as plain arrays of bytes. Throws what SQLite says is wrong. */
function rowsOf(answer: ThreadAnswer): unknown[][] {
  if ('code' in answer) throw new Database.SqliteError(answer.message, answer.code);
  // @NOTE rows are read as tuples
  for (const rows of answer.rows)
    for (const row of rows)
      for (const [column, value] of (row as unknown[]).entries())
        if (value instanceof Uint8Array) (row as unknown[])[column] = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return answer.rows;
}

const timedOut = (timeout: number): AnnalsError =>
  new AnnalsError('query-timeout', `the answer takes longer than ${timeout} ms: ask for less at a time, such as a narrower window`);

const tooMany = (): AnnalsError => new AnnalsError('too-many-queries', 'too many large queries are being answered: try again in a moment');
