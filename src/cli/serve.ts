import { Command } from 'commander';
import { buildApp } from '../app.ts';
import type { Config } from '../config.ts';
import { openAnnals } from '../records/annals.ts';
import { seedEmpty } from '../records/transfer/seed.ts';
import { databasePath, migrateDatabase, openDatabase } from '../storage/database.ts';
import type { Engine } from '../storage/engine.ts';
import { closeOnSignal } from './closing.ts';
import { CommandError } from './exit-codes.ts';
import { withProgress } from './progress.ts';
import { counted, type Surroundings } from './surroundings.ts';

type App = Awaited<ReturnType<typeof buildApp>>;

/** `annals serve`. */
export function serveCommand(surroundings: Surroundings): Command {
  return new Command('serve')
    .description('Bring the database to the newest migration and serve it over HTTP until a signal comes.')
    .option('--seed', 'load the records that come with the program, if the database holds none')
    .action(async ({ seed }: { seed?: true }) => {
      const config = surroundings.config();
      const engine = await prepareEngine(surroundings, config);
      try {
        const annals = openAnnals(engine, surroundings.clock);
        if (seed) {
          const report = await withProgress(surroundings, (progress) => seedEmpty(annals, surroundings.folders.seeds, progress));
          if (report) surroundings.output.write(`loaded ${counted(report.created)} records from seeds/\n`);
        }
        const app = await buildApp({ config, annals });
        const address = await listen(app, config);
        closeOnSignal(surroundings, app, engine);
        surroundings.output.write(welcome(address));
      } catch (error) {
        await engine.close();
        throw error;
      }
    });
}

async function prepareEngine({ clock, folders }: Surroundings, config: Config): Promise<Engine> {
  const path = databasePath(config.DATABASE_URL);
  await migrateDatabase(path, folders.migrations, clock());
  return openDatabase(path, folders.migrations, { writeQueue: config.MAX_WAITING_WRITES });
}

/** Listens, and answers the address to open. Throws `CommandError` when the port or the host cannot be had. */
async function listen(app: App, { PORT, HOST }: Config): Promise<string> {
  try {
    await app.listen({ port: PORT, host: HOST });
  } catch (error) {
    await app.close();
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE')
      throw new CommandError('port-taken', `another program listens on port ${PORT} of ${HOST}: stop it, or give another PORT`);
    if (code === 'EACCES') throw new CommandError('failed', `this program may not listen on port ${PORT}: give another PORT, from 1024 on`);
    if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL')
      throw new CommandError('failed', `this machine has no address ${HOST}: give another HOST`);
    throw error;
  }
  const [bound] = app.addresses();
  const isEverywhere = HOST === '0.0.0.0' || HOST === '::';
  const host = isEverywhere ? 'localhost' : HOST.includes(':') ? `[${HOST}]` : HOST;
  return `http://${host}:${typeof bound === 'object' ? bound.port : PORT}`;
}

const welcome = (address: string): string => `Annals serves ${address}
  open  ${address}/ (the timeline) or ${address}/docs (the reference)
  try   curl '${address}/v1/timeline?actor=CSTO&on=2022-01'
`;
