import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { PAGE_CONTENT_SECURITY_POLICY } from '../page/assets.ts';

const READING = ['GET', 'HEAD'];
const CROSS_ORIGIN_HEADERS = ['allow-origin', 'allow-methods', 'allow-headers', 'expose-headers'].map((name) => `access-control-${name}`);

/** The headers that every answer has: what a page may load, and that reads may cross origins. */
export async function registerHeaders(app: FastifyInstance): Promise<void> {
  const security = { ...(await helmetHeaders()), 'content-security-policy': PAGE_CONTENT_SECURITY_POLICY };
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(security);
    done();
  });
  // The plugin's own route, at every address.
  app.addHook('onRoute', (route) => {
    if (route.url === '*') route.config = { ...route.config, scope: 'none' };
  });
  await app.register(cors, {
    origin: '*',
    methods: READING,
    exposedHeaders: [
      'ETag',
      'Link',
      'Location',
      'Content-Location',
      'Change-Sequence',
      'RateLimit-Policy',
      'RateLimit',
      'Retry-After',
      'X-Request-Id',
    ],
    preflightContinue: true,
    strictPreflight: false,
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (asksToWrite(request)) for (const name of CROSS_ORIGIN_HEADERS) reply.removeHeader(name);
    // The plugin answers OPTIONS at every address; where there is nothing, that is a problem like any other.
    if (request.routeOptions.url === '*') reply.callNotFound();
    else done();
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

/** What helmet says of an answer. It is the same for all, and making it anew for each takes as long as finding a record: so it is asked once. */
async function helmetHeaders(): Promise<Record<string, string>> {
  const asked = Fastify({ logger: false });
  await asked.register(helmet, {
    contentSecurityPolicy: false, // the page's own
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    frameguard: { action: 'deny' }, // as the page's policy says to browsers that know it
    // Whoever speaks TLS before this service says for how long, and for which names.
    strictTransportSecurity: false,
  });
  asked.get('/', async (_request, reply) => reply.code(204).send());
  const { headers } = await asked.inject('/');
  await asked.close();
  const { date: _date, connection: _connection, ...security } = headers;
  return Object.fromEntries(Object.entries(security).map(([name, value]) => [name, String(value)]));
}
