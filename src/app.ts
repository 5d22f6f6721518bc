import Fastify, { type FastifyInstance } from 'fastify';
import type { Config } from './config.ts';
import { identify, refuseUndeclaredScopes, requireScope } from './http/authentication.ts';
import { registerHeaders } from './http/headers.ts';
import { healthRoutes } from './http/health-routes.ts';
import { acceptBodies } from './http/bodies.ts';
import { importRoutes } from './http/import-routes.ts';
import { listTags } from './http/list-tag.ts';
import { loggerOf } from './http/log.ts';
import { methodTable } from './http/methods.ts';
import { registerReference } from './http/reference.ts';
import { compileParameters, type Endpoint, parseQuery, refuseMalformed } from './http/operation.ts';
import { registerPages } from './http/pages.ts';
import { answerError, answerExpectation, answerNotHttp, answerUnknownRoute } from './http/problems.ts';
import { requireIfMatch } from './http/preconditions.ts';
import { recordRoutes } from './http/record-routes.ts';
import { searchRoutes } from './http/search-routes.ts';
import { textRoutes } from './http/text-routes.ts';
import { timelineRoutes } from './http/timeline-routes.ts';
import type { Annals } from './records/annals.ts';
import { resources } from './resources/index.ts';

/** What the app is made of; the tests make the same one. */
export type AppOptions = { config: Config; annals: Annals };

/** Every operation of the API, in the order of the reference. */
export function endpoints(annals: Annals, config: Config): Endpoint[] {
  const listTag = listTags(annals.engine);
  return [
    ...timelineRoutes(annals, listTag),
    ...resources.toReversed().flatMap((resource) => recordRoutes(annals, resource, listTag)),
    ...textRoutes(annals),
    ...searchRoutes(annals, listTag),
    ...importRoutes(annals, config),
    ...healthRoutes(annals),
  ];
}

/** How long a request may take to arrive, in milliseconds: an import is long, and comes as fast as its way allows. Its headers have a minute. */
const REQUEST_TIMEOUT = 300_000;

/** What is nowhere needs no scope: the reference lists everything there is. */
const UNKNOWN_ROUTE = { preHandler: [], config: { scope: 'none' } };

/** The service, ready to listen. */
export async function buildApp({ config, annals }: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    logger: loggerOf(config),
    bodyLimit: config.BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT,
    routerOptions: { querystringParser: parseQuery, maxParamLength: 16_384, ignoreTrailingSlash: false },
    http: { requireHostHeader: false }, // answered by a problem instead
    clientErrorHandler: answerNotHttp,
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
    return503OnClosing: true,
  });
  app.setErrorHandler(answerError);
  app.server.on('checkExpectation', answerExpectation);
  app.setValidatorCompiler(compileParameters);

  refuseUndeclaredScopes(app);
  await registerHeaders(app);
  app.addHook('onRequest', identify(app, annals));
  app.addHook('onRequest', requireScope(config));
  app.addHook('onRequest', refuseMalformed);
  app.addHook('onRequest', requireIfMatch(config));
  acceptBodies(app);

  const methods = methodTable(app);
  app.setNotFoundHandler(UNKNOWN_ROUTE, answerUnknownRoute(methods));
  for (const each of endpoints(annals, config)) each.register(app);
  registerPages(app);
  await registerReference(app);
  methods.complete();
  return app;
}
