import type { FastifyInstance } from 'fastify';
import { type PageFile, readPage } from '../../page/assets.ts';
import { answerConditional } from '../cache/etags.ts';
import { EXPLANATIONS } from '../problems/explanations.ts';
import { PROBLEMS, type ProblemCode } from '../problems/problems.ts';

/** The pages for people: the timeline at `/`, and one page for each problem. */
export function registerPages(app: FastifyInstance): void {
  servePageFiles(app, readPage());
  for (const [code, problem] of Object.entries(PROBLEMS)) {
    const body = Buffer.from(problemPage(code as ProblemCode, problem)); // @NOTE the keys of PROBLEMS
    app.get(`/problems/${code}`, { config: { scope: 'none', vital: true } }, async (_request, reply) =>
      reply.type('text/html; charset=utf-8').send(body),
    );
  }
}

/** Serves files of pages for people, each with its ETag. */
export function servePageFiles(app: FastifyInstance, files: readonly PageFile[]): void {
  for (const { path, contentType, body, etag } of files) {
    app.get(path, { config: { scope: 'none' } }, async (request, reply) => {
      return answerConditional(request, reply, etag) ?? reply.type(contentType).send(body);
    });
  }
}

function problemPage(code: ProblemCode, { status, title }: (typeof PROBLEMS)[ProblemCode]): string {
  const prose = EXPLANATIONS[code]
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} · Annals</title>
<link rel="icon" href="/page/icon.svg">
<link rel="stylesheet" href="/page/style.css">
<main>
<h1>${title}</h1>
<p>Problem <code>${code}</code>, HTTP status ${status}.</p>
<p>${prose}</p>
<p><a href="/docs">Reference</a></p>
</main>
</html>
`;
}
