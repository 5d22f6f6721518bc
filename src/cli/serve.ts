import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { Command, InvalidArgumentError } from 'commander';
import { buildApp } from '../app.ts';
import type { Config } from '../config.ts';
import { openAnnals } from '../records/annals.ts';
import { reindexOutdated } from '../records/reindex.ts';
import { seedEmpty } from '../import/import.ts';
import type { ReaderPoolOptions } from '../storage/port.ts';
import { closeOnSignal, closing } from './closing.ts';
import { CommandError } from './exit-codes.ts';
import { withProgress } from './progress.ts';
import { clearLeftovers, counted, storeOf, type Surroundings } from './surroundings.ts';
import { watchDatabase } from './watch.ts';
import { closeWhenTold, isWorker, leave, superviseWorkers, workerNumber } from './workers.ts';

type App = Awaited<ReturnType<typeof buildApp>>;

/** How many processes may serve. */
const WORKERS_MAX = 64;

/** How many threads read at most unless it is said. */
const THREADS_MAX = 4;

/** By how many per cent the heap grows before garbage is collected. V8 would let it grow to several times what is in use. */
const HEAP_GROWTH = 60;

/** `annals serve`. */
export function serveCommand(surroundings: Surroundings): Command {
  return new Command('serve')
    .description('Bring the database to the newest migration and serve it over HTTP until a signal comes.')
    .option('--seed', 'load the records that come with the program, if the database holds none')
    .option('--workers <count>', 'how many processes serve, on one port and one database', workerCount, 1)
    .action(async ({ seed, workers }: { seed?: true; workers: number }) => {
      const config = surroundings.config();
      if (isWorker()) return (await serveHere(surroundings, config, workers)).over;
      await prepare(surroundings, seed);
      const sayWelcome = (port: number) => surroundings.output.write(welcome(addressOf(config, port)));
      if (workers === 1) {
        const { port, over } = await serveHere(surroundings, config, workers);
        sayWelcome(port);
        return over;
      }
      const port = config.PORT || (await freePort(config));
      return superviseWorkers(surroundings, { count: workers, port }, () => sayWelcome(port));
    });
}

function workerCount(value: string): number {
  const count = /^[0-9]{1,3}$/.test(value) ? Number(value) : 0;
  if (count < 1 || count > WORKERS_MAX) throw new InvalidArgumentError(`Give a whole number from 1 to ${WORKERS_MAX}.`);
  return count;
}

/** Migrates the database, rebuilds its index if an older definition made it, and loads the seeds into it if it is to have them. */
async function prepare(surroundings: Surroundings, seed: true | undefined): Promise<void> {
  const { clock, random, folders, output } = surroundings;
  const store = storeOf(surroundings);
  clearLeftovers(surroundings, store);
  await store.migrate({ now: clock(), random });
  await withProgress(surroundings, (progress) => reindexOutdated(store, progress));
  if (!seed) return;
  const engine = store.open();
  try {
    const annals = openAnnals(engine, clock);
    const report = await withProgress(surroundings, (progress) => seedEmpty(annals, folders.seeds, progress));
    if (report) output.write(`loaded ${counted(report.created)} records from seeds/\n`);
  } finally {
    await engine.close();
  }
}

/**
 * Serves in this process, one of so many, until it is told to end. Returns the port, and what rejects when the service has ended by itself,
 * because another file took the place of the database.
 */
async function serveHere(surroundings: Surroundings, config: Config, workers: number): Promise<{ port: number; over: Promise<never> }> {
  const { clock, openFiles } = surroundings;
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH}`);
  const engine = storeOf(surroundings).open({
    readerPool: readerPoolOptions(config, workers),
    writeQueue: config.MAX_WAITING_WRITES,
  });
  try {
    const app = await buildApp({ config, annals: openAnnals(engine, clock), worker: workerNumber(), openFiles });
    const port = await listen(app, config);
    const watch = watchDatabase(app, engine);
    const close = closing(surroundings, app, engine, watch.stop);
    const forgetSignals = isWorker() ? closeWhenTold(close) : closeOnSignal(surroundings, close);
    const over = watch.replaced.catch(async (error: unknown) => {
      forgetSignals();
      await close();
      leave();
      throw error;
    });
    return { port, over };
  } catch (error) {
    await engine.close();
    leave();
    throw error;
  }
}

/** The size of the reader pool. Each thread keeps a core busy and some memory, so `auto` leaves one core to the thread that answers. */
function readerPoolOptions({ READ_THREADS, READ_QUEUE, QUERY_TIMEOUT }: Config, workers: number): ReaderPoolOptions {
  const spare = Math.floor(availableParallelism() / workers) - 1;
  const threads = READ_THREADS === 'auto' ? Math.min(Math.max(spare, 1), THREADS_MAX) : READ_THREADS;
  return { threads, queue: READ_QUEUE, timeout: QUERY_TIMEOUT };
}

/** Listens, and answers the port. Throws `CommandError` when the port or the host cannot be had. */
async function listen(app: App, config: Config): Promise<number> {
  try {
    await app.listen({ port: config.PORT, host: await ipOf(config) });
  } catch (error) {
    await app.close();
    throw asCommandError(error, config);
  }
  const [bound] = app.addresses();
  return typeof bound === 'object' ? bound.port : config.PORT;
}

/** The address to listen on. For the name `localhost` Fastify would make a second server, not limited, and not waited for on closing. */
const ipOf = async ({ HOST }: Config): Promise<string> => (await lookup(HOST, { order: 'ipv4first' })).address;

/** A port that nobody listens on. Workers that all looked for one would find another each time that all of them had died. */
async function freePort(config: Config): Promise<number> {
  try {
    const server = createServer().listen(0, await ipOf(config));
    await once(server, 'listening');
    const bound = server.address();
    server.close();
    await once(server, 'close');
    return typeof bound === 'object' && bound ? bound.port : 0;
  } catch (error) {
    throw asCommandError(error, config);
  }
}

/** What stands in the way of listening, as a sentence where it is known. */
function asCommandError(error: unknown, { PORT, HOST }: Config): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return new CommandError('port-taken', `another program listens on port ${PORT} of ${HOST}: stop it, or give another PORT`);
  if (code === 'EACCES') return new CommandError('failed', `this program may not listen on port ${PORT}: give another PORT, from 1024 on`);
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL')
    return new CommandError('failed', `this machine has no address ${HOST}: give another HOST`);
  return error;
}

/** The address to open. */
function addressOf({ HOST }: Config, port: number): string {
  const isEverywhere = HOST === '0.0.0.0' || HOST === '::';
  const host = isEverywhere ? 'localhost' : HOST.includes(':') ? `[${HOST}]` : HOST;
  return `http://${host}:${port}`;
}

const welcome = (address: string): string => `Annals serves ${address}
  open  ${address}/ (the timeline) or ${address}/docs (the reference)
  try   curl '${address}/v1/timeline?actor=CSTO&on=2022-01'
`;
