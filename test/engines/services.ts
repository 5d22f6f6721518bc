import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect } from 'vitest';
import { buildApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { AnnalsError } from '../../src/domain/errors.ts';
import { type Annals, openAnnals } from '../../src/records/annals.ts';
import { createKey } from '../../src/records/keys/api-keys.ts';
import type { Engine } from '../../src/storage/port.ts';
import { copyOf } from '../helpers/copies.ts';
import { NOW, RANDOM } from '../helpers/fixtures.ts';
import { emptyEngineOn } from '../helpers/pglite.ts';
import { storeAt } from '../helpers/store.ts';
import { ON_SERVER } from '../helpers/on-server.ts';

/** A request: an address to read, or what `inject` of Fastify takes. */
export type Asked = string | { method: Method; url: string; headers?: Record<string, string>; payload?: string };

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** An answer that both engines gave. */
export type Answer = { status: number; headers: Readonly<Record<string, unknown>>; body: string };

/** The service on a database of each engine, with one clock and the same keys. */
export type Services = {
  /** Asks both, and fails unless they answer the same, and other than 5xx. */
  ask: (asked: Asked) => Promise<Answer>;
  /** Calls both without HTTP, and fails unless they return the same, or errors that say the same. `name` is for the report of a difference. */
  call: (name: string, work: (annals: Annals) => Promise<unknown>) => Promise<void>;
  /** Moves the clock of both on. */
  wait: (milliseconds: number) => void;
  /** Headers with a key that may write, and with one that may only read. */
  keys: Readonly<Record<'write' | 'read', { authorization: string }>>;
};

/** A number of rounds, requests or records: more of them on a PostgreSQL server. */
export const amount = (onPGlite: number, onServer: number): number => (ON_SERVER ? onServer : onPGlite);

/** An engine on an empty database, and the removal of both. */
type Opened = { engine: Engine; close: () => Promise<void> };

/** Opens databases of PostgreSQL for the groups of a file, one after the other: of one PGlite, which takes seconds to start, or of the server. */
export function postgresOfFile(): () => Promise<Opened> {
  if (ON_SERVER)
    return async () => {
      const { place, remove } = await copyOf('empty');
      const engine = await storeAt(place).open();
      return { engine, close: () => engine.close().then(remove) };
    };
  let database: PGlite;
  beforeAll(async () => {
    database = await PGlite.create();
  });
  afterAll(() => database.close());
  return async () => {
    const engine = await emptyEngineOn(database);
    return { engine, close: () => engine.close() };
  };
}

async function openSqlite(): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'annals-test-'));
  const store = storeAt(join(folder, 'annals.db'));
  await store.migrate({ now: NOW, random: RANDOM });
  const engine = await store.open();
  return { engine, close: () => engine.close().then(() => rmSync(folder, { recursive: true })) };
}

/** The services for all tests of a group, on databases that `fill` fills before the first, closed after the last. */
export function sharedServices(
  openPostgres: () => Promise<Opened>,
  fill: (services: Services) => Promise<unknown>,
  environment: Record<string, string> = {},
): Services {
  const shared: Partial<Services> = {};
  beforeAll(async () => {
    let now = NOW;
    const databases = [await openSqlite(), await openPostgres()];
    const both = databases.map(({ engine }) => openAnnals(engine, () => now));
    const keys = { write: await keyOf(both, 'write'), read: await keyOf(both, 'read') };
    const config = readConfig({ LOG_LEVEL: 'silent', MAX_DELAY: '0', RATE_LIMIT: '0', WRITE_RATE_LIMIT: '0', ...environment });
    const apps = await Promise.all(both.map((annals) => buildApp({ annals, config })));
    const wait = (milliseconds: number) => void (now += milliseconds);
    Object.assign(shared, { ask: asking(apps), call: calling(both), wait, keys } satisfies Services);
    await fill(shared as Services); // @NOTE assigned above
    return async () => {
      for (const app of apps) await app.close();
      for (const { close } of databases) await close();
    };
  });
  return shared as Services; // @NOTE complete when the first test runs
}

async function keyOf(both: readonly Annals[], scope: 'write' | 'read'): Promise<{ authorization: string }> {
  const made = await Promise.all(both.map((annals) => createKey(annals, { label: scope, scope }, (size) => Buffer.alloc(size, scope))));
  return { authorization: `Bearer ${made[0]!.token}` };
}

const asking =
  (apps: readonly FastifyInstance[]): Services['ask'] =>
  async (asked) => {
    const [sqlite, postgres] = await Promise.all(apps.map((app) => answerOf(app, asked)));
    expectSame(nameOf(asked), textOf(sqlite!), textOf(postgres!));
    if (sqlite!.status >= 500) expect.fail(`${nameOf(asked)} fails on both engines: ${sqlite!.body}`);
    return sqlite!;
  };

const calling =
  (both: readonly Annals[]): Services['call'] =>
  async (name, work) => {
    const [sqlite, postgres] = await Promise.all(both.map((annals) => outcomeOf(work(annals))));
    expectSame(name, sqlite!, postgres!);
  };

async function answerOf(app: FastifyInstance, asked: Asked): Promise<Answer> {
  const { headers: sent, ...request } = typeof asked === 'string' ? { url: asked } : asked;
  const { statusCode, headers, body } = await app.inject({ ...request, headers: { 'x-request-id': 'same', ...sent } });
  const { date: _date, ...same } = headers;
  return { status: statusCode, headers: same, body };
}

async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify(await work);
  } catch (error) {
    if (error instanceof AnnalsError) return JSON.stringify([error.code, error.message, error.issues]);
    throw error;
  }
}

/** Asks for a list and its next pages, up to a number of them, and returns the first answer. */
export async function askPages({ ask }: Services, url: string, pages = Number.POSITIVE_INFINITY): Promise<Answer> {
  const first = await ask(url);
  let next = nextOf(first);
  for (let page = 1; next !== undefined && page < pages; page += 1) next = nextOf(await ask(next));
  return first;
}

/** The address of the next page of a list; undefined where there is none. */
export function nextOf({ status, headers }: Answer): string | undefined {
  return status === 200 ? /<([^>]*)>; rel="next"/.exec(String(headers['link']))?.[1] : undefined;
}

/** A request for the report of a difference. */
function nameOf(asked: Asked): string {
  if (typeof asked === 'string') return `GET ${asked}`;
  const { method, url, headers, payload = '' } = asked;
  return `${method} ${url} ${JSON.stringify(headers)} ${payload.slice(0, PAYLOAD)}`;
}

/** Characters of a payload that a report shows. */
const PAYLOAD = 2000;

/** An answer as one text, the body before the headers, which follow from it. */
const textOf = ({ status, headers, body }: Answer): string =>
  [`${status} ${body}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`)].join('\n');

/** Fails with the first difference between two texts. */
function expectSame(name: string, sqlite: string, postgres: string): void {
  if (sqlite === postgres) return;
  let at = 0;
  while (sqlite[at] === postgres[at]) at += 1;
  const around = (text: string) => text.slice(Math.max(0, at - BEFORE), at + AFTER);
  expect.fail(`${name}\ndiffers from character ${at} on:\n  SQLite:     ${around(sqlite)}\n  PostgreSQL: ${around(postgres)}`);
}

/** Characters that a report shows before and after the first difference. */
const [BEFORE, AFTER] = [120, 200];
