import cluster, { type Worker } from 'node:cluster';
import closeWithGrace from 'close-with-grace';
import { CommandError, type Ending, EXIT_CODES } from './exit-codes.ts';
import type { Surroundings } from './surroundings.ts';

/** How long the workers may take to end after a signal, in milliseconds; what remains then is killed. */
const GRACE = 9000;

/** How long it takes until a worker that ended is replaced: twice as long each time, unless it lived for `STEADY`. In milliseconds. */
const BACKOFF = { least: 100, most: 10_000 };
const STEADY = 30_000;

/** What the workers are told when they are to end. */
const CLOSE = 'close';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Whether this process is a worker. */
export const isWorker = (): boolean => cluster.isWorker;

/** The number of this worker, which no other had before; nothing when it is none. */
export const workerNumber = (): number | undefined => cluster.worker?.id;

/** The workers to run: how many, and on which port. */
export type Workers = { count: number; port: number };

/**
 * Runs this command line in that many processes more, which share a port, until a signal comes; `serving` is called once all
 * serve. A worker that ends is replaced. Throws `CommandError` when one cannot start, with its ending.
 */
export function superviseWorkers({ clock, errors }: Surroundings, { count, port }: Workers, serving: () => void): Promise<void> {
  const starting = new Set<Worker>();
  const replacing = new Set<NodeJS.Timeout>();
  let isClosing = false;
  let failure: CommandError | undefined;
  let waitsForAll = true;
  let backoff = BACKOFF.least;

  function fork(): void {
    const worker = cluster.fork({ PORT: String(port) });
    const started = clock();
    starting.add(worker);
    worker.once('listening', () => {
      starting.delete(worker);
      if (!waitsForAll || starting.size > 0 || living().length < count) return;
      waitsForAll = false;
      serving();
    });
    worker.once('exit', (code: number | null, signal: string | null) => {
      if (isClosing) return;
      if (starting.delete(worker) && code !== null) return fail(code);
      errors.write(`annals: the worker ${worker.process.pid} ended (${signal ?? code}): another takes its place\n`);
      if (clock() - started >= STEADY) backoff = BACKOFF.least;
      const timer = setTimeout(() => replacing.delete(timer) && fork(), backoff);
      replacing.add(timer);
      backoff = Math.min(backoff * 2, BACKOFF.most);
    });
  }

  function fail(code: number): void {
    failure = new CommandError(endingOf(code), 'a worker could not start');
    close();
  }

  function close(): void {
    if (isClosing) return;
    isClosing = true;
    for (const timer of replacing) clearTimeout(timer);
    for (const worker of living()) {
      // One that does not serve yet does not listen to what it is told either.
      if (starting.has(worker)) worker.process.kill();
      else worker.send(CLOSE, () => undefined);
    }
    setTimeout(() => living().forEach((worker) => worker.process.kill('SIGKILL')), GRACE).unref();
    ended();
  }

  let settle: { resolve: () => void; reject: (error: CommandError) => void };
  const over = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));

  function ended(): void {
    if (!isClosing || living().length > 0) return;
    if (failure) settle.reject(failure);
    else settle.resolve();
  }

  // Each worker takes connections itself: one that the first process had handed to a worker as that was killed would hang for ever.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.on('exit', ended);
  for (const signal of SIGNALS) process.on(signal, close);
  for (let started = 0; started < count; started += 1) fork();
  return over;
}

const living = (): Worker[] => Object.values(cluster.workers ?? {}).flatMap((worker) => (worker && !worker.isDead() ? worker : []));

/** Ends this worker when it is told to. A terminal and a supervisor send their signals to every process: they are for the first one to obey. Returns what takes that back. */
export function closeWhenTold(close: () => Promise<void>): () => void {
  for (const signal of SIGNALS) process.on(signal, () => undefined);
  const grace = closeWithGrace({ delay: GRACE, logger: false, skip: [...SIGNALS] }, close);
  process.on('message', (message) => message === CLOSE && grace.close());
  return grace.uninstall;
}

/** Lets this worker end, if it is one: what connects it with the first process would keep it alive. */
export function leave(): void {
  cluster.worker?.disconnect();
}

/** The ending that has this exit code. */
function endingOf(code: number): Ending {
  const endings = Object.keys(EXIT_CODES) as Ending[]; // @NOTE the keys of that very object
  return endings.find((ending) => EXIT_CODES[ending].code === code && ending !== 'done') ?? 'failed';
}
