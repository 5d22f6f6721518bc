import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route as the reference writes it: `/v1/events/{id}`. */
    template?: string;
  }
  interface FastifyRequest {
    /** The config of the route, which it declares; null before the first hook. */
    route: Readonly<FastifyContextConfig & { url?: string }> | null;
  }
}

/** The address of a route as the reference writes it. */
export const asTemplate = (url: string): string => url.replaceAll(/:(\w+)/g, '{$1}');

/** Gives each request the config of its route once: Fastify makes `routeOptions` anew at each access. Call it before the first hook. */
export function attachRouteConfig(app: FastifyInstance): void {
  app.decorateRequest('route', null);
  app.addHook('onRoute', (route) => {
    const template = route.url === '*' ? {} : { template: asTemplate(route.url) };
    // @NOTE `refuseUndeclaredScopes` checks that a scope is declared
    route.config = { ...route.config, ...template } as FastifyContextConfig;
  });
  app.addHook('onRequest', (request, _reply, done) => {
    request.route = request.routeOptions.config;
    done();
  });
}

/** The template of the route of a request; `none` without a route. */
export const templateOf = ({ route }: FastifyRequest): string => route?.template ?? 'none';

/** An absolute-form request target up to its path or query (RFC 9112, section 3.2.2). Its authority is not to be trusted. */
const AUTHORITY = /^https?:\/\/[^/?]*/i;

/** The path and query of a request target, as the router reads them, without the authority of the absolute form. */
export const originForm = (target: string): string => {
  if (target.startsWith('/')) return target;
  const rest = target.replace(AUTHORITY, '');
  return rest.startsWith('?') || rest === '' ? `/${rest}` : rest;
};

/** Values of a query by parameter, and of a path by the variable of its template. */
type Values = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/**
 * The path and query of a request, made from the template of its route and its parsed parameters, some of them replaced. The spelling of
 * the request does not change it, and it never holds a host: all addresses in answers come from here.
 */
export function addressOf(request: FastifyRequest, { path = {}, query = {} }: { path?: Values; query?: Values } = {}): string {
  // @NOTE parameters are parsed by the schema of the operation: strings, or lists of them
  const variables = { ...(request.params as Values), ...path };
  const pathname = templateOf(request).replaceAll(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(String(variables[name])));
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...(request.query as Values), ...query }))
    for (const each of [value].flat()) if (each !== undefined) parameters.append(name, String(each));
  return parameters.size === 0 ? pathname : `${pathname}?${parameters.toString()}`;
}
