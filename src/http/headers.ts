import cors, { type FastifyCorsOptions } from '@fastify/cors';
import helmet from '@fastify/helmet';
import Fastify, { type FastifyContextConfig, type FastifyInstance, type FastifyRequest } from 'fastify';
import { PAGE_CONTENT_SECURITY_POLICY } from '../page/assets.ts';

const READING = ['GET', 'HEAD'];
const CROSS_ORIGIN_HEADERS = ['allow-origin', 'allow-methods', 'allow-headers', 'expose-headers'].map((name) => `access-control-${name}`);

const CROSS_ORIGIN: FastifyCorsOptions = {
  origin: '*',
  methods: READING,
  exposedHeaders: [
    'ETag',
    'Link',
    'Location',
    'Content-Location',
    'Change-Position',
    'RateLimit-Policy',
    'RateLimit',
    'Retry-After',
    'X-Request-Id',
  ],
  preflightContinue: true,
  strictPreflight: false,
};

/** Headers by their names. */
type Headers = Record<string, string>;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The headers that every answer of the route has. */
    headers?: Headers;
    /** Whether the plugin leaves its answers alone; pages of other origins see those of no route that says so itself. */
    cors?: false;
  }
}

/** The headers that every answer has: what a page may load, and that reads may cross origins. */
export async function registerHeaders(app: FastifyInstance): Promise<void> {
  const { security, crossOrigin } = await headersOfPlugins();
  app.addHook('onRoute', (route) => {
    // The plugin's own route, at every address.
    if (route.url === '*') route.config = { ...route.config, scope: 'none' };
    // What a browser asks before it reads is answered by the plugin.
    if (route.method !== 'OPTIONS') route.config = withHeaders(route.config, route.config?.cors === false ? security : crossOrigin);
  });
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(request.route!.headers ?? security);
    done();
  });
  await app.register(cors, CROSS_ORIGIN);
  app.addHook('onRequest', (request, reply, done) => {
    if (asksToWrite(request)) for (const name of CROSS_ORIGIN_HEADERS) reply.removeHeader(name);
    // The plugin answers OPTIONS at every address; where there is nothing, that is a problem like any other.
    if (request.route!.url === '*') reply.callNotFound();
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

/** The same with headers that are given already, so that the plugin has none to add. */
const withHeaders = (config: FastifyContextConfig | undefined, headers: Headers): FastifyContextConfig =>
  ({ ...config, headers, cors: false }) as FastifyContextConfig; // @NOTE that a scope is declared, `refuseUndeclaredScopes` sees to

/**
 * What the plugins say of any answer, and of one that other origins may read. It is the same for all, and making it anew for each takes as
 * long as finding a record: so they are asked once.
 */
async function headersOfPlugins(): Promise<{ security: Headers; crossOrigin: Headers }> {
  const asked = Fastify({ logger: false });
  await asked.register(helmet, {
    contentSecurityPolicy: false, // the page's own
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    frameguard: { action: 'deny' }, // as the page's policy says to browsers that know it
    // Whoever speaks TLS before this service says for how long, and for which names.
    strictTransportSecurity: false,
  });
  await asked.register(cors, CROSS_ORIGIN);
  asked.get('/', async (_request, reply) => reply.code(204).send());
  const { headers } = await asked.inject('/');
  await asked.close();
  const { date: _date, connection: _connection, ...all } = headers;
  const crossOrigin = Object.entries(all).map(([name, value]): [string, string] => [name, String(value)]);
  const policy = { 'content-security-policy': PAGE_CONTENT_SECURITY_POLICY };
  return {
    security: { ...Object.fromEntries(crossOrigin.filter(([name]) => !CROSS_ORIGIN_HEADERS.includes(name))), ...policy },
    crossOrigin: { ...Object.fromEntries(crossOrigin), ...policy },
  };
}
