import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { AnnalsError, type Issue } from '../../domain/errors.ts';
import { nearest } from '../../domain/nearest.ts';
import { type DoorCode, type ProblemCode, problemOf, PROBLEMS } from './problems.ts';
import { originForm } from '../requests/route.ts';

/** A request that the door refuses before anything behind it is asked. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: DoorCode;

  constructor(code: DoorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Sends a problem. */
export function sendProblem(reply: FastifyReply, code: ProblemCode, detail: string, errors: Issue[] = []): FastifyReply {
  const { status } = PROBLEMS[code];
  // What is still to come of the body is not waited for.
  if (status === 413 || code === 'import-busy') reply.header('connection', 'close');
  if (status === 503 || code === 'request-in-progress') reply.header('retry-after', '1');
  return reply
    .code(status)
    .type('application/problem+json')
    .header('cache-control', 'no-store')
    .send(
      Buffer.from(
        JSON.stringify({ ...problemOf(code, detail), instance: `/requests/${reply.request.id}`, ...(errors.length > 0 && { errors }) }),
      ),
    );
}

/** Problems of the service that get no line of their own: too much to do is no reason to do more, and a migration is logged once, by `serve`. */
const UNLOGGED: ReadonlySet<ProblemCode> = new Set<ProblemCode>(['overloaded', 'storage-migrated']);

/** Fastify's error handler: every error becomes a problem, whatever its cause; also what was thrown and is no error, or nothing. */
export function answerError(
  error: FastifyError | AnnalsError | Refusal | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof Refusal) return sendProblem(reply, error.code, error.message);
  if (error instanceof AnnalsError) {
    if (PROBLEMS[error.code].status >= 500 && !UNLOGGED.has(error.code))
      request.log.error({ err: error }, error.forOperator ?? error.message);
    return sendProblem(reply, error.code, error.message, error.issues);
  }
  const code = codeOf(error);
  if (code === 'internal') request.log.error({ err: error }, 'unexpected error');
  return sendProblem(reply, code, detailOf(code, error, request));
}

/** What Fastify's own errors are, by their codes. */
const FASTIFY_CODES: Record<string, ProblemCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_EMPTY_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed-request',
  FST_ERR_BAD_URL: 'malformed-request',
  FST_ERR_ASYNC_CONSTRAINT: 'malformed-request',
};

function codeOf(error: FastifyError | undefined): ProblemCode {
  const known = FASTIFY_CODES[error?.code ?? ''];
  if (known) return known;
  const status = error?.statusCode ?? 500;
  return status >= 400 && status < 500 ? 'malformed-request' : 'internal';
}

function detailOf(code: ProblemCode, error: FastifyError | undefined, request: FastifyRequest): string {
  switch (code) {
    case 'unsupported-media-type':
      return `a body of the content type "${(request.headers['content-type'] ?? '').slice(0, 80)}" is not accepted here: leave it out`;
    case 'body-too-large':
      return `the body is longer than ${request.routeOptions.bodyLimit ?? ''} bytes: send less at a time`;
    case 'malformed-request':
      return error?.code === 'FST_ERR_BAD_URL'
        ? `the address ${originForm(request.url).slice(0, 120)} is not percent-encoded UTF-8: write %25 for a percent sign`
        : 'the request could not be understood: check the address and the headers';
    default:
      return `the service failed on this request; the log has the reason under ${request.id}`;
  }
}

/** The addresses there are, the methods that are known, and those that some address has, as the header Allow lists them. */
type Addresses = { paths: readonly string[]; known: readonly string[]; allowedAnywhere: () => string };

/** The answer to an address that is none, with the nearest that is, to a method that none has, and to OPTIONS of the server as a whole (RFC 9110, section 9.3.7). */
export function answerUnknownRoute({ paths, known, allowedAnywhere }: Addresses) {
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (!known.includes(request.method))
      return sendProblem(reply, 'method-not-known', `the method ${request.method} is not known here: OPTIONS tells which are`);
    if (request.url === '*') return reply.code(204).header('allow', allowedAnywhere()).send();
    const path = originForm(request.url).split('?')[0]!;
    const didYouMean = paths.includes(`/v1${path}`) ? [`/v1${path}`] : nearest(path.slice(0, 120), paths);
    const hint = didYouMean.length > 0 ? `did you mean ${didYouMean.join(' or ')}?` : '/docs lists all there are';
    return sendProblem(reply, 'unknown-route', `there is nothing at ${path.slice(0, 120)}: ${hint}`);
  };
}
