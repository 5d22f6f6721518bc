import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** The interval in which idle connections are closed while the service closes, in milliseconds. */
const SWEEP_INTERVAL = 100;

/**
 * Closes connections once the service closes. Every answer then says that its connection closes, so that no client asks again on it.
 * Connections without any request, which browsers open in advance, are closed at once, and the others as soon as they are idle.
 */
export function closeConnectionsOnShutdown(app: FastifyInstance): void {
  const sockets = new Set<Socket>();
  let isClosing = false;
  app.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  app.addHook('preClose', (done) => {
    isClosing = true;
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    const timer = setInterval(() => app.server.closeIdleConnections(), SWEEP_INTERVAL).unref();
    app.server.once('close', () => clearInterval(timer));
    done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (isClosing) reply.header('connection', 'close');
    done();
  });
}
