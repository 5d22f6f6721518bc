import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { beforeAll } from 'vitest';
import { buildApp } from '../../src/app.ts';
import { type Config, readConfig } from '../../src/config.ts';
import type { LogStream } from '../../src/http/observe/log.ts';
import { type Annals, openAnnals } from '../../src/records/annals.ts';
import { createKey } from '../../src/records/keys/api-keys.ts';
import { type Asked, type Asking, checker } from './contract.ts';
import { copyOf, temporaryCopy } from './copies.ts';
import { NOW } from './fixtures.ts';
import { storeAt, urlOf } from './store.ts';

/** The real service on a database of its own, and how to ask it: every answer is held against the OpenAPI document. */
export type TestApp = {
  app: FastifyInstance;
  annals: Annals;
  config: Config;
  path: string;
  writeKey: string;
  readKey: string;
  ask: Asking;
};

/**
 * A service with the seeds for all tests of a file, made before the first and closed after the last. Its clock stands at `NOW`. The tests of a
 * file share its records: each makes those that it changes.
 */
export function sharedApp(environment: Record<string, string> = {}): TestApp {
  const shared: Partial<TestApp> = {};
  beforeAll(async () => {
    const { close, ...made } = await seededApp(environment);
    Object.assign(shared, made);
    return close;
  });
  return shared as TestApp; // @NOTE complete when the first test runs
}

/** No limit of the delay: requests without a socket block the event loop, which looks like an overload. */
const UNHURRIED = { MAX_DELAY: '0' };

/** A service like that of `sharedApp`, open until `close` is called. */
export async function seededApp(
  environment: Record<string, string> = {},
  log?: LogStream,
): Promise<TestApp & { close: () => Promise<void> }> {
  const { place: path, remove } = await copyOf('seeded');
  const config = readConfig({ LOG_LEVEL: 'silent', DATABASE_URL: urlOf(path), ...UNHURRIED, ...environment });
  const engine = await storeAt(path).open({ writeQueue: config.MAX_WAITING_WRITES });
  const annals = openAnnals(engine, () => NOW);
  const app = await buildApp({ annals, config, ...(log && { log }) });
  const keys = {
    write: await createKey(annals, { label: 'writer', scope: 'write' }, randomBytes),
    read: await createKey(annals, { label: 'reader', scope: 'read' }, randomBytes),
  };
  const check = checker(app);
  const ask = async (asked: Asked) => check(asked, keys.write.token);
  const close = async () => {
    await app.close();
    await engine.close();
    await remove();
  };
  return { app, annals, config, path, writeKey: keys.write.token, readKey: keys.read.token, ask, close };
}

/** The place of a copy of the database with the seeds; it is gone when the test is over. */
export const seededCopy = (): Promise<string> => temporaryCopy('seeded');

/** The place of a copy of the database with `smallRecords`; it is gone when the test is over. */
export const smallCopy = (): Promise<string> => temporaryCopy('small');
