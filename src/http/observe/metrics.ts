import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { templateOf } from '../requests/route.ts';
import { latestSequence } from '../../storage/tables/records.ts';
import type { Engine } from '../../storage/port.ts';

/** Upper bounds of the buckets of durations, in seconds: most answers take less than a millisecond. */
const DURATION_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Upper bounds of the buckets of writes that share a transaction, up to the limit of waiting writes. */
const WRITES_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/**
 * Counts every request by its route, method and status, and serves `/metrics` in the format of Prometheus. Engine and database are read when it
 * is scraped.
 */
export function registerMetrics(app: FastifyInstance, engine: Engine): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  timeRequests(app, registry);
  countCommits(registry, engine);
  gaugeEngine(registry, engine);
  app.get('/metrics', { config: { scope: 'admin', vital: true } }, async (_request, reply) =>
    reply
      .type(registry.contentType)
      .header('cache-control', 'no-store')
      .send(await registry.metrics()),
  );
}

/** The number of answers that are counted together: one by one, between other work, each takes several times as long. */
const BATCH = 256;

function timeRequests(app: FastifyInstance, registry: Registry): void {
  const seconds = new Histogram({
    name: 'annals_request_duration_seconds',
    help: 'The duration of requests, from their headers to their answer; its count is the number of requests.',
    labelNames: ['route', 'method', 'status'],
    buckets: DURATION_BUCKETS,
    registers: [registry],
    collect: countAnswered,
  });
  const answered: { labels: { route: string; method: string; status: number }; seconds: number }[] = [];
  function countAnswered(): void {
    for (const each of answered) seconds.observe(each.labels, each.seconds);
    answered.length = 0;
  }
  app.addHook('onResponse', (request, reply, done) => {
    const labels = { route: templateOf(request), method: request.method, status: reply.statusCode };
    answered.push({ labels, seconds: reply.elapsedTime / 1000 });
    if (answered.length === BATCH) countAnswered();
    done();
  });
}

function countCommits(registry: Registry, engine: Engine): void {
  const writes = new Histogram({
    name: 'annals_transaction_writes',
    help: 'The number of writes that shared a transaction; its sum is the number of writes, its count that of transactions.',
    buckets: WRITES_BUCKETS,
    registers: [registry],
  });
  engine.onCommit((count) => writes.observe(count));
}

function gaugeEngine(registry: Registry, engine: Engine): void {
  const measure = (name: string, help: string, value: () => number | Promise<number>) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set(await value());
      },
    });
  measure('annals_writes_waiting', 'The number of writes that wait for their transaction.', () => engine.waiting());
  measure('annals_database_bytes', 'The size of the database in bytes.', () => engine.size());
  measure(
    'annals_change_sequence',
    'The sequence number of the newest change.',
    async () => (await engine.read([latestSequence]))[0][0]?.[0] ?? 0,
  );
}
