import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { latestSequence } from '../../records/reading/changes.ts';
import { type Engine, statement } from '../../storage/engine.ts';
import { templateOf } from './route-template.ts';

/** The upper bounds of what is counted together, in seconds: most answers take less than a millisecond. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const databaseSize = statement<[bytes: number]>('SELECT page_count * page_size FROM pragma_page_count, pragma_page_size');

/**
 * Counts every request by its route, method and status, and answers `/metrics` in the format of Prometheus. What the engine and the database
 * know is asked when it is scraped.
 */
export function registerMetrics(app: FastifyInstance, engine: Engine): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const seconds = new Histogram({
    name: 'annals_request_duration_seconds',
    help: 'How long requests took, from their headers to their answer; their number is its count.',
    labelNames: ['route', 'method', 'status'],
    buckets: BUCKETS,
    registers: [registry],
  });
  app.addHook('onResponse', (request, reply, done) => {
    seconds.observe({ route: templateOf(request), method: request.method, status: reply.statusCode }, reply.elapsedTime / 1000);
    done();
  });
  gaugeEngine(registry, engine);
  app.get('/metrics', { config: { scope: 'admin', vital: true } }, async (_request, reply) =>
    reply
      .type(registry.contentType)
      .header('cache-control', 'no-store')
      .send(await registry.metrics()),
  );
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
  measure('annals_writes_waiting', 'How many writes wait for their transaction.', () => engine.statistics().waiting);
  measure('annals_write_batches_total', 'How many transactions were committed.', () => engine.statistics().batches);
  measure('annals_writes_total', 'How many writes were in them.', () => engine.statistics().writes);
  measure('annals_database_bytes', 'How large the database is.', async () => (await engine.read([databaseSize]))[0][0]![0]);
  measure('annals_change_sequence', 'The newest change.', async () => (await engine.read([latestSequence]))[0][0]?.[0] ?? 0);
}
