import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../../config.ts';
import { ProblemError } from '../problems/problems.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether it counts among those that are worked on. */
    isWorkedOn: boolean;
  }
}

/**
 * Refuses at once what would be answered late: everything that is not vital, while the event loop is behind by more than `MAX_DELAY` or
 * `MAX_REQUESTS` are worked on. A request counts from when its body is there until its answer is made: neither a client that sends
 * slowly nor one that reads slowly takes anybody's place.
 */
export function refuseOverload(app: FastifyInstance, { MAX_DELAY, MAX_REQUESTS }: Config): void {
  if (MAX_DELAY > 0) refuseDelayed(app, MAX_DELAY);
  app.decorateRequest('isWorkedOn', false);
  let count = 0;
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.route!.vital) return done();
    if (count >= MAX_REQUESTS)
      return done(new ProblemError('overloaded', `${MAX_REQUESTS} requests are worked on already: try again in a moment`));
    request.isWorkedOn = true;
    count += 1;
    return done();
  });
  const finish = (request: FastifyRequest): void => {
    if (request.isWorkedOn) count -= 1;
    request.isWorkedOn = false;
  };
  app.addHook('onSend', (request, _reply, _payload, done) => {
    finish(request);
    done();
  });
  // An answer that is never sent, as its client is gone, is over as well.
  app.addHook('onResponse', (request, _reply, done) => {
    finish(request);
    done();
  });
}

/** How often the delay is looked at, and how exactly it is measured, in milliseconds. */
const INTERVAL = 1000;
const RESOLUTION = 10;

/** Refuses what is not vital while the timers of the last second were late by more than `most` milliseconds on average. */
function refuseDelayed(app: FastifyInstance, most: number): void {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  let isLate = false;
  const looking = setInterval(() => {
    // A second without a sample was taken by one piece of work, which is over: the mean of none is NaN.
    isLate = histogram.mean / 1e6 - RESOLUTION > most;
    histogram.reset();
  }, INTERVAL).unref();
  histogram.enable();
  app.addHook('onClose', async () => {
    clearInterval(looking);
    histogram.disable();
  });
  app.addHook('onRequest', ({ route }: FastifyRequest, _reply, done) =>
    isLate && !route!.vital ? done(new ProblemError('overloaded', 'the service is behind with its work: try again in a moment')) : done(),
  );
}
