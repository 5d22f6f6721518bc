import type { FastifyInstance } from 'fastify';
import { sendProblem } from '../problems/problem-handler.ts';
import { asTemplate } from './route.ts';

/** The methods that are known; no address has TRACE (RFC 9110) or QUERY (RFC 10008). */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY'] as const;

/** The addresses there are, the methods that are known, and those that some address has; `complete` answers the others. */
type MethodTable = { paths: string[]; known: readonly string[]; allowedAnywhere: () => string; complete: () => void };

/**
 * Answers every method at every address there is: OPTIONS with what is allowed, the others that have no route with 405 (RFC 9110, section
 * 15.5.6). Call it before the routes are registered and `complete` after.
 */
export function methodTable(app: FastifyInstance): MethodTable {
  const urls = new Set<string>();
  const paths: string[] = [];
  app.addHook('onRoute', ({ url }) => {
    if (!urls.has(url)) paths.push(asTemplate(url));
    urls.add(url);
  });
  // Once the table is complete every address has a route for every method: so it is filled before.
  let anywhere = '';
  const complete = () => {
    for (const url of urls) {
      if (url.includes('*')) continue;
      const isAllowed = (method: (typeof METHODS)[number]) => method === 'OPTIONS' || app.hasRoute({ method, url });
      const allowed = METHODS.filter(isAllowed).join(', ');
      const others = METHODS.filter((method) => !isAllowed(method));
      // The router takes the address `*` of the whole server for `/`.
      app.options(url, { config: { scope: 'none' } }, async (request, reply) =>
        reply
          .code(204)
          .header('allow', request.url === '*' ? anywhere : allowed)
          .send(),
      );
      app.route({
        method: others,
        url,
        config: { scope: 'none' },
        // The body is of no interest, whatever its type or size.
        onRequest: async (request, reply) =>
          sendProblem(reply.header('allow', allowed), 'method-not-allowed', `${request.method} is not allowed here: ${allowed} are`),
        handler: async (_request, reply) => reply,
      });
    }
  };
  const isAnywhere = (method: (typeof METHODS)[number]) => method === 'OPTIONS' || [...urls].some((url) => app.hasRoute({ method, url }));
  const allowedAnywhere = () => anywhere;
  return {
    paths,
    known: METHODS,
    allowedAnywhere,
    complete: () => {
      anywhere = METHODS.filter(isAnywhere).join(', ');
      complete();
    },
  };
}
