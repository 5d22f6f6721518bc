import type { FastifyReply } from 'fastify';
import type { Issue } from '../../domain/errors.ts';
import { type ProblemCode, problemOf, PROBLEMS } from './problems.ts';

/** Sends a problem as the answer. */
export function sendProblem(reply: FastifyReply, code: ProblemCode, detail: string, errors: Issue[] = []): FastifyReply {
  const { status } = PROBLEMS[code];
  // The rest of the body is not waited for.
  if (status === 413 || code === 'import-busy') reply.header('connection', 'close');
  if (status === 503 || code === 'request-in-progress') reply.header('retry-after', '1');
  const problem = { ...problemOf(code, detail), instance: `/requests/${reply.request.id}`, ...(errors.length > 0 && { errors }) };
  return reply
    .code(status)
    .type('application/problem+json')
    .header('cache-control', 'no-store')
    .send(Buffer.from(JSON.stringify(problem)));
}
