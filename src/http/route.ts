import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route as the reference writes it: `/v1/events/{id}`. */
    template?: string;
  }
  interface FastifyRequest {
    /** What the route of the request declares; nothing before the first hook. */
    route: Readonly<FastifyContextConfig & { url?: string }> | null;
  }
}

/** The address of a route as the reference writes it. */
export const asTemplate = (url: string): string => url.replaceAll(/:(\w+)/g, '{$1}');

/** Tells each request what its route declares, once: Fastify puts its `routeOptions` together anew whenever they are asked for. Call it before the first hook. */
export function knowRoutes(app: FastifyInstance): void {
  app.decorateRequest('route', null);
  app.addHook('onRoute', (route) => {
    const template = route.url === '*' ? {} : { template: asTemplate(route.url) };
    // @NOTE that a scope is declared, `refuseUndeclaredScopes` sees to
    route.config = { ...route.config, ...template } as FastifyContextConfig;
  });
  app.addHook('onRequest', (request, _reply, done) => {
    request.route = request.routeOptions.config;
    done();
  });
}

/** The route that answers a request, as the reference writes it; `none` where there is none. */
export const templateOf = ({ route }: FastifyRequest): string => route?.template ?? 'none';
