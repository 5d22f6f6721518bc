import { onTestFinished } from 'vitest';
import { buildApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { LogStream } from '../../src/http/observe/log.ts';
import { openAnnals } from '../../src/records/annals.ts';
import { storeAt, urlOf } from './store.ts';

/** A service that listens in this process: its address, and the end of it. */
export type Served = { address: string; stop: () => Promise<void> };

/** Serves the database at a path in this process, with the clock of the machine; stopped when the test is over. `serve` of `server.ts` starts a process. */
export async function served(path: string, environment: Record<string, string> = {}, log?: LogStream): Promise<Served> {
  const config = readConfig({ LOG_LEVEL: 'silent', MAX_DELAY: '0', DATABASE_URL: urlOf(path), ...environment });
  const engine = await storeAt(path).open();
  const app = await buildApp({ annals: openAnnals(engine, Date.now), config, ...(log && { log }) });
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= app.close().then(() => engine.close()));
  onTestFinished(stop);
  return { address: await app.listen({ port: 0, host: '127.0.0.1' }), stop };
}
