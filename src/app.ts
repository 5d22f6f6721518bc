import Fastify, { type FastifyInstance } from 'fastify';
import type { Config } from './config.ts';
import type { Formats } from './formats/format.ts';
import { FORMATS } from './formats/index.ts';
import { authenticate, refuseUndeclaredScopes, requireScope } from './http/auth/authentication.ts';
import { setHeaders } from './http/requests/response-headers.ts';
import { responseCache } from './http/cache/response-cache.ts';
import { closeConnectionsOnShutdown } from './http/limits/graceful-shutdown.ts';
import { answerExpectations } from './http/requests/expectation.ts';
import { unroutedRequests } from './http/requests/method-not-allowed.ts';
import { registerReference } from './http/pages/reference.ts';
import { registerOperation } from './http/contract/operation.ts';
import { negotiateFormats } from './http/contract/respond.ts';
import { OPERATIONS } from './http/routes.ts';
import { acceptBodies, compileParameters, rawQuerystring, refuseMalformed } from './http/requests/parsing.ts';
import { registerManual } from './http/pages/manual.ts';
import { registerPages } from './http/pages/pages.ts';
import { answerClientError, refuseConnect } from './http/problems/client-error.ts';
import { refuseBadPreconditions } from './http/cache/etags.ts';
import { answerError } from './http/problem-handler.ts';
import { refuseBadHead } from './http/requests/request-head.ts';
import { attachRouteConfig } from './http/requests/route.ts';
import { cutOffStalled, limitConnections, refuseOversized, serverLimits } from './http/limits/connections.ts';
import { logDeliveries } from './http/observe/deliveries.ts';
import { logging, type LogStream, sendRequestId, traceUnrouted } from './http/observe/log.ts';
import { registerMetrics } from './http/observe/metrics.ts';
import { refuseOverload } from './http/limits/overload.ts';
import { limitRates, limitWrongKeys } from './http/limits/rate-limits.ts';
import type { Annals } from './records/annals.ts';

/**
 * Parts of the app; the tests make the same one. The log goes to standard output unless another stream is given. `openFiles` is the number of
 * files, connections included, that the process may have open (no limit unless given), and `formats` are those of answers.
 */
export type AppOptions = { config: Config; annals: Annals; log?: LogStream; openFiles?: number; formats?: Formats };

/** An unknown address needs no scope: the reference lists all there are. */
const UNKNOWN_ROUTE = { preHandler: [], config: { scope: 'none' } };

/** Stands where Fastify would load compilers of JSON Schema, which take long to load: zod reads parameters, and answers are bytes already. */
const noCompiler = (): never => {
  throw new Error('Fastify is given no JSON Schema');
};

/** The service, ready to listen. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { config, annals, log, openFiles = Number.POSITIVE_INFINITY, formats = FORMATS } = options;
  const app = Fastify({
    ...serverLimits(config),
    ...logging(config, log),
    trustProxy: config.TRUST_PROXY === 'none' ? false : config.TRUST_PROXY,
    routerOptions: { querystringParser: rawQuerystring, maxParamLength: 16_384, ignoreTrailingSlash: false },
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => {
      traceUnrouted(request, reply);
      answerError(error, request, reply);
    },
    schemaController: { compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler } },
    return503OnClosing: false, // requests that have arrived by then are answered
  });
  app.setErrorHandler(answerError);
  app.server.on('connect', refuseConnect);
  app.setValidatorCompiler(compileParameters);
  limitConnections(app, config, openFiles);
  cutOffStalled(app, config);

  refuseUndeclaredScopes(app);
  attachRouteConfig(app);
  const unrouted = unroutedRequests(app);
  app.addHook('onRequest', sendRequestId);
  logDeliveries(app);
  registerMetrics(app, annals.engine);
  closeConnectionsOnShutdown(app);
  app.addHook('onRequest', setHeaders);
  answerExpectations(app);
  refuseOverload(app, config);
  app.addHook('onRequest', refuseBadHead);
  app.addHook('onRequest', refuseOversized);
  app.addHook('onRequest', authenticate(app, annals));
  await limitRates(app, config);
  app.addHook('onRequest', unrouted.refuseEmptyVariables);
  app.addHook('onRequest', requireScope(config, limitWrongKeys(app, config)));
  app.addHook('onRequest', refuseMalformed);
  app.addHook('onRequest', refuseBadPreconditions(config));
  negotiateFormats(app, formats);
  const cache = responseCache(annals.engine, config.ANSWER_CACHE_BYTES);
  app.addHook('onRequest', cache.answerAtOnce);
  acceptBodies(app);

  app.setNotFoundHandler(UNKNOWN_ROUTE, (request, reply) => unrouted.answerUnknownRoute(request, reply));
  for (const operation of OPERATIONS) registerOperation(app, { annals, config, cache }, operation);
  registerPages(app);
  registerManual(app);
  await registerReference(app);
  unrouted.completeMethods();
  return app;
}
