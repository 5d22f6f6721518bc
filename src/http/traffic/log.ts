import { randomUUID } from 'node:crypto';
import { type FastifyReply, type FastifyRequest, type FastifyServerOptions, LogController } from 'fastify';
import type { Config } from '../../config.ts';
import { templateOf } from '../route.ts';

/** Where the log goes, line by line. */
export type LogStream = { write(line: string): void };

const SAFE_ID = /^[\w.-]{1,64}$/;

/**
 * What Fastify is told of the log: JSON, one line for each request. It holds no address, no header and no body: keys and what people look
 * for may stand there.
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

/** Fastify's own lines about a request, replaced by one when it is answered. */
class RequestLog extends LogController {
  override incomingRequest(): void {}

  override requestCompleted(_error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    logAnswer(request, reply);
  }
}

function logAnswer(request: FastifyRequest, reply: FastifyReply): void {
  const { method } = request;
  const bytes = Number(reply.getHeader('content-length') ?? 0);
  const milliseconds = Math.round(reply.elapsedTime * 1000) / 1000;
  const line = { method, route: templateOf(request), status: reply.statusCode, milliseconds, bytes };
  request.log.info(line, 'answered');
}

/** Gives a request that reaches no route, and so no hook, its line and tells the client its id. */
export function traceUnrouted(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.id);
  reply.raw.once('finish', () => logAnswer(request, reply));
}

/** The hook that tells the client the id under which its request is in the log. */
export function sendRequestId({ id }: FastifyRequest, reply: FastifyReply, done: () => void): void {
  reply.header('x-request-id', id);
  done();
}
