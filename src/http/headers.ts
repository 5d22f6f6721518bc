import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { PAGE_CONTENT_SECURITY_POLICY } from '../page/assets.ts';

const READING = ['GET', 'HEAD'];
const CROSS_ORIGIN_HEADERS = ['allow-origin', 'allow-methods', 'allow-headers', 'expose-headers'].map((name) => `access-control-${name}`);

/** The headers that every answer has: what a page may load, and that reads may cross origins. */
export async function registerHeaders(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: false, // the one below
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    frameguard: { action: 'deny' }, // as the policy below says to browsers that know it
    // Whoever speaks TLS before this service says for how long, and for which names.
    strictTransportSecurity: false,
  });
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('content-security-policy', PAGE_CONTENT_SECURITY_POLICY);
    done();
  });
  // The plugin's own route, at every address.
  app.addHook('onRoute', (route) => {
    if (route.url === '*') route.config = { ...route.config, scope: 'none' };
  });
  await app.register(cors, {
    origin: '*',
    methods: READING,
    exposedHeaders: ['ETag', 'Link', 'Location', 'Content-Location', 'RateLimit-Policy', 'RateLimit', 'Retry-After', 'X-Request-Id'],
    preflightContinue: true,
    strictPreflight: false,
  });
  app.addHook('onRequest', async (request, reply) => {
    if (asksToWrite(request)) for (const name of CROSS_ORIGIN_HEADERS) reply.removeHeader(name);
    // The plugin answers OPTIONS at every address; where there is nothing, that is a problem like any other.
    if (request.routeOptions.url !== '*') return undefined;
    reply.callNotFound();
    return reply;
  });
}

/**
 * Whether a browser asks whether a page of another origin may write. A list of methods would not stop it: POST is safelisted (Fetch, section
 * 2.2.1), so a browser that is told anything at all sends it.
 */
function asksToWrite({ method, headers }: FastifyRequest): boolean {
  const asked = headers['access-control-request-method'];
  return method === 'OPTIONS' && asked !== undefined && !READING.includes(asked);
}
