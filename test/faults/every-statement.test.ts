import { randomBytes } from 'node:crypto';
import Database from 'better-sqlite3';
import type { FastifyInstance } from 'fastify';
import { describe, expect, onTestFinished, test } from 'vitest';
import { buildApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { type Annals, openAnnals } from '../../src/records/annals.ts';
import { check } from '../../src/records/check.ts';
import { createKey } from '../../src/records/keys/api-keys.ts';
import { noProgress } from '../../src/domain/progress.ts';
import { reindex } from '../../src/records/reindex.ts';
import { type Engine, type Statement, statement } from '../../src/storage/port.ts';
import { NOW } from '../helpers/fixtures.ts';
import { importLines } from '../helpers/transfer.ts';
import { CHANGING_SOURCE, smallWorld } from './world.ts';
import { storeAt } from '../helpers/store.ts';

/** An engine of which one statement of a write can be made to fail: `failAt` counts from there, over all batches. */
type FaultyEngine = Engine & { failAt: (statement: number) => void };

function faultyEngine(engine: Engine): FaultyEngine {
  let left = 0;
  function* spoilt(statements: Iterable<Statement>): Generator<Statement> {
    for (const each of statements)
      yield --left === 0 ? { ...statement('SELECT fault_injected()'), ...(each.atEnd !== undefined && { atEnd: each.atEnd }) } : each;
  }
  return {
    read: (statements) => engine.read(statements),
    write: (batch) => engine.write([...spoilt(batch)]),
    load: (statements) => engine.load(spoilt(statements)),
    address: engine.address,
    size: () => engine.size(),
    close: () => engine.close(),
    version: () => engine.version(),
    refuseSuperseded: () => engine.refuseSuperseded(),
    waiting: () => engine.waiting(),
    onCommit: (listener) => engine.onCommit(listener),
    failAt: (number) => {
      left = number;
    },
  };
}

/** Every row of every table, also of those in which FTS5 keeps the full text. Keys that were taken and not used leave harmless gaps. */
function rowsOf(path: string): Record<string, unknown[]> {
  const connection = new Database(path);
  const tables = connection
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'sequences' AND sql NOT LIKE '%VIRTUAL%'")
    .pluck()
    .all();
  const rows = tables.map(
    (table) =>
      [
        table,
        connection
          .prepare(`SELECT * FROM "${String(table)}"`)
          .raw()
          .all(),
      ] as const,
  );
  connection.close();
  return Object.fromEntries(rows);
}

/** The service to write to, and a key. */
type Service = { app: FastifyInstance; annals: Annals; key: string };
type Request = { method: 'POST' | 'PATCH' | 'DELETE' | 'PUT'; url: string; payload?: string; headers?: Record<string, string> };

/** A write over HTTP: throws when it is answered with a problem, which must have the form of one. */
async function asked({ app, key }: Service, { method, url, payload, headers: own }: Request): Promise<void> {
  const headers = { authorization: `Bearer ${key}`, ...(payload === undefined ? {} : { 'content-type': 'application/json' }), ...own };
  const answer = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
  if (answer.statusCode < 300) return;
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(answer.json()).toMatchObject({ type: '/problems/internal', status: 500 });
  throw new Error('fault_injected, as a problem');
}

const event = {
  kind: 'visit',
  title: 'A visit',
  date: { edtf: '2001' },
  topics: ['visits'],
  participants: [{ actor: 'csto', role: 'host' }],
  relations: [{ type: 'follows', record: { type: 'event', id: 'citing' } }],
  citations: [{ source: CHANGING_SOURCE, paragraph: 1, phrase: 'new words' }],
};
const line = (id: string) => ({ type: 'event', id, ...event });

const json = JSON.stringify;
const textAt = `/v1/sources/${CHANGING_SOURCE}/text`;

const WRITES: Record<string, (service: Service) => Promise<unknown>> = {
  create: (service) => asked(service, { method: 'POST', url: '/v1/events', payload: json(event) }),
  'create with an Idempotency-Key': (service) =>
    asked(service, { method: 'POST', url: '/v1/events', payload: json(event), headers: { 'idempotency-key': 'once' } }),
  patch: (service) => asked(service, { method: 'PATCH', url: '/v1/events/citing', payload: json({ ...event, relations: [] }) }),
  delete: (service) => asked(service, { method: 'DELETE', url: '/v1/events/citing' }),
  'put text': (service) =>
    asked(service, { method: 'PUT', url: textAt, payload: 'A\nThe first words.\n', headers: { 'content-type': 'text/plain' } }),
  import: ({ annals }) => importLines(annals, [line('one'), line('two'), { ...line('citing'), relations: [] }], { onExisting: 'replace' }),
  'key creation': ({ annals }) => createKey(annals, { label: 'new', scope: 'read' }, randomBytes),
  reindex: ({ annals }) => reindex(annals, noProgress),
};

describe.each(Object.entries(WRITES))('%s', (what, write) => {
  test('changes no row when any of its statements fails, reports it, and succeeds afterwards', { timeout: 120_000 }, async () => {
    const { path, key } = await smallWorld();
    const engine = faultyEngine(await storeAt(path).open());
    const annals = openAnnals(engine, () => NOW + 1000);
    const app = await buildApp({ annals, config: readConfig({ LOG_LEVEL: 'silent' }) });
    onTestFinished(async () => {
      await app.close();
      await engine.close();
    });
    // That the key is used is noted beside the first request, in a write of its own.
    await app.inject({ url: '/v1/events', headers: { authorization: `Bearer ${key}` } });
    await engine.write([statement('SELECT 1')]);
    const before = rowsOf(path);
    let failed = 0;
    // Once the number is beyond those of its statements, the write succeeds.
    for (;;) {
      engine.failAt(failed + 1);
      const error = await write({ app, annals, key }).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (error === undefined) break;
      expect(error).toMatchObject({ message: expect.stringMatching(/fault_injected/) });
      expect(rowsOf(path)).toEqual(before);
      failed += 1;
    }
    expect(failed).toBeGreaterThan(0);
    if (what !== 'reindex') expect(rowsOf(path)).not.toEqual(before);
    expect(await check(storeAt(path), noProgress)).toMatchObject({ findings: [] });
    console.log(`${what}: each of ${failed} statements failed once`);
  });
});
