import type { FastifyReply } from 'fastify';
import type { ErrorCode, Issue } from '../../domain/errors.ts';

type ProblemKind = { status: number; title: string };

/** The one table from codes to statuses. A code is the last part of the `type` of its problem. */
export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'invalid-cursor': { status: 400, title: 'The cursor is not valid' },
  'ambiguous-name': { status: 400, title: 'The name is ambiguous' },
  'unknown-reference': { status: 400, title: 'A record that is referred to does not exist' },
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'malformed-request': { status: 400, title: 'The request is malformed' },
  'missing-key': { status: 401, title: 'A key is needed' },
  'invalid-key': { status: 401, title: 'The key is not valid' },
  'missing-scope': { status: 403, title: 'The key does not allow this' },
  'not-found': { status: 404, title: 'There is no such record' },
  'unknown-route': { status: 404, title: 'There is nothing at this address' },
  'method-not-allowed': { status: 405, title: 'The method is not allowed here' },
  'request-timeout': { status: 408, title: 'The request took too long to arrive' },
  'already-exists': { status: 409, title: 'The id is taken' },
  'identifier-taken': { status: 409, title: 'The identifier belongs to another record' },
  'import-conflict': { status: 409, title: 'Records of the import exist already' },
  'still-referenced': { status: 409, title: 'The record is still referred to' },
  'request-in-progress': { status: 409, title: 'The same request is under way' },
  'stale-position': { status: 410, title: 'The position is not of this database' },
  'stale-revision': { status: 412, title: 'The record has changed' },
  'precondition-failed': { status: 412, title: 'A precondition is not met' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'address-too-long': { status: 414, title: 'The address is too long' },
  'unsupported-media-type': { status: 415, title: 'The content type is not supported' },
  'key-reused': { status: 422, title: 'The Idempotency-Key is taken' },
  'missing-precondition': { status: 428, title: 'If-Match is needed' },
  'invalid-import': { status: 400, title: 'The import is not valid' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  internal: { status: 500, title: 'Something went wrong here' },
  'method-not-known': { status: 501, title: 'The method is not known' },
  'transfer-coding-not-known': { status: 501, title: 'The transfer coding is not known' },
  overloaded: { status: 503, title: 'The service is overloaded' },
  'query-timeout': { status: 503, title: 'The answer takes too long' },
  'too-many-queries': { status: 503, title: 'Too many large queries are being answered' },
  'import-busy': { status: 503, title: 'Other imports are under way' },
  'storage-busy': { status: 503, title: 'The database is busy' },
  'storage-unusable': { status: 503, title: 'The database cannot be used' },
  'outcome-unknown': { status: 503, title: 'It is not known whether the change was made' },
  'storage-migrated': { status: 503, title: 'A newer Annals has migrated the database' },
  'temporary-unusable': { status: 507, title: 'Temporary files cannot be kept' },
  'storage-full': { status: 507, title: 'The disk is full' },
  'moments-used-up': { status: 507, title: 'The keys of moments are used up' },
} satisfies Record<ErrorCode, ProblemKind> & Record<string, ProblemKind>;

/** The code of a problem. */
export type ProblemCode = keyof typeof PROBLEMS;

/** A request that is refused for a reason of HTTP itself. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;

  constructor(code: ProblemCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The sentence about a body beyond a limit, both in bytes; with its length, where its headers say that. */
export function tooLong(
  what: 'body' | 'import',
  limit: number,
  { 'content-length': stated }: { 'content-length'?: string | undefined },
): string {
  const advice = stated === undefined ? 'send less at a time' : `it has ${Number(stated).toLocaleString('en')}. Send less at a time`;
  return `the ${what} is longer than ${limit.toLocaleString('en')} bytes: ${advice}`;
}

/** A problem as RFC 9457 has it. */
type Problem = { type: string; title: string; status: number; detail: string; instance?: string; errors?: Issue[] };

/** A problem without the id of its request: bytes that are not a whole request have none. */
export function problemOf(code: ProblemCode, detail: string): Problem {
  const { status, title } = PROBLEMS[code];
  return { type: `/problems/${code}`, title, status, detail };
}

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
