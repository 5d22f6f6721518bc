import { lookup } from 'node:dns/promises';
import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { Command } from 'commander';
import { buildApp } from '../app.ts';
import { type Config, READ_THREADS_AUTO_MAX } from '../config.ts';
import { systemCode } from '../domain/errors.ts';
import { openAnnals } from '../records/annals.ts';
import { reindexOutdated } from '../records/reindex.ts';
import type { ReaderPoolOptions } from '../storage/port.ts';
import { CommandError } from './exit-codes.ts';
import { clearLeftovers, formatCount, storeOf, type CommandContext, withProgress } from './context.ts';
import { loadSeeds } from './seed.ts';
import { closeGracefully, closeOnSignal } from './shutdown.ts';
import { watchDatabase } from './watch.ts';

type App = Awaited<ReturnType<typeof buildApp>>;

/** Growth of the heap, in per cent, before garbage is collected. V8 would let it grow to several times what is in use. */
const HEAP_GROWTH = 60;

/** `annals serve`. */
export function serveCommand(context: CommandContext): Command {
  return new Command('serve')
    .description('Bring the database to the newest migration and serve it over HTTP until a signal comes.')
    .option('--seed', 'load the records that come with the program, if the database holds none')
    .option('--empty', 'load no records, even with --seed')
    .action(async ({ seed, empty }: { seed?: true; empty?: true }) => {
      const config = context.config();
      await prepare(context, empty ? undefined : seed);
      return serve(context, config);
    });
}

/** Migrates the database, rebuilds its index if an older definition made it, and loads the seeds if `seed` is set. */
async function prepare(context: CommandContext, seed: true | undefined): Promise<void> {
  const { clock, random, output } = context;
  const store = await storeOf(context);
  clearLeftovers(context, store);
  await store.migrate({ now: clock(), random });
  await withProgress(context, (progress) => reindexOutdated(store, progress));
  if (!seed) return;
  const report = await loadSeeds(context);
  if (report) output.write(`loaded ${formatCount(report.created)} records from seeds/\n`);
}

/** Serves until a signal ends the process. Rejects when the service has ended by itself because another file took the place of the database. */
async function serve(context: CommandContext, config: Config): Promise<never> {
  const { clock, openFiles, output } = context;
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH}`);
  const { MAX_WAITING_WRITES: writeQueue, DATABASE_CONNECTIONS: connections } = config;
  const engine = await (await storeOf(context)).open({ readerPool: readerPoolOptions(config), writeQueue, connections });
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
  const close = async (): Promise<void> => {
    watch.stop();
    await closeGracefully(context, app);
    await engine.close();
  };
  const ignoreSignals = closeOnSignal(context, close);
  output.write(startMessage(addressOf(config, port)));
  return watch.replaced.catch(async (error: unknown) => {
    ignoreSignals();
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

/** Listens, and returns the port. Throws `CommandError` if the port is taken or the host is unknown. */
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

/** The IP address to listen on. For the name `localhost` Fastify would make a second server, without limits and not closed with the first. */
const ipOf = async ({ HOST }: Config): Promise<string> => (await lookup(HOST, { order: 'ipv4first' })).address;

/** The error of listening as a sentence, where its code is known. */
function asCommandError(error: unknown, { PORT, HOST }: Config): unknown {
  const code = systemCode(error);
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

const startMessage = (address: string): string => `Annals serves ${address}
  open  ${address}/ (the timeline), ${address}/manual/ (the manual) or ${address}/docs (the reference)
  try   curl '${address}/v1/timeline?on=2022-01'
`;
