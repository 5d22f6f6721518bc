import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AnnalsError, type Issue } from '../../domain/errors.ts';
import { repeatedNames } from '../../domain/json-names.ts';
import { textIssue } from '../../domain/json.ts';
import { issuesOfParameters } from '../../model/validation-errors.ts';
import type { IdempotentRequest } from '../../records/idempotency.ts';
import { ProblemError } from '../problems/problems.ts';
import { originForm } from './route.ts';

/** A query as it came. Its validator parses it: most answers come from the cache, which knows them by their address. */
type Unparsed = { query: string };

/** The parser of queries that Fastify's router calls. */
export const leaveQuery = (query: string): Unparsed => ({ query });

/** Fastify's validator for parameters: zod, with problems that name the parameter. */
export function compileParameters({ schema, httpPart }: { schema: unknown; httpPart?: string }) {
  const parameters = schema as z.ZodObject; // @NOTE `endpoint` gives zod objects only
  const isQuery = httpPart === 'querystring';
  // Most requests have no query. Its result is kept by the first of them, as zod compiles a schema at its first use.
  let none: ReturnType<typeof parameters.safeParse> | undefined;
  return (part: unknown) => {
    // @NOTE given by the router: `leaveQuery` has made a query, the path is parsed
    const values = isQuery ? parseQuery((part as Unparsed).query) : (part as Record<string, string>);
    const given = Object.entries(values);
    none ??= parameters.safeParse({});
    if (given.length === 0 && none.success) return { value: none.data };
    const texts = given.flatMap(textIssuesOf);
    // zod takes ten times as long to report the input, so it does only where something is wrong.
    const parsed = parameters.safeParse(values);
    if (texts.length === 0 && parsed.success) return { value: parsed.data };
    const { error } = parsed.success ? parsed : parameters.safeParse(values, { reportInput: true });
    const issues = [...texts, ...(error ? issuesOfParameters(parameters, error) : [])];
    const [first] = issues;
    return { error: new AnnalsError('invalid-request', `${first!.parameter}: ${first!.message}`, issues) };
  };
}

function textIssuesOf([parameter, value]: [string, string | string[]]) {
  const message = typeof value === 'string' ? textIssue(value) : value.map(textIssue).find(Boolean);
  return message === undefined ? [] : [{ parameter, message }];
}

/** The hook that refuses a query that is not percent-encoded UTF-8: decoded, it would hold U+FFFD where something else was meant. */
export function refuseMalformed({ url: target }: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void {
  const url = originForm(target);
  const start = url.indexOf('?') + 1;
  if (start === 0 || !url.includes('%', start)) return done();
  const malformed = url
    .slice(start)
    .split('&')
    .find((pair) => !isPercentEncoded(pair));
  if (malformed === undefined) return done();
  const parameter = malformed.split('=')[0]!.slice(0, 80);
  const message = 'is not percent-encoded UTF-8: write %25 for a percent sign';
  return done(new AnnalsError('invalid-request', `${parameter}: ${message}`, [{ parameter, message }]));
}

function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Parameters that may be repeated; they always arrive as arrays. */
const REPEATABLE = new Set(['actor']);

/** Parses a query string: each parameter once, except the repeatable ones. Another one that is repeated arrives as an array, which its schema refuses. */
function parseQuery(text: string): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>; // @NOTE without a prototype, so that no name is special
  if (text === '') return values;
  for (const [name, value] of new URLSearchParams(text)) {
    const known = values[name];
    if (known !== undefined) values[name] = [known, value].flat();
    else values[name] = REPEATABLE.has(name) ? [value] : value;
  }
  return values;
}

const MERGE_PATCH = 'application/merge-patch+json';

/** One JSON text a line. */
export const NDJSON = 'application/x-ndjson';

/** Other content types that are taken for these: JSON for a merge patch, and another name of NDJSON, which has no registered one. */
const ALSO: Record<string, string[]> = { [MERGE_PATCH]: ['application/json'], [NDJSON]: ['application/jsonl'] };

