import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { PAGE_CONTENT_SECURITY_POLICY } from '../../page/assets.ts';
import { originForm } from '../requests/route.ts';

/** The committed document; a test holds it against the operations. */
const DOCUMENT = fileURLToPath(new URL('../../../openapi/openapi.json', import.meta.url));

/** The SHA-256 of the only style that may stand in the reference; a test with a browser finds out when it is another. */
const LOGO_STYLE = "'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='";

/** Serves the OpenAPI document at `/openapi.json` and the interactive reference, without anything from elsewhere, at `/docs`. */
export async function registerReference(app: FastifyInstance): Promise<void> {
  const bytes = readFileSync(DOCUMENT);
  app.get('/openapi.json', { config: { scope: 'none' } }, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(bytes),
  );
  // @NOTE the plugin types its document by OpenAPI 3.0; it hands on what it gets
  await app.register(swagger, { mode: 'static', specification: { document: JSON.parse(bytes.toString('utf8')) as never } });
  await app.register(async (docs) => {
    docs.addHook('onRoute', (route) => {
      route.config = { ...route.config, scope: 'none' };
    });
    docs.addHook('onRequest', (request, reply, done) => {
      const to = redirectionFrom(originForm(request.url));
      if (to === undefined) done();
      else void reply.redirect(to, 302);
    });
    await docs.register(swaggerUi, {
      routePrefix: '/docs',
      // Its icons are data in its style sheet, and the logo brings two lines of style.
      staticCSP: `${PAGE_CONTENT_SECURITY_POLICY}; img-src 'self' data:; style-src 'self' ${LOGO_STYLE}`,
      theme: { title: 'Annals: reference' },
      uiConfig: { deepLinking: true, docExpansion: 'none' },
    });
  });
}

/**
 * The relative address at which the reference stands, for a request that names it in another way: the plugin makes the addresses in its page
 * from the address as it came, query and all, and redirects its own file to itself when it has a query.
 */
function redirectionFrom(target: string): string | undefined {
  const [path, query] = target.split('?', 2);
  if (path === '/docs/static/index.html') return '../';
  if (query === undefined) return undefined;
  if (path === '/docs') return 'docs';
  return path === '/docs/' ? './' : undefined;
}
