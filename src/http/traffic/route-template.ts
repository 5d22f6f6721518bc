import type { FastifyRequest } from 'fastify';

/** The address of a route as the reference writes it. */
export const asTemplate = (url: string): string => url.replaceAll(/:(\w+)/g, '{$1}');

const templates = new Map<string, string>();

/** The route that answers a request, as the reference writes it: `/v1/events/{id}`; `none` where there is none. A few dozen in all. */
export function templateOf({ routeOptions: { url } }: FastifyRequest): string {
  if (url === undefined || url === '*') return 'none';
  const known = templates.get(url) ?? asTemplate(url);
  templates.set(url, known);
  return known;
}
