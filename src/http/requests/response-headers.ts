import type { FastifyReply, FastifyRequest } from 'fastify';
import { PAGE_CONTENT_SECURITY_POLICY } from '../../page/assets.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set where pages of other origins see no answer of the route. */
    cors?: false;
  }
}

const READING = ['GET', 'HEAD'];

/**
 * The headers of every answer, which browsers heed: those of Helmet, with a policy that knows the page and lets other origins read.
 * `strict-transport-security` is for the proxy that speaks TLS. `test/http/headers.test.ts` compares them with what Helmet sends.
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
  'x-frame-options': 'DENY', // as the policy of the page says to browsers that know it
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};

/** The security headers, and those that let pages of other origins see the answer (Fetch, section 3.3). */
const CROSS_ORIGIN = {
  ...SECURITY,
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'ETag, Link, Location, Content-Location, Change-Position, RateLimit-Policy, RateLimit, Retry-After, X-Request-Id',
};

/** The hook that sets the headers of every answer, and those of a preflight: what a page may load, and that reads may cross origins. */
export function sendHeaders(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  reply.headers(request.route!.cors === false || asksToWrite(request) ? SECURITY : CROSS_ORIGIN);
  if (request.method === 'OPTIONS') allowReading(request, reply);
  done();
}

/** Answers a preflight: a page may read, with any header. */
function allowReading(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('vary', 'Access-Control-Request-Headers');
  if (asksToWrite(request)) return;
  reply.header('access-control-allow-methods', READING.join(', '));
  const asked = request.headers['access-control-request-headers'];
  if (asked !== undefined) reply.header('access-control-allow-headers', asked);
}

/**
 * Whether a browser asks whether a page of another origin may write. A list of methods would not stop it: POST is safelisted (Fetch, section
 * 2.2.1), so a browser that is told anything at all sends it.
 */
function asksToWrite({ method, headers }: FastifyRequest): boolean {
  const asked = headers['access-control-request-method'];
  return method === 'OPTIONS' && asked !== undefined && !READING.includes(asked);
}
