import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { problemOf } from '../problems/problems.ts';

/**
 * Answers the header Expect (RFC 9110, section 10.1.1). 100 Continue is sent when the body is about to be read. A request that is refused by
 * its head, such as one without a key, is answered at once, and its connection is closed because the body may still come. Call it before
 * the hooks that refuse requests.
 */
export function answerExpectations(app: FastifyInstance): void {
  const waiting = new WeakSet<IncomingMessage>();
  app.server.on('checkExpectation', refuseExpectation);
  app.server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    waiting.add(request);
    app.server.emit('request', request, response);
  });
  app.addHook('onSend', (request, reply, _payload, done) => {
    if (waiting.has(request.raw)) reply.header('connection', 'close');
    done();
  });
  app.addHook('preParsing', (request, reply, _payload, done) => {
    if (waiting.has(request.raw) && isBodyRead(request)) {
      waiting.delete(request.raw);
      reply.raw.writeContinue();
    }
    done();
  });
}

/** Returns false for GET and HEAD, whose bodies mean nothing, and for a body that is refused for its length. */
function isBodyRead({ method, headers, routeOptions }: FastifyRequest): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  return !(Number(headers['content-length']) > (routeOptions.bodyLimit ?? Number.POSITIVE_INFINITY));
}

/** Refuses any expectation but 100-continue. */
function refuseExpectation({ headers }: IncomingMessage, response: ServerResponse): void {
  const detail = `the expectation "${String(headers.expect).slice(0, 80)}" cannot be met: leave out the header Expect`;
  const body = JSON.stringify({ ...problemOf('malformed-request', detail), status: 417 });
  response.writeHead(417, { 'content-type': 'application/problem+json', 'content-length': Buffer.byteLength(body), connection: 'close' });
  response.end(body);
}
