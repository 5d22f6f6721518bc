import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import { PAGE_CONTENT_SECURITY_POLICY } from '../page/assets.ts';

/** The headers that every answer has: what a page may load, and that reads may cross origins. */
export async function registerHeaders(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: false, // the one below
    crossOriginResourcePolicy: { policy: 'cross-origin' },
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
    methods: ['GET', 'HEAD'],
    exposedHeaders: ['ETag', 'Link', 'Location', 'Content-Location'],
    preflightContinue: true,
    strictPreflight: false,
  });
  // The plugin answers OPTIONS at every address; where there is nothing, that is a problem like any other.
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.url !== '*') return undefined;
    reply.callNotFound();
    return reply;
  });
}
