import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AnnalsError, type Issue } from '../../domain/errors.ts';
import { repeatedNames } from '../../domain/json/json-names.ts';
import { textIssue } from '../../domain/json/json.ts';
import { issuesOfParameters } from '../../model/validation-errors.ts';
import type { IdempotentRequest } from '../../records/idempotency.ts';
import { ProblemError } from '../problems/problems.ts';
import { acceptedTypes, MERGE_PATCH, NDJSON } from './content-types.ts';
import { originForm } from './route.ts';

/** An unparsed query. Its validator parses it: most answers come from the cache, whose key is the address. */
type RawQuery = { query: string };

/** The parser of queries that Fastify's router calls. */
export const rawQuerystring = (query: string): RawQuery => ({ query });

/** Fastify's validator for parameters: zod, with problems that name the parameter. */
export function compileParameters({ schema, httpPart }: { schema: unknown; httpPart?: string }) {
  const parameters = schema as z.ZodObject; // @NOTE `registerOperation` gives zod objects only
  const isQuery = httpPart === 'querystring';
  // The result for no query, which most requests share. The first request makes it: zod compiles a schema at its first use.
  let none: ReturnType<typeof parameters.safeParse> | undefined;
  return (part: unknown) => {
    // @NOTE given by the router: `rawQuerystring` made the query, the path is parsed
    const values = isQuery ? parseQueryString((part as RawQuery).query) : (part as Record<string, string>);
    const given = Object.entries(values);
    none ??= parameters.safeParse({});
    if (given.length === 0 && none.success) return { value: none.data };
    const texts = given.flatMap(textIssuesOf);
    // Reporting the input takes zod ten times as long, so invalid parameters are parsed again.
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

/** The hook that refuses a query that is not percent-encoded UTF-8, which URLSearchParams would decode to U+FFFD. */
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

/** Parameters that may be repeated. Their values are always arrays. */
const REPEATABLE = new Set(['actor', 'attribute']);

/** Parses a query string. Any other parameter that is repeated becomes an array too, which its schema refuses. */
function parseQueryString(text: string): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>; // @NOTE without a prototype, so that no name is special
  if (text === '') return values;
  for (const [name, value] of new URLSearchParams(text)) {
    const known = values[name];
    if (known !== undefined) values[name] = [known, value].flat();
    else values[name] = REPEATABLE.has(name) ? [value] : value;
  }
  return values;
}

/** Registers the parsers of bodies: JSON and merge patches as values, texts as bytes, NDJSON as a stream that its route reads. */
export function acceptBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(['application/json', MERGE_PATCH], { parseAs: 'buffer' }, (request, body, done) => {
    // Many clients send a content type with every request, also without a body.
    if (request.method === 'DELETE' && body.length === 0) return done(null);
    const text = decodeUtf8(body);
    if (text === undefined) return done(new ProblemError('malformed-json', 'the body is not JSON: its bytes are not UTF-8'));
    return parse(request, text, (error, value) => {
      if (error) return done(jsonFault(text));
      const issues = repeatedNames(text);
      return issues.length > 0 ? done(repeatedFields(issues)) : done(null, value);
    });
  });
  app.addContentTypeParser('text/plain', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addContentTypeParser(acceptedTypes([NDJSON]), (_request, stream, done) => done(null, stream));
}

/** Number of content types that a refusal names; the header `Accept` of it names all. */
const NAMED = 2;

/** Makes the hook that refuses bodies of other content types, in other charsets, or with a content encoding. */
export function requireContentType(accepted: readonly string[]) {
  const advice = accepted.slice(0, NAMED).join(' or ');
  return async ({ headers, method }: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const header = headers['content-type'] ?? '';
    if (!accepted.includes(header.split(';')[0]!.trim().toLowerCase())) {
      // RFC 5789, section 2.2; RFC 9110, section 15.5.16
      reply.header(method === 'PATCH' ? 'accept-patch' : 'accept', accepted.join(', '));
      const given = header === '' ? 'the request has no content type' : `the content type "${header.slice(0, 80)}" is not accepted here`;
      throw new ProblemError('unsupported-media-type', `${given}: send ${advice}`);
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

function decodeUtf8(bytes: Buffer | string): string | undefined {
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

/** The error for a body that Fastify's parser refuses: JSON's own reason with the place, or a field name that could change the prototype. */
function jsonFault(text: string): Error {
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

/** The identity of a request with an Idempotency-Key; undefined without one. Throws `invalid-request`. */
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
  // A rotated API key belongs to the same client.
  return { owner: owner.root, key, fingerprint };
}
