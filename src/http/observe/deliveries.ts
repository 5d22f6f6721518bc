import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { logAnswer, logUndelivered } from './log.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The result of the work as a sentence for the log, where method and status do not tell. */
    outcome: string | null;
  }
}

/**
 * Writes one line in the log for each request: that the system took its answer, or that the connection was gone and what became of the work.
 * An answer that is made after its connection closed is logged when it is made, as the result is known then. Call it before the hooks that may
 * answer.
 */
export function logDeliveries(app: FastifyInstance): void {
  /** The answers of each connection that are made and that the system has not taken yet. */
  const outstanding = new WeakMap<Socket, Set<FastifyReply>>();
  /** The connection of each request: Node takes it from a request whose body is not read to its end. */
  const sockets = new WeakMap<FastifyRequest, Socket>();
  app.decorateRequest('outcome', null);

  function outstandingOn(socket: Socket): Set<FastifyReply> {
    const known = outstanding.get(socket);
    if (known) return known;
    const replies = new Set<FastifyReply>();
    outstanding.set(socket, replies);
    socket.once('close', () => {
      for (const reply of replies) logUndelivered(reply.request, reply);
      replies.clear();
    });
    return replies;
  }

  app.addHook('onRequest', (request, _reply, done) => {
    sockets.set(request, request.raw.socket);
    done();
  });
  app.addHook('onSend', (request, reply, _payload, done) => {
    const socket = sockets.get(request);
    if (socket?.destroyed) logUndelivered(request, reply);
    else if (socket) outstandingOn(socket).add(reply);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const socket = sockets.get(request);
    if (socket && outstanding.get(socket)?.delete(reply)) {
      // The hook is called for an answer that failed as well.
      if (socket.destroyed && !reply.raw.writableFinished) logUndelivered(request, reply);
      else logAnswer(request, reply);
    }
    done();
  });
}
