import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { pageFile, type PageFile } from '../../page/assets.ts';
import { servePageFiles } from './pages.ts';

/** The folder that `npm run build` fills, from the compiled module or from the source. */
const BUILT = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../../../dist/manual/' : '../../manual/', import.meta.url));

/** Serves the manual: the table of contents at `/manual/`, each chapter at `/manual/<chapter>`. */
export function registerManual(app: FastifyInstance): void {
  app.get('/manual', { config: { scope: 'none' } }, async (_request, reply) => reply.redirect('manual/', 302));
  servePageFiles(app, readManual());
}

/** The files of the manual. Throws if the manual is not built. */
function readManual(): PageFile[] {
  return namesIn(BUILT).map((file) => {
    const body = readFileSync(join(BUILT, file));
    if (file.endsWith('.css')) return pageFile(`/manual/${file}`, 'text/css; charset=utf-8', body);
    return pageFile(`/manual/${file.replace(/(?:^index)?[.]html$/, '')}`, 'text/html; charset=utf-8', body);
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw new Error(`the manual is not built: ${folder} cannot be read; run "npm run build"`, { cause: error });
  }
}
