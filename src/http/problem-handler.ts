import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { AnnalsError } from '../domain/errors.ts';
import { type ProblemCode, ProblemError, PROBLEMS, sendProblem, tooLong } from './problems/problems.ts';
import { originForm } from './requests/route.ts';

/** Problems that are not logged: an overloaded service has no time for it, and `serve` logs a migration once. */
const UNLOGGED: ReadonlySet<ProblemCode> = new Set<ProblemCode>(['overloaded', 'storage-migrated']);

/** Problems of load, which no fault of the service causes: logged as one line, without a stack. */
const EXPECTED: ReadonlySet<ProblemCode> = new Set<ProblemCode>(['storage-busy', 'query-timeout', 'too-many-queries']);

/** Fastify's error handler: sends every error as a problem, also a thrown value that is not an Error. */
export function answerError(
  error: FastifyError | AnnalsError | ProblemError | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof ProblemError) return sendProblem(reply, error.code, error.message);
  if (error instanceof AnnalsError) {
    logProblem(error, request);
    return sendProblem(reply, error.code, error.message, error.issues);
  }
  const code = codeOf(error);
  if (code === 'internal') request.log.error({ err: error }, 'unexpected error');
  return sendProblem(reply, code, detailOf(code, error, request));
}

function logProblem(error: AnnalsError, { log }: FastifyRequest): void {
  const { code, message, forOperator = message } = error;
  if (PROBLEMS[code].status < 500 || UNLOGGED.has(code)) return;
  if (EXPECTED.has(code)) log.warn({ problem: code }, forOperator);
  else log.error({ err: error }, forOperator);
}

/** Fastify's own error codes as problems. */
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
      return tooLong('body', request.routeOptions.bodyLimit ?? 0, request.headers);
    case 'malformed-request':
      return error?.code === 'FST_ERR_BAD_URL'
        ? `the address ${originForm(request.url).slice(0, 120)} is not percent-encoded UTF-8: write %25 for a percent sign`
        : 'the request could not be understood: check the address and the headers';
    default:
      return `the service failed on this request; the log has the reason under ${request.id}`;
  }
}
