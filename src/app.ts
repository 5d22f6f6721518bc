import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Config } from './config.ts';
import { requireScope } from './http/authentication.ts';
import { healthRoutes } from './http/health-routes.ts';
import { acceptBodies } from './http/bodies.ts';
import { listTags } from './http/list-tag.ts';
import { methodTable } from './http/methods.ts';
import { registerReference } from './http/reference.ts';
import { compileParameters, type Endpoint, parseQuery, refuseMalformedQuery } from './http/operation.ts';
import { registerPages } from './http/pages.ts';
import { answerError, answerNotHttp, answerUnknownRoute } from './http/problems.ts';
import { recordRoutes } from './http/record-routes.ts';
import { searchRoutes } from './http/search-routes.ts';
import { textRoutes } from './http/text-routes.ts';
import { timelineRoutes } from './http/timeline-routes.ts';
import type { Annals } from './records/annals.ts';
import { PAGE_CONTENT_SECURITY_POLICY } from './page/assets.ts';
import { resources } from './resources/index.ts';

/** What the app is made of; the tests make the same one. */
export type AppOptions = { config: Config; annals: Annals };

/** Every operation of the API, in the order of the reference. */
export function endpoints(annals: Annals): Endpoint[] {
  const listTag = listTags(annals.engine);
  return [
    ...timelineRoutes(annals, listTag),
    ...resources.toReversed().flatMap((resource) => recordRoutes(annals, resource, listTag)),
    ...textRoutes(annals),
    ...searchRoutes(annals, listTag),
    ...healthRoutes(annals),
  ];
}

/** The service, ready to listen. */
export async function buildApp({ config, annals }: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    logger: config.LOG_LEVEL === 'silent' ? false : { level: config.LOG_LEVEL, redact: ['req.headers.authorization'] },
    bodyLimit: config.BODY_LIMIT,
    routerOptions: { querystringParser: parseQuery, maxParamLength: 1000, ignoreTrailingSlash: false },
    clientErrorHandler: answerNotHttp,
    frameworkErrors: answerError,
    return503OnClosing: true,
  });
  app.setErrorHandler(answerError);
  app.setValidatorCompiler(compileParameters);

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
  app.addHook('onRequest', requireScope(annals.engine, config));
  app.addHook('onRequest', refuseMalformedQuery);
  acceptBodies(app);

  const methods = methodTable(app);
  app.setNotFoundHandler({ preHandler: [] }, answerUnknownRoute(methods));
  for (const each of endpoints(annals)) each.register(app);
  registerPages(app);
  await registerReference(app);
  methods.complete();
  return app;
}
