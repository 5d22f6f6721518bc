import type { FastifyReply, FastifyRequest } from 'fastify';
import { PAGE_CONTENT_SECURITY_POLICY } from '../../page/assets.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set to false where pages of other origins may not read the answers of the route. */
    cors?: false;
  }
}

const READ_METHODS = ['GET', 'HEAD'];

/**
 * The security headers of every answer: those of Helmet, with a policy for the page, and readable for other origins.
 * `strict-transport-security` is left to the proxy that speaks TLS. `test/http/headers.test.ts` compares them with Helmet's.
 */
const SECURITY = {
  'content-security-policy': PAGE_CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'cross-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY', // for browsers that do not know `frame-ancestors` of the policy
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};

/** The security headers, and those that let pages of other origins read the answer (Fetch, section 3.3). */
const CROSS_ORIGIN = {
  ...SECURITY,
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'ETag, Link, Location, Content-Location, Change-Position, RateLimit-Policy, RateLimit, Retry-After, X-Request-Id',
};

/** The hook that sets the headers of every answer, and those of a preflight. */
export function setHeaders(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  reply.headers(request.route!.cors === false || isPreflightOfWrite(request) ? SECURITY : CROSS_ORIGIN);
  if (request.method === 'OPTIONS') allowReads(request, reply);
  done();
}

/** Allows pages of other origins to read, with any header. */
function allowReads(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('vary', 'Access-Control-Request-Headers');
  if (isPreflightOfWrite(request)) return;
  reply.header('access-control-allow-methods', READ_METHODS.join(', '));
  const requested = request.headers['access-control-request-headers'];
  if (requested !== undefined) reply.header('access-control-allow-headers', requested);
}

/**
 * Returns true for a preflight of a write, which gets no CORS headers. A list of allowed methods would not stop it: POST is safelisted
 * (Fetch, section 2.2.1), so a browser sends it after any CORS answer.
 */
function isPreflightOfWrite({ method, headers }: FastifyRequest): boolean {
  const requested = headers['access-control-request-method'];
  return method === 'OPTIONS' && requested !== undefined && !READ_METHODS.includes(requested);
}
