import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AnnalsError, type Issue } from '../domain/errors.ts';
import { repeatedNames } from '../domain/json-names.ts';
import { Refusal } from './refusal.ts';

const MERGE_PATCH = 'application/merge-patch+json';

/** One JSON text a line. */
export const NDJSON = 'application/x-ndjson';

/** What else clients call the same: all JSON by that name, and NDJSON, which has no registered one, as they please. */
const ALSO: Record<string, string[]> = { [MERGE_PATCH]: ['application/json'], [NDJSON]: ['application/jsonl'] };

/** JSON in UTF-8, merge patches too; a text is kept as the bytes it came as; NDJSON stays a stream, which its route reads. */
export function acceptBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(['application/json', MERGE_PATCH], { parseAs: 'buffer' }, (request, body, done) => {
    // Many clients state a content type with every request, also where there is no body.
    if (request.method === 'DELETE' && body.length === 0) return done(null);
    const text = decoded(body);
    if (text === undefined) return done(new Refusal('malformed-json', 'the body is not JSON: its bytes are not UTF-8'));
    return parse(request, text, (error, value) => {
      if (error) return done(whyNotJson(text));
      const issues = repeatedNames(text);
      return issues.length > 0 ? done(repeatedFields(issues)) : done(null, value);
    });
  });
  app.addContentTypeParser('text/plain', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addContentTypeParser([NDJSON, ...ALSO[NDJSON]!], (_request, stream, done) => done(null, stream));
}

/** Makes the hook that lets only bodies of these content types pass, in UTF-8 and as they are. */
export function requireContentType(contentTypes: readonly string[]) {
  const accepted = contentTypes.flatMap((type) => [type, ...(ALSO[type] ?? [])]);
  return async ({ headers }: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const header = headers['content-type'] ?? '';
    if (!accepted.includes(header.split(';')[0]!.trim().toLowerCase())) {
      const given = header === '' ? 'the request has no content type' : `the content type "${header.slice(0, 80)}" is not accepted here`;
      throw new Refusal('unsupported-media-type', `${given}: send ${accepted.join(' or ')}`);
    }
    const charset = CHARSET.exec(header)?.[1] ?? 'utf-8';
    if (!/^utf-?8$/i.test(charset))
      throw new Refusal('unsupported-media-type', `the charset "${charset.slice(0, 40)}" is not accepted here: send UTF-8`);
    const encoding = headers['content-encoding'] ?? 'identity';
    if (/^identity$/i.test(encoding.trim())) return;
    reply.header('accept-encoding', 'identity'); // RFC 9110, section 15.5.16
    const message = `the content encoding "${encoding.slice(0, 40)}" is not accepted here: send the body as it is, without Content-Encoding`;
    throw new Refusal('unsupported-media-type', message);
  };
}

/** The charset among the parameters of a content type: RFC 9110, section 8.3.2. */
const CHARSET = /;[ \t]*charset="?([^";\s]*)/i;

function decoded(bytes: Buffer | string): string | undefined {
  if (typeof bytes === 'string') return bytes;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function repeatedFields(issues: Issue[]): AnnalsError {
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more, see errors)` : '';
  return new AnnalsError('invalid-request', `the body is ambiguous: ${issues[0]!.pointer} ${issues[0]!.message}${more}`, issues);
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
