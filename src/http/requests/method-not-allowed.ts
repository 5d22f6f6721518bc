import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../problems/problems.ts';
import { addressFinder } from './nearest-address.ts';
import { asTemplate, originForm, templateOf } from './route.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The content types that the body of a request may have. */
    bodyTypes?: readonly string[];
  }
}

/** The known methods; no address has TRACE (RFC 9110) or QUERY (RFC 10008). */
const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY'];

const pathOf = ({ url }: FastifyRequest): string => originForm(url).split('?')[0]!;

/** Collects the routes of the app, to answer the requests that no operation takes. Call it before the first route is registered. */
export function unroutedRequests(app: FastifyInstance) {
  const urls = new Set<string>();
  const patchTypes = new Map<string, readonly string[]>();
  let addressesLike = addressFinder([]);
  let allowedAnywhere = '';
  app.addHook('onRoute', ({ url, method, config }) => {
    urls.add(url);
    if (method === 'PATCH' && config?.bodyTypes) patchTypes.set(url, config.bodyTypes);
  });

  const allowedAt = (...at: string[]): string[] =>
    METHODS.filter((method) => method === 'OPTIONS' || at.some((url) => app.hasRoute({ method, url })));

  function completeAt(url: string): void {
    const methods = allowedAt(url);
    const allowed = methods.join(', ');
    const patches = patchTypes.get(url);
    app.options(url, { config: { scope: 'none' } }, async (request, reply) => {
      if (patches) reply.header('accept-patch', patches.join(', ')); // RFC 5789, section 3.1
      // The router takes the address `*` of the whole server for `/`.
      return reply
        .code(204)
        .header('allow', request.url === '*' ? allowedAnywhere : allowed)
        .send();
    });
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
      const path = pathOf(request);
      return sendUnknown(reply, path, addressesLike(path));
    },
    /**
     * The hook that refuses an address with nothing in the place of an id, for every method. `/v1/events/` may be the list with a slash too many or a
     * record whose id was left out, so neither is answered in its place.
     */
    refuseEmptyVariables: (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
      const params = request.params as Record<string, string>; // @NOTE the router gives texts by name
      const empty = Object.keys(params).filter((name) => name !== '*' && params[name] === '');
      if (empty.length === 0) return done();
      const template = templateOf(request);
      const isAtEnd = empty.length === 1 && template.endsWith(`{${empty[0]}}`);
      const path = pathOf(request);
      sendUnknown(reply, path, [...(isAtEnd ? addressesLike(path) : []), template]);
    },
    /** Registers OPTIONS, and 405 for the other methods (RFC 9110, section 15.5.6), at every address. Call it after all other routes. */
    completeMethods(): void {
      // Afterwards every address has a route for every method.
      allowedAnywhere = allowedAt(...urls).join(', ');
      addressesLike = addressFinder([...urls].map(asTemplate));
      for (const url of urls) if (!url.includes('*')) completeAt(url);
    },
  };
}

function sendUnknown(reply: FastifyReply, path: string, didYouMean: readonly string[]): FastifyReply {
  const hint = didYouMean.length > 0 ? `did you mean ${didYouMean.join(' or ')}?` : '/docs lists all addresses';
  return sendProblem(reply, 'unknown-route', `there is nothing at ${path.slice(0, 120)}: ${hint}`);
}
