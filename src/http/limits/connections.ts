import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyHttpOptions, FastifyRequest } from 'fastify';
import { ADDRESS_MAX, type Config, HEADER_BYTES_MAX, HEADERS_MAX, READ_THREADS_AUTO_MAX } from '../../config.ts';
import { pendingResponse, rawProblem } from '../problems/client-error.ts';
import { ProblemError } from '../problems/problems.ts';

/** The longest time in which headers may arrive, in milliseconds: no client in good faith is slower. */
const HEADERS_TIMEOUT = 10_000;

/** The interval in which Node checks connections for requests that are too slow, in milliseconds: a timeout may come as much later. */
const CHECK_INTERVAL = 1000;

/** The grace period of a rejected connection, in milliseconds, and the limit of connections that may be in it. */
const REJECTED_GRACE = 1000;
const REJECTED_MAX = 200;

/** The options of the HTTP server that limit the time and the bytes of a client. */
export function serverLimits({ REQUEST_TIMEOUT, STALL_TIMEOUT, KEEP_ALIVE_TIMEOUT, BODY_LIMIT }: Config) {
  return {
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT,
    connectionTimeout: STALL_TIMEOUT,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    http: {
      headersTimeout: Math.min(HEADERS_TIMEOUT, REQUEST_TIMEOUT),
      connectionsCheckingInterval: Math.min(CHECK_INTERVAL, REQUEST_TIMEOUT),
      maxHeaderSize: HEADER_BYTES_MAX,
      requireHostHeader: false, // `refuseBadHead` answers with a problem instead
    },
  } satisfies FastifyHttpOptions<Server>;
}

/** Files that are reserved for the database, its log and temporary files of imports, and for each reader thread. */
const RESERVED = 300;
const RESERVED_PER_THREAD = 10;

/** The least limit of connections, however few files may be open. */
const CONNECTIONS_MIN = 16;

/** The limits of open connections and of rejected ones. Each needs one of the files that the process may open. */
export function connectionsAllowed({ MAX_CONNECTIONS, READ_THREADS }: Config, openFiles: number): { open: number; rejected: number } {
  const threads = READ_THREADS === 'auto' ? READ_THREADS_AUTO_MAX : READ_THREADS;
  const files = Math.max(openFiles - RESERVED - threads * RESERVED_PER_THREAD, 0);
  const rejected = Math.min(REJECTED_MAX, Math.floor(files / 4));
  return { open: Math.min(MAX_CONNECTIONS, Math.max(files - rejected, CONNECTIONS_MIN)), rejected };
}

/**
 * Rejects connections beyond the limit with a problem, before any of their bytes is read. The limit is `MAX_CONNECTIONS`, or lower where the
 * process may not open as many files, which the log says.
 */
export function limitConnections({ server, log }: FastifyInstance, config: Config, openFiles: number): void {
  const { open: limit, rejected } = connectionsAllowed(config, openFiles);
  if (limit < config.MAX_CONNECTIONS)
    log.warn(
      { openFiles, connections: limit },
      `this process may open ${openFiles} files: it takes ${limit} connections at once, not ${config.MAX_CONNECTIONS} (MAX_CONNECTIONS)`,
    );
  // Node would drop the headers beyond its own limit silently.
  server.maxHeadersCount = 0;
  server.maxConnections = limit + rejected;
  let open = 0;
  const accept = server.listeners('connection') as ((socket: Socket) => void)[]; // @NOTE Node's own listener, which begins to parse
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    if (open >= limit) return rejectConnection(socket);
    open += 1;
    socket.once('close', () => (open -= 1));
    for (const each of accept) each.call(server, socket);
  });
}

/**
 * Cuts off clients on whose connection nothing has moved for `STALL_TIMEOUT` although it is their turn to send or to read. While the service
 * works on a request, silence is not a stall of the client.
 */
export function cutOffStalled({ server }: FastifyInstance, { STALL_TIMEOUT }: Config): void {
  // Node's timeout of inactivity runs all the time; its listener decides.
  server.on('timeout', (socket: Socket) => {
    if (isOurTurn(socket)) socket.setTimeout(STALL_TIMEOUT);
    else socket.destroy();
  });
}

/** Returns true if the service has to act next on a connection: all that was sent has arrived, and no answer waits for the client to read. */
function isOurTurn(socket: Socket): boolean {
  const pending = pendingResponse(socket);
  if (pending === undefined || socket.writableLength > 0) return false;
  return pending.req.complete || pending.req.readableLength > 0;
}

/** Answers before a request has come. Later bytes are read and dropped: closing over unread bytes would lose the answer. */
function rejectConnection(socket: Socket): void {
  socket.on('error', () => socket.destroy());
  socket.setTimeout(REJECTED_GRACE, () => socket.destroy());
  socket.end(rawProblem('overloaded', 'the limit of open connections is reached: try again in a moment'));
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
