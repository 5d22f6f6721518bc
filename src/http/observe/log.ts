import { randomUUID } from 'node:crypto';
import { type FastifyReply, type FastifyRequest, type FastifyServerOptions, LogController } from 'fastify';
import type { Config } from '../../config.ts';
import { templateOf } from '../requests/route.ts';

/** The destination of the log, which gets line by line. */
export type LogStream = { write(line: string): void };

const SAFE_ID = /^[\w.-]{1,64}$/;

/**
 * Fastify's options for the log: JSON, one line for each request. The log holds no address, header or body, as these may contain keys and
 * search terms.
 */
export function logging({ LOG_LEVEL }: Config, stream?: LogStream) {
  return {
    logger:
      LOG_LEVEL === 'silent'
        ? false
        : { level: LOG_LEVEL, serializers: { req: ({ method }: FastifyRequest) => ({ method }) }, ...(stream && { stream }) },
    logController: new RequestLog({ requestIdLogLabel: 'requestId' }),
    genReqId: ({ headers }) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && SAFE_ID.test(given) ? given : randomUUID();
    },
  } satisfies FastifyServerOptions;
}

/** Silences Fastify's own lines about a request: `logDeliveries` writes one when it is over. */
class RequestLog extends LogController {
  override incomingRequest(): void {}

  override requestCompleted(): void {}
}

/** Writes the line of a request whose answer the system has taken. */
export function logAnswer(request: FastifyRequest, reply: FastifyReply): void {
  request.log.info(lineOf(request, reply), 'answered');
}

/** Writes the line of a request whose client left before its answer was delivered, with what became of the work. */
export function logUndelivered(request: FastifyRequest, reply: FastifyReply): void {
  const line = { ...lineOf(request, reply), outcome: outcomeOf(request, reply) };
  const message = 'the answer could not be delivered';
  if (isRead(request)) request.log.info(line, message);
  else request.log.warn(line, message);
}

function lineOf(request: FastifyRequest, reply: FastifyReply) {
  const bytes = Number(reply.getHeader('content-length') ?? 0);
  const milliseconds = Math.round(reply.elapsedTime * 1000) / 1000;
  return { method: request.method, route: templateOf(request), status: reply.statusCode, milliseconds, bytes };
}

const isRead = ({ method }: FastifyRequest): boolean => method === 'GET' || method === 'HEAD' || method === 'OPTIONS';

function outcomeOf(request: FastifyRequest, { statusCode }: FastifyReply): string {
  if (request.outcome !== null) return request.outcome;
  if (statusCode === 500) return 'it failed: an earlier line of this request has the reason';
  if (isRead(request)) return 'nothing was to be written';
  return statusCode < 400 ? 'the change was written' : 'it was refused: nothing was written';
}

/** Logs a request that reaches no route, and so no hook, and sends its id to the client. */
export function traceUnrouted(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.id);
  reply.raw.once('finish', () => logAnswer(request, reply));
}

/** The hook that sends the client the id of its request in the log. */
export function sendRequestId({ id }: FastifyRequest, reply: FastifyReply, done: () => void): void {
  reply.header('x-request-id', id);
  done();
}
