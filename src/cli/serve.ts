import { lookup } from 'node:dns/promises';
import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { Command } from 'commander';
import { buildApp } from '../app.ts';
import { type Config, READ_THREADS_AUTO_MAX } from '../config.ts';
import { openAnnals } from '../records/annals.ts';
import { reindexOutdated } from '../records/reindex.ts';
import { seedEmpty } from '../import/import.ts';
import type { ReaderPoolOptions } from '../storage/port.ts';
import { closeOnSignal, closing } from './closing.ts';
import { CommandError } from './exit-codes.ts';
import { withProgress } from './progress.ts';
import { clearLeftovers, counted, storeOf, type Surroundings } from './surroundings.ts';
import { watchDatabase } from './watch.ts';

type App = Awaited<ReturnType<typeof buildApp>>;

/** Growth of the heap, in per cent, before garbage is collected. V8 would let it grow to several times what is in use. */
const HEAP_GROWTH = 60;

/** `annals serve`. */
export function serveCommand(surroundings: Surroundings): Command {
  return new Command('serve')
    .description('Bring the database to the newest migration and serve it over HTTP until a signal comes.')
    .option('--seed', 'load the records that come with the program, if the database holds none')
    .option('--empty', 'load no records, even with --seed')
    .action(async ({ seed, empty }: { seed?: true; empty?: true }) => {
      const config = surroundings.config();
      await prepare(surroundings, empty ? undefined : seed);
      return serve(surroundings, config);
    });
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

/** Serves until a signal ends the process. Rejects when the service has ended by itself because another file took the place of the database. */
async function serve(surroundings: Surroundings, config: Config): Promise<never> {
  const { clock, openFiles, output } = surroundings;
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH}`);
  const engine = storeOf(surroundings).open({ readerPool: readerPoolOptions(config), writeQueue: config.MAX_WAITING_WRITES });
  let app: App;
  let port: number;
  try {
    app = await buildApp({ config, annals: openAnnals(engine, clock), openFiles });
    port = await listen(app, config);
  } catch (error) {
    await engine.close();
    throw error;
  }
  const watch = watchDatabase(app, engine);
  const close = closing(surroundings, app, engine, watch.stop);
  const forgetSignals = closeOnSignal(surroundings, close);
  output.write(welcome(addressOf(config, port)));
  return watch.replaced.catch(async (error: unknown) => {
    forgetSignals();
    await close();
    throw error;
  });
}

/** The size of the reader pool. Each thread keeps a core busy and some memory, so `auto` leaves one core to the thread that answers. */
function readerPoolOptions({ READ_THREADS, READ_QUEUE, QUERY_TIMEOUT }: Config): ReaderPoolOptions {
  const spare = availableParallelism() - 1;
  const threads = READ_THREADS === 'auto' ? Math.min(Math.max(spare, 1), READ_THREADS_AUTO_MAX) : READ_THREADS;
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
  open  ${address}/ (the timeline), ${address}/manual/ (the manual) or ${address}/docs (the reference)
  try   curl '${address}/v1/timeline?on=2022-01'
`;