/** Registers the parsers of bodies: JSON and merge patches in UTF-8, a text as its bytes, NDJSON as a stream, which its route reads. */
export function acceptBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(['application/json', MERGE_PATCH], { parseAs: 'buffer' }, (request, body, done) => {
    // Many clients state a content type with every request, also where there is no body.
    if (request.method === 'DELETE' && body.length === 0) return done(null);
    const text = decoded(body);
    if (text === undefined) return done(new ProblemError('malformed-json', 'the body is not JSON: its bytes are not UTF-8'));
    return parse(request, text, (error, value) => {
      if (error) return done(whyNotJson(text));
      const issues = repeatedNames(text);
      return issues.length > 0 ? done(repeatedFields(issues)) : done(null, value);
    });
  });
  app.addContentTypeParser('text/plain', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addContentTypeParser([NDJSON, ...ALSO[NDJSON]!], (_request, stream, done) => done(null, stream));
}

/** Makes the hook that accepts bodies of these content types only, in UTF-8 and without a content encoding. */
export function requireContentType(contentTypes: readonly string[]) {
  const accepted = contentTypes.flatMap((type) => [type, ...(ALSO[type] ?? [])]);
  return async ({ headers }: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const header = headers['content-type'] ?? '';
    if (!accepted.includes(header.split(';')[0]!.trim().toLowerCase())) {
      const given = header === '' ? 'the request has no content type' : `the content type "${header.slice(0, 80)}" is not accepted here`;
      throw new ProblemError('unsupported-media-type', `${given}: send ${accepted.join(' or ')}`);
    }
    const charset = CHARSET.exec(header)?.[1] ?? 'utf-8';
    if (!/^utf-?8$/i.test(charset))
      throw new ProblemError('unsupported-media-type', `the charset "${charset.slice(0, 40)}" is not accepted here: send UTF-8`);
    const encoding = headers['content-encoding'] ?? 'identity';
    if (/^identity$/i.test(encoding.trim())) return;
    reply.header('accept-encoding', 'identity'); // RFC 9110, section 15.5.16
    const message = `the content encoding "${encoding.slice(0, 40)}" is not accepted here: send the body as it is, without Content-Encoding`;
    throw new ProblemError('unsupported-media-type', message);
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

/** The reason why Fastify's parser refuses a body, with its place, or the name of a field that JavaScript objects cannot take. */
function whyNotJson(text: string): Error {
  if (text.trim() === '') return new ProblemError('malformed-json', 'the body is empty: send a JSON object');
  try {
    JSON.parse(text);
  } catch (error) {
    return new ProblemError('malformed-json', `the body is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
  return new AnnalsError('invalid-request', 'a field of the body is called "__proto__" or "constructor": leave it out');
}

/** A key as a String of Structured Fields (RFC 9651, section 3.3.3), or bare. */
const QUOTED = /^"((?:[^"\\]|\\["\\])*)"$/;
const VISIBLE = /^[\x21-\x7E]{1,255}$/;

/** The request as `once` knows it; nothing without an Idempotency-Key. Throws `invalid-request`. */
export function idempotentRequest({ headers, method, url, body, key: owner }: FastifyRequest): IdempotentRequest | undefined {
  const header = headers['idempotency-key'];
  if (header === undefined || owner === undefined) return undefined;
  const given = String(header).trim();
  const quoted = QUOTED.exec(given)?.[1]?.replaceAll(/\\(["\\])/g, '$1');
  const key = quoted ?? given;
  if (!VISIBLE.test(key) || (quoted === undefined && key.startsWith('"')))
    throw new AnnalsError(
      'invalid-request',
      'Idempotency-Key: give 1 to 255 visible ASCII characters, such as "8e03978e-40d5-43e8-bc93-6894a57f9324"',
    );
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([method, originForm(url), body]))
    .digest();
  // A key that was rotated meanwhile is the same client's.
  return { owner: owner.root, key, fingerprint };
}
