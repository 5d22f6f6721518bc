import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AnnalsError } from '../domain/errors.ts';
import { Refusal } from './problems.ts';

const MERGE_PATCH = 'application/merge-patch+json';

/** JSON in UTF-8, merge patches too; a text is kept as the bytes it came as. */
export function acceptBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(['application/json', MERGE_PATCH], { parseAs: 'buffer' }, (request, body, done) => {
    // Many clients state a content type with every request, also where there is no body.
    if (request.method === 'DELETE' && body.length === 0) return done(null);
    const text = decoded(body);
    if (text === undefined) return done(new Refusal('malformed-json', 'the body is not JSON: its bytes are not UTF-8'));
    return parse(request, text, (error, value) => (error ? done(whyNotJson(text)) : done(null, value)));
  });
  app.addContentTypeParser('text/plain', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

/** Makes the hook that lets only bodies of these content types pass. */
export function requireContentType(contentTypes: readonly string[]) {
  // A merge patch is JSON, and many clients call all JSON by that name.
  const accepted = contentTypes.includes(MERGE_PATCH) ? [...contentTypes, 'application/json'] : contentTypes;
  return async ({ headers }: FastifyRequest): Promise<void> => {
    const header = headers['content-type'] ?? '';
    if (accepted.includes(header.split(';')[0]!.trim().toLowerCase())) return;
    const given = header === '' ? 'the request has no content type' : `the content type "${header.slice(0, 80)}" is not accepted here`;
    throw new Refusal('unsupported-media-type', `${given}: send ${accepted.join(' or ')}`);
  };
}

function decoded(bytes: Buffer | string): string | undefined {
  if (typeof bytes === 'string') return bytes;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Fastify's parser says only that a body is refused; this says where, or that a field has a name that JavaScript objects cannot take. */
function whyNotJson(text: string): Error {
  if (text.trim() === '') return new Refusal('malformed-json', 'the body is empty: send a JSON object');
  try {
    JSON.parse(text);
  } catch (error) {
    return new Refusal('malformed-json', `the body is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
  return new AnnalsError('invalid-request', 'a field of the body is called "__proto__" or "constructor": leave it out');
}
