import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { nearest } from '../../domain/text/nearest.ts';
import { sendProblem } from '../problems/problems.ts';
import { asTemplate, originForm } from './route.ts';

/** The known methods; no address has TRACE (RFC 9110) or QUERY (RFC 10008). */
const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY'];

/** Collects the routes of the app, to answer the requests that no operation takes. Call it before the first route is registered. */
export function unroutedRequests(app: FastifyInstance) {
  const urls = new Set<string>();
  let paths: string[] = [];
  let allowedAnywhere = '';
  app.addHook('onRoute', ({ url }) => void urls.add(url));

  const allowedAt = (...at: string[]): string[] =>
    METHODS.filter((method) => method === 'OPTIONS' || at.some((url) => app.hasRoute({ method, url })));

  function completeAt(url: string): void {
    const methods = allowedAt(url);
    const allowed = methods.join(', ');
    app.options(url, { config: { scope: 'none' } }, async (request, reply) =>
      reply
        .code(204)
        // The router takes the address `*` of the whole server for `/`.
        .header('allow', request.url === '*' ? allowedAnywhere : allowed)
        .send(),
    );
    app.route({
      method: METHODS.filter((method) => !methods.includes(method)),
      url,
      config: { scope: 'none' },
      // Answered before the body is read, whatever its type or size.
      onRequest: async (request, reply) =>
        sendProblem(reply.header('allow', allowed), 'method-not-allowed', `${request.method} is not allowed here: ${allowed} are`),
      handler: async (_request, reply) => reply,
    });
  }

  return {
    /** The handler of unknown addresses and methods, and of OPTIONS of the server as a whole (RFC 9110, section 9.3.7). */
    answerUnknownRoute(request: FastifyRequest, reply: FastifyReply): FastifyReply {
      if (!METHODS.includes(request.method))
        return sendProblem(reply, 'method-not-known', `the method ${request.method} is not known here: OPTIONS lists the known methods`);
      if (request.url === '*') return reply.code(204).header('allow', allowedAnywhere).send();
      const path = originForm(request.url).split('?')[0]!;
      const didYouMean = paths.includes(`/v1${path}`) ? [`/v1${path}`] : nearest(path.slice(0, 120), paths);
      const hint = didYouMean.length > 0 ? `did you mean ${didYouMean.join(' or ')}?` : '/docs lists all addresses';
      return sendProblem(reply, 'unknown-route', `there is nothing at ${path.slice(0, 120)}: ${hint}`);
    },
    /** Registers OPTIONS, and 405 for the other methods (RFC 9110, section 15.5.6), at every address. Call it after all other routes. */
    completeMethods(): void {
      // Afterwards every address has a route for every method.
      allowedAnywhere = allowedAt(...urls).join(', ');
      paths = [...urls].map(asTemplate);
      for (const url of urls) if (!url.includes('*')) completeAt(url);
    },
  };
}
