import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { logAnswer, logUndelivered } from './log.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the request has done, as a sentence for the log, where its method and status do not tell. */
    outcome: string | null;
  }
}

/** The replies of a connection that the system has not taken yet, and whether each is made. */
type Due = Map<FastifyReply, { isMade: boolean }>;

/**
 * Sees to it that each request has one line in the log: an answer that the system took for its client is `answered`; of one that could not
 * be delivered, as the connection is gone, the log says what became of the work. Call it before the hooks that may answer.
 */
export function watchDeliveries(app: FastifyInstance): void {
  const connections = new WeakMap<Socket, Due>();
  app.decorateRequest('outcome', null);

  /** The replies that are due on a connection, which are looked at when it closes. */
  function dueOn(socket: Socket): Due {
    const known = connections.get(socket);
    if (known) return known;
    const due: Due = new Map();
    connections.set(socket, due);
    socket.once('close', () => {
      // One that is not made yet is logged when it is: then it is known what became of the work.
      for (const [reply, { isMade }] of due) if (isMade) undelivered(reply, due);
    });
    return due;
  }

  function undelivered(reply: FastifyReply, due: Due): void {
    if (due.delete(reply)) logUndelivered(reply.request, reply);
  }

  app.addHook('onRequest', (request, reply, done) => {
    dueOn(request.raw.socket).set(reply, { isMade: false });
    done();
  });
  app.addHook('onSend', ({ raw: { socket } }, reply, _payload, done) => {
    const due = connections.get(socket);
    const state = due?.get(reply);
    if (due && state) {
      state.isMade = true;
      if (socket.destroyed) undelivered(reply, due);
    }
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { socket } = request.raw;
    const due = connections.get(socket);
    // It is called for an answer that failed as well.
    if (due && socket.destroyed && !reply.raw.writableFinished) undelivered(reply, due);
    else if (due?.delete(reply)) logAnswer(request, reply);
    done();
  });
}
