import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** How often connections that have become idle are looked for while the service closes, in milliseconds. */
const SWEEP = 100;

/**
 * Once the service closes, every answer says that its connection closes after it: a client that keeps connections would otherwise ask
 * again on one that is about to go. Connections on which nothing was ever asked, such as browsers open in advance, are closed at once, and
 * those that had their answer before as soon as they are idle.
 */
export function partOnClosing(app: FastifyInstance): void {
  const sockets = new Set<Socket>();
  let isClosing = false;
  app.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  app.addHook('preClose', (done) => {
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    isClosing = true;
    const sweeping = setInterval(() => app.server.closeIdleConnections(), SWEEP).unref();
    app.server.once('close', () => clearInterval(sweeping));
    done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (isClosing) reply.header('connection', 'close');
    done();
  });
}
