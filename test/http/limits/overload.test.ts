import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { seededApp, type TestApp } from '../../helpers/app.ts';
import type { Answered } from '../../helpers/contract.ts';
import { samples } from '../../helpers/samples.ts';

/** The service while another process holds its database: what writes waits for it until `release`. */
async function heldService(environment: Record<string, string>): Promise<TestApp & { release: () => void }> {
  const { close, ...service } = await seededApp(environment);
  onTestFinished(close);
  // Keys are reserved in blocks; those of this service are reserved before the database is held.
  await create(service, 'before');
  const other = new Database(service.path);
  onTestFinished(() => void other.close());
  other.exec('BEGIN IMMEDIATE');
  return { ...service, release: () => void other.exec('COMMIT') };
}

const create = ({ ask }: TestApp, id: string): Promise<Answered> =>
  ask({ method: 'POST', url: '/v1/events', body: { ...samples.event.least, id } });

const ids = (count: number) => Array.from({ length: count }, (_, index) => `event-${index}`);

/** Number of responses of each status. */
const counted = (answers: readonly Answered[]) =>
  Object.fromEntries([201, 503].map((status) => [status, answers.filter((answer) => answer.status === status).length]));

function expectOverloaded({ status, body, headers }: Answered, detail: string): void {
  expect([status, body.type, body.detail, headers['retry-after']]).toEqual([503, '/problems/overloaded', detail, '1']);
}

describe('writes beyond the queue', () => {
  const detail = '5 writes wait for the database already: try again in a moment';

  test('are refused at once, while waiting writes, reads and health checks succeed', async () => {
    const service = await heldService({ MAX_WAITING_WRITES: '5' });
    const waiting: Promise<Answered>[] = ids(5).map((id) => create(service, id));
    while (service.annals.engine.waiting() < 5) await new Promise(setImmediate);
    for (const id of ['more', 'still-more']) expectOverloaded(await create(service, id), detail);
    for (const url of ['/v1/events', '/healthz', '/readyz']) expect((await service.ask({ url })).status, url).toBe(200);
    service.release();
    expect(counted(await Promise.all(waiting))).toEqual({ 201: 5, 503: 0 });
    expect((await create(service, 'after')).status).toBe(201);
    for (const id of ids(5)) expect((await service.ask({ url: `/v1/events/${id}` })).status).toBe(200);
    expect((await service.ask({ url: '/v1/events/more' })).status).toBe(404);
  });
});

describe('requests beyond the limit of concurrent requests', () => {
  const detail = '4 requests are being worked on already: try again in a moment';

  test('are refused at once except health checks, and accepted again when others are answered', async () => {
    const service = await heldService({ MAX_REQUESTS: '4' });
    const waiting = ids(4).map((id) => create(service, id));
    while (service.annals.engine.waiting() < 4) await new Promise(setImmediate);
    expectOverloaded(await create(service, 'more'), detail);
    expectOverloaded(await service.ask({ url: '/v1/events' }), detail);
    for (const url of ['/healthz', '/problems/overloaded']) expect((await service.ask({ url })).status, url).toBe(200);
    service.release();
    expect(counted(await Promise.all(waiting))).toEqual({ 201: 4, 503: 0 });
    expect((await service.ask({ url: '/v1/events' })).status).toBe(200);
  });

  test('each of a thousand concurrent writes succeeds or returns 503', { timeout: 60_000 }, async () => {
    const { close, ...service } = await seededApp({ MAX_REQUESTS: '100', MAX_WAITING_WRITES: '50' });
    onTestFinished(close);
    const answers = await Promise.all(ids(1000).map((id) => create(service, id)));
    const { 201: created, 503: refused } = counted(answers);
    expect(created! + refused!).toBe(1000);
    expect(created).toBeGreaterThanOrEqual(50);
    expect(refused).toBeGreaterThan(0);
    const { body } = await service.ask({ url: '/v1/events?updatedSince=2026-11-21T10:00:00Z&limit=1' });
    expect(body.total).toBeGreaterThanOrEqual(created!);
    expect((await create(service, 'after')).status).toBe(201);
  });
});

test('requests except health checks are refused while the event loop is late, and accepted afterwards', async () => {
  const { close, ...service } = await seededApp({ MAX_DELAY: '100' });
  onTestFinished(close);
  const until = performance.now() + 20_000;
  let answer: Answered;
  do {
    block(300);
    await new Promise(setImmediate);
    answer = await service.ask({ url: '/v1/actors/csto' });
  } while (answer.status === 200 && performance.now() < until);
  expectOverloaded(answer, 'the service is behind with its work: try again in a moment');
  for (const url of ['/healthz', '/readyz']) expect((await service.ask({ url })).status, url).toBe(200);
  while ((await service.ask({ url: '/v1/actors/csto' })).status === 503 && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await service.ask({ url: '/v1/actors/csto' })).status).toBe(200);
});

/** Blocks the event loop for a time in milliseconds. */
function block(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}
