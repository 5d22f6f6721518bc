import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyHttpOptions, FastifyRequest } from 'fastify';
import { ADDRESS_MAX, type Config, HEADER_BYTES_MAX, HEADERS_MAX } from '../../config.ts';
import { pendingResponse, rawProblem } from '../problems/client-error.ts';
import { ProblemError } from '../problems/problems.ts';

/** How long headers may take to arrive, in milliseconds. No client that means well is slower, and until they are there the service knows nothing of it. */
const HEADERS_TIMEOUT = 10_000;

/** How often connections are looked at for a request that takes too long, in milliseconds: a timeout may come as much later. */
const LOOKING = 1000;

/** How long somebody who is sent away may take to go, in milliseconds, and how many may be doing so before others are cut off without a word. */
const LEAVING = 1000;
const LEAVING_MAX = 200;

/** What the HTTP server is told of the time and the room that a client has. */
export function serverLimits({ REQUEST_TIMEOUT, STALL_TIMEOUT, KEEP_ALIVE_TIMEOUT, BODY_LIMIT }: Config) {
  return {
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT,
    connectionTimeout: STALL_TIMEOUT,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    http: {
      headersTimeout: Math.min(HEADERS_TIMEOUT, REQUEST_TIMEOUT),
      connectionsCheckingInterval: Math.min(LOOKING, REQUEST_TIMEOUT),
      maxHeaderSize: HEADER_BYTES_MAX,
      requireHostHeader: false, // answered by a problem instead
    },
  } satisfies FastifyHttpOptions<Server>;
}

/** How many files the process keeps for all but connections: the database, its log, temporary files of imports; and for each reading thread. */
const RESERVE = 300;
const RESERVE_PER_THREAD = 10;

/** How many reading threads `auto` comes to at most. */
const THREADS_AUTO = 4;

/** The fewest connections that are taken, however few files may be open. */
const CONNECTIONS_MIN = 16;

/** How many connections are open at once, and how many more while they are sent away. Each needs one of the files that the process may open. */
export function connectionsAllowed({ MAX_CONNECTIONS, READ_THREADS }: Config, openFiles: number): { open: number; leaving: number } {
  const threads = READ_THREADS === 'auto' ? THREADS_AUTO : READ_THREADS;
  const room = Math.max(openFiles - RESERVE - threads * RESERVE_PER_THREAD, 0);
  const leaving = Math.min(LEAVING_MAX, Math.floor(room / 4));
  return { open: Math.min(MAX_CONNECTIONS, Math.max(room - leaving, CONNECTIONS_MIN)), leaving };
}

/**
 * Answers whoever comes when as many connections are open as may be by a problem, before any of its bytes is read. These are
 * `MAX_CONNECTIONS`, or fewer where the process may not open as many files, which the log says.
 */
export function limitConnections({ server, log }: FastifyInstance, config: Config, openFiles: number): void {
  const { open: most, leaving } = connectionsAllowed(config, openFiles);
  if (most < config.MAX_CONNECTIONS)
    log.warn(
      { openFiles, connections: most },
      `this process may open ${openFiles} files: it takes ${most} connections at once, not ${config.MAX_CONNECTIONS} (MAX_CONNECTIONS)`,
    );
  // Node would leave out the headers beyond its own bound without a word.
  server.maxHeadersCount = 0;
  server.maxConnections = most + leaving;
  let open = 0;
  const accept = server.listeners('connection') as ((socket: Socket) => void)[]; // @NOTE Node's own listener, which begins to parse
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    if (open >= most) return sendAway(socket);
    open += 1;
    socket.once('close', () => (open -= 1));
    for (const each of accept) each.call(server, socket);
  });
}

/**
 * Cuts off clients on whose connection nothing has moved for `STALL_TIMEOUT` though it is their turn: to send what they have begun, or to
 * take what they are sent. While the service works on a request, its silence is no stall of the client.
 */
export function cutOffStalled({ server }: FastifyInstance, { STALL_TIMEOUT }: Config): void {
  // Node's timeout of inactivity runs at any time; who listens to it decides.
  server.on('timeout', (socket: Socket) => {
    if (isWorkedFor(socket)) socket.setTimeout(STALL_TIMEOUT);
    else socket.destroy();
  });
}

/** Whether the service is to make the next move on a connection: all that its client has sent waits here, and nothing waits for the client. */
function isWorkedFor(socket: Socket): boolean {
  const due = pendingResponse(socket);
  if (due === undefined || socket.writableLength > 0) return false;
  return due.req.complete || due.req.readableLength > 0;
}

/** Answers before anything is asked. What still comes is read and dropped: a connection closed over unread bytes would take the answer with it. */
function sendAway(socket: Socket): void {
  socket.on('error', () => socket.destroy());
  socket.setTimeout(LEAVING, () => socket.destroy());
  socket.end(rawProblem('overloaded', 'as many connections are open as may be: try again in a moment'));
  socket.resume();
}

/** The hook that refuses an address or headers beyond their limits. */
export function refuseOversized({ url, raw }: FastifyRequest, _reply: unknown, done: (error?: Error) => void): void {
  if (url.length > ADDRESS_MAX)
    return done(new ProblemError('address-too-long', `the address has ${url.length} bytes: ${ADDRESS_MAX} are allowed`));
  const headers = raw.rawHeaders.length / 2;
  return headers > HEADERS_MAX
    ? done(new ProblemError('headers-too-large', `the request has ${headers} headers: ${HEADERS_MAX} are allowed`))
    : done();
}
