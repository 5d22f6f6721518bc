import { availableParallelism } from 'node:os';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Statement } from '../../storage/port.ts';
import { type Checked, checkLines } from '../check.ts';
import type { Line } from '../lines.ts';
import { type Job, loader, type Start } from '../load.ts';
import { type Packed, unpack } from './packing.ts';

/** Where the work of an import is done that does not need the database. */
export type Threads = {
  /** Checks lines chunk by chunk, and answers in the same order. */
  check: (chunks: AsyncIterable<Line[]>) => AsyncGenerator<Checked>;
  /**
   * What a `loader` makes of the jobs, to its end; `meanwhile` stands between that of the jobs and what it then makes of them all, which takes a
   * while. It is synchronous because a batch of statements is.
   */
  load: (start: Start, jobs: Iterable<Job>, meanwhile: Iterable<Statement>) => Generator<Statement>;
};

/** What a thread is asked: to check lines, or to make statements of the jobs that come through a port. */
export type Asked = { lines: Line[]; port: MessagePort } | { start: Start; port: MessagePort; turns: Int32Array };

/** What comes back through the port: statements, the end of a job or of all, or what went wrong, with the code of a system call that failed. */
export type Piece = { packed: Packed } | { ends: 'job' | 'all' } | { error: unknown; code: string | undefined };

/** The places in `turns`, which both sides see: how many pieces were sent, how many were taken, whether nobody takes them any more. */
export const TURNS = { sent: 0, taken: 1, stopped: 2 };

/** How many threads there are at most: more would wait for this one. */
const THREADS = 2;

/**
 * How many MiB a thread may hold. It needs half of that; without a limit it would let garbage lie much longer. What is young is copied whenever
 * its part is full, so that part is large: few records live that long.
 */
const MEMORY = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 96 };

/** How many chunks wait to be checked, and how many jobs to be done: enough that no thread waits, few enough to be held in memory. */
const CHUNKS_AHEAD = 2;
const JOBS_AHEAD = 3;

/** How long a piece may take, in milliseconds: a thread that lives needs a few seconds at most. */
const PATIENCE = 120_000;

/**
 * Does something with threads of its own. They start with the second chunk, since most imports have only one. The program has them
 * when it is built; run from its source, which threads cannot load, all is done in this one.
 */
export async function withThreads<Result>(use: (threads: Threads) => Promise<Result>): Promise<Result> {
  const isBuilt = import.meta.url.endsWith('.js');
  const threads: Thread[] = [];
  const started = () => {
    while (threads.length < Math.min(THREADS, availableParallelism())) threads.push(startThread());
    return threads;
  };
  try {
    return await use({
      check: (chunks) => checkIn(isBuilt ? started : () => [], chunks),
      load(start, jobs, meanwhile) {
        const [first, ...others] = threads.splice(0, threads.length, ...threads.slice(0, 1));
        // What they hold is not needed any more.
        for (const { worker } of others) void worker.terminate();
        return first ? loadIn(first.worker, start, jobs, meanwhile) : loadHere(start, jobs, meanwhile);
      },
    });
  } finally {
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }
}

/** A thread, and a promise that is only ever rejected: with what ended the thread. */
type Thread = { worker: Worker; failed: Promise<never> };

function startThread(): Thread {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { resourceLimits: MEMORY });
  const failed = new Promise<never>((_, reject) => worker.once('error', reject));
  // Whoever waits for an answer is told.
  failed.catch(() => undefined);
  return { worker, failed };
}

async function* checkIn(started: () => Thread[], chunks: AsyncIterable<Line[]>): AsyncGenerator<Checked> {
  const asked: Promise<Checked>[] = [];
  let count = 0;
  for await (const lines of chunks) {
    const threads = count === 0 ? [] : started();
    const thread = threads[count % threads.length];
    count += 1;
    const checked = thread ? checkedBy(thread, lines) : Promise.resolve(checkLines(lines));
    // It is awaited later, when those before it were.
    checked.catch(() => undefined);
    asked.push(checked);
    if (asked.length > CHUNKS_AHEAD * threads.length) yield await asked.shift()!;
  }
  for (const checked of asked) yield await checked;
}

/** The answer of a thread, through a channel of its own, so that it is known to what it is the answer. */
async function checkedBy({ worker, failed }: Thread, lines: Line[]): Promise<Checked> {
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise<Checked>((resolve) => port1.once('message', resolve));
  worker.postMessage({ lines, port: port2 }, [port2]);
  // `failed` keeps the race as long as the thread lives: it must not keep the answer.
  await Promise.race([answer.then(() => undefined), failed]);
  return answer;
}

function* loadHere(start: Start, jobs: Iterable<Job>, meanwhile: Iterable<Statement>): Generator<Statement> {
  const { add, finish } = loader(start);
  for (const job of jobs) yield* add(job);
  yield* meanwhile;
  yield* finish();
}

function* loadIn(worker: Worker, start: Start, jobs: Iterable<Job>, meanwhile: Iterable<Statement>): Generator<Statement> {
  const { port1: port, port2 } = new MessageChannel();
  const turns = new Int32Array(new SharedArrayBuffer(Object.keys(TURNS).length * Int32Array.BYTES_PER_ELEMENT));
  worker.postMessage({ start, port: port2, turns }, [port2]);
  const waiting = jobs[Symbol.iterator]();
  const post = (): boolean => {
    const { done, value } = waiting.next();
    port.postMessage(done ? undefined : value);
    return !done;
  };
  try {
    let isMore = true;
    let ahead = 0;
    for (;;) {
      while (isMore && ahead < JOBS_AHEAD) {
        isMore = post();
        if (isMore) ahead += 1;
      }
      const piece = take(port, turns);
      if ('error' in piece)
        throw piece.code === undefined ? piece.error : Object.assign(new Error(String(piece.error)), { code: piece.code });
      if ('packed' in piece) yield* unpack(piece.packed);
      else if (piece.ends === 'all') return;
      else if (--ahead === 0) yield* meanwhile;
    }
  } finally {
    Atomics.store(turns, TURNS.stopped, 1);
    Atomics.notify(turns, TURNS.taken);
    port.close();
  }
}

/** Waits for the next piece without giving way to anything else: a batch of statements is made as it is run. */
function take(port: MessagePort, turns: Int32Array): Piece {
  for (;;) {
    const sent = Atomics.load(turns, TURNS.sent);
    const received = receiveMessageOnPort(port);
    if (received) {
      Atomics.add(turns, TURNS.taken, 1);
      Atomics.notify(turns, TURNS.taken);
      return received.message as Piece; // @NOTE `worker.ts` sends nothing else
    }
    if (Atomics.wait(turns, TURNS.sent, sent, PATIENCE) === 'timed-out')
      throw new Error('the thread that prepares records does not answer');
  }
}
