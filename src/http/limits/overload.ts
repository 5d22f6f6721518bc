import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../../config.ts';
import { ProblemError } from '../problems/problems.ts';

/**
 * Refuses at once every request that is not vital while the event loop is behind by more than `MAX_DELAY` or `MAX_REQUESTS` are active. A
 * request is active from when its body is complete until its answer is made, so a client that sends or reads slowly takes no place.
 */
export function refuseOverload(app: FastifyInstance, { MAX_DELAY, MAX_REQUESTS }: Config): void {
  if (MAX_DELAY > 0) refuseDelayed(app, MAX_DELAY);
  const active = new Set<FastifyRequest>();
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.route!.vital) return done();
    if (active.size >= MAX_REQUESTS)
      return done(new ProblemError('overloaded', `${MAX_REQUESTS} requests are being worked on already: try again in a moment`));
    active.add(request);
    return done();
  });
  app.addHook('onSend', (request, _reply, _payload, done) => {
    active.delete(request);
    done();
  });
  // An answer whose client is gone is never sent.
  app.addHook('onResponse', (request, _reply, done) => {
    active.delete(request);
    done();
  });
}

/** The interval of the checks of the delay, and the resolution of its measurement, in milliseconds. */
const INTERVAL = 1000;
const RESOLUTION = 10;

/** Refuses requests that are not vital while the timers of the last second were late by more than `limit` milliseconds on average. */
function refuseDelayed(app: FastifyInstance, limit: number): void {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  let isLate = false;
  const timer = setInterval(() => {
    // A second without a sample was taken by one piece of work, which is over: the mean is NaN then.
    isLate = histogram.mean / 1e6 - RESOLUTION > limit;
    histogram.reset();
  }, INTERVAL).unref();
  histogram.enable();
  app.addHook('onClose', async () => {
    clearInterval(timer);
    histogram.disable();
  });
  app.addHook('onRequest', ({ route }: FastifyRequest, _reply, done) =>
    isLate && !route!.vital ? done(new ProblemError('overloaded', 'the service is behind with its work: try again in a moment')) : done(),
  );
}
