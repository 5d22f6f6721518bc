import underPressure from '@fastify/under-pressure';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../../config.ts';
import { Refusal } from '../refusal.ts';

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
export async function refuseOverload(app: FastifyInstance, { MAX_DELAY, MAX_REQUESTS }: Config): Promise<void> {
  if (MAX_DELAY > 0) await app.register(underPressure, { maxEventLoopDelay: MAX_DELAY, pressureHandler: refuseDelayed });
  app.decorateRequest('isWorkedOn', false);
  let count = 0;
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.route!.vital) return done();
    if (count >= MAX_REQUESTS)
      return done(new Refusal('overloaded', `${MAX_REQUESTS} requests are worked on already: try again in a moment`));
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

/** The plugin measures once a second. Where it measured nothing, one piece of work took all of it, and is over. */
function refuseDelayed({ route }: FastifyRequest, _reply: FastifyReply, _type: string, delay: number | undefined): Promise<void> {
  if (route!.vital || delay === Infinity) return Promise.resolve();
  return Promise.reject(new Refusal('overloaded', 'the service is behind with its work: try again in a moment'));
}
