import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createKey } from '../../../src/records/keys/api-keys.ts';
import { sharedApp, type TestApp } from '../../helpers/app.ts';
import { samples } from '../../helpers/samples.ts';

const service = sharedApp();

/** The token of a new key of the operator. */
const operatorKey = async ({ annals }: TestApp): Promise<string> =>
  (await createKey(annals, { label: 'operator', scope: 'admin' }, randomBytes)).token;

/** The values of all series, by their names and labels as Prometheus writes them. */
async function scrape(): Promise<Record<string, number>> {
  const { status, text, headers } = await service.ask({ url: '/metrics', as: await operatorKey(service) });
  expect([status, headers['content-type'], headers['cache-control']]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
    'no-store',
  ]);
  const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    series.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))] as const),
  );
}

const requests = (route: string, method: string, status: number) =>
  `annals_request_duration_seconds_count{route="${route}",method="${method}",status="${status}"}`;

test('requests are counted by route, method and status, and not by id or search term', async () => {
  const before = await scrape();
  for (const id of ['csto', 'unrcca', 'kazakhstan']) await service.ask({ url: `/v1/actors/${id}?` });
  await service.ask({ url: '/v1/actors/nobody-at-all' });
  for (const url of ['/nowhere', '/or/elsewhere', '/v2/events']) await service.ask({ url });
  await service.ask({ method: 'DELETE', url: '/v1/timeline', as: 'nobody' });
  const after = await scrape();
  const isNew = (name: string) => name.startsWith('annals_request_duration_seconds_count') && !(name in before);
  // The checks of each answer ask for the pages of its problems.
  const added = Object.keys(after).filter((name) => isNew(name) && !name.includes('"/problems/'));
  expect(Object.fromEntries(added.map((name) => [name, after[name]]))).toEqual({
    [requests('/v1/actors/{id}', 'GET', 200)]: 3,
    [requests('/v1/actors/{id}', 'GET', 404)]: 1,
    [requests('none', 'GET', 404)]: 3,
    [requests('/v1/timeline', 'DELETE', 405)]: 1,
    [requests('/metrics', 'GET', 200)]: 1,
  });
  const buckets = Object.entries(after).filter(([name]) => /_bucket\{le="\+Inf",route="\/v1\/actors\/\{id\}".*"200"/.test(name));
  expect(buckets.map(([, count]) => count)).toEqual([3]);
  expect(after['annals_request_duration_seconds_sum{route="/v1/actors/{id}",method="GET",status="200"}']).toBeGreaterThan(0);
});

test('metrics show writes and transactions, waiting writes, the size of the database and the newest change', async () => {
  const before = await scrape();
  const many = Array.from({ length: 10 }, (_, index) => ({ ...samples.event.least, id: `metrics-${index}` }));
  await Promise.all(many.map((body) => service.ask({ method: 'POST', url: '/v1/events', body })));
  const after = await scrape();
  const grown = (name: string) => after[name]! - before[name]!;
  expect(grown('annals_change_sequence')).toBe(10);
  expect(grown('annals_transaction_writes_sum')).toBeGreaterThanOrEqual(10);
  expect(grown('annals_transaction_writes_count')).toBeGreaterThan(0);
  expect(grown('annals_transaction_writes_count')).toBeLessThan(grown('annals_transaction_writes_sum'));
  expect(grown('annals_transaction_writes_bucket{le="+Inf"}')).toBeGreaterThan(grown('annals_transaction_writes_bucket{le="1"}'));
  // That its key was used is what may wait while it is asked.
  expect(after['annals_writes_waiting']).toBeLessThanOrEqual(1);
  expect(after['annals_database_bytes']).toBeGreaterThan(100_000);
});

test('metrics show the memory and the delay of the event loop', async () => {
  const series = await scrape();
  expect(series['process_resident_memory_bytes']).toBeGreaterThan(10_000_000);
  expect(series).toHaveProperty('nodejs_eventloop_lag_seconds');
});

test('metrics need a key with the scope admin', async () => {
  expect((await service.ask({ url: '/metrics' })).status).toBe(401);
  for (const as of [service.readKey, service.writeKey]) expect((await service.ask({ url: '/metrics', as })).status).toBe(403);
  expect((await service.ask({ url: '/metrics', as: await operatorKey(service) })).status).toBe(200);
});
