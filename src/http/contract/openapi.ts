import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { models } from '../../model/models.ts';
import type { Format } from '../../formats/format.ts';
import { formatsOf } from '../../formats/index.ts';
import type { Answer, Operation, RequiredScope } from './operation.ts';
import { isConditional } from '../cache/etags.ts';
import { type ProblemCode, PROBLEMS } from '../problems/problems.ts';
import { Problem } from './schemas.ts';

/** The request and the answer of each operation on the seeds, by its id. */
export type Examples = ReadonlyMap<string, { request?: unknown; response?: unknown }>;

/** The OpenAPI 3.1 document of the operations. It is the same for the same operations and examples. */
export function openApiDocument(operations: readonly Operation[], examples: Examples, version: string): object {
  const paths: ZodOpenApiPathsObject = {};
  for (const operation of operations) (paths[operation.path] ??= {})[METHOD_KEYS[operation.method]] = describe(operation, examples);
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Annals',
      version,
      description:
        'A timeline of what documents record: events, agreements and meetings with their actors, places and sources, each dated as precisely as its source allows, each cited. Reading is open; writing needs a key.',
    },
    externalDocs: { url: '/manual/', description: 'The manual' },
    servers: [{ url: '/' }],
    tags: TAGS.map(([name, description]) => ({ name, description })),
    components: {
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description: 'A key made by `annals keys create`, with the scope `read`, `write` or `admin`; each includes those before it.',
        },
      },
    },
    paths,
  });
}

const METHOD_KEYS = { GET: 'get', POST: 'post', PATCH: 'patch', PUT: 'put', DELETE: 'delete' } as const;

const TAGS = [
  ['timeline', 'Moments of all entries, in time order.'],
  ...models.toReversed().map(({ path, group }) => [path, group] as const),
  ['search', 'Over all records.'],
  ['changes', 'What was written, in order.'],
  ['import', 'Many records at once.'],
  ['export', 'All records at once.'],
  ['health', 'Whether the service works.'],
] as const;

const optionalText = (description: string) => z.string().optional().meta({ description });

/** The headers that answers may have. */
const HEADERS: Record<string, z.ZodType> = {
  ETag: z.string().meta({
    description:
      'Give it as If-None-Match (reading) or If-Match (changing): the state of the record or list, then the form in which it was answered.',
  }),
  Location: z.string().meta({ description: 'Where the record is.' }),
  'Content-Location': optionalText('Where the record is, when it was asked for by another name.'),
  'Change-Position': z
    .string()
    .meta({ description: 'The position of the newest change that is in the answer: `since` of `GET /v1/changes`.' }),
  'Idempotent-Replayed': z
    .enum(['true'])
    .optional()
    .meta({ description: 'The answer to an earlier request with the same `Idempotency-Key`: this one changed nothing.' }),
  Link: optionalText('Where the next page is: `<...>; rel="next"`.'),
};

/** The headers of preconditions that a request may have. */
const PRECONDITIONS = {
  'If-Match': optionalText('The ETag that there must still be, or several of which it must be one; `*` for whatever there is. Else 412.'),
  'If-None-Match': optionalText(
    'The ETag of the answer you have, or several: 304 when it is still one of them. With a change, 412; `*` for whatever there is.',
  ),
};

/** The headers of an answer to too many requests; described once for all. */
const tooMany = z.object({
  'Retry-After': z.string().meta({ description: 'In how many seconds to ask again.', header: { id: 'RetryAfter' } }),
  'RateLimit-Policy': z
    .string()
    .optional()
    .meta({
      description:
        'On every answer, how many requests a key, or an address without one, may make: `"read";q=1000000;w=60` is a million in 60 seconds (draft-ietf-httpapi-ratelimit-headers-10). Requests that write are counted apart, as `write`.',
      header: { id: 'RateLimitPolicy' },
    }),
  RateLimit: z
    .string()
    .optional()
    .meta({
      description: 'On every answer, what is left of it: `"read";r=999999;t=42` is 999,999 requests, and all of them again in 42 seconds.',
      header: { id: 'RateLimit' },
    }),
});

/** The header of an answer to a body of another content type (RFC 5789, section 2.2; RFC 9110, section 15.5.16). */
const accepted = z.object({ Accept: optionalText('The content types that the body may have.') });
const acceptedPatches = z.object({ 'Accept-Patch': optionalText('The content types that a patch may have. OPTIONS says so too.') });

const IDEMPOTENCY_KEY = {
  'Idempotency-Key': z.string().max(257).optional().meta({
    description:
      'Makes it safe to send this request again: one with the key of an earlier one, the same API key or the one that was made in its place, the same address and body makes no other change and gets the first answer, for 24 hours. 1 to 255 visible ASCII characters, with or without double quotes; best a UUID.',
  }),
};

function describe(operation: Operation, examples: Examples): ZodOpenApiOperationObject {
  const { id, tag, summary, description, params, query, body, answer } = operation;
  const { request, response } = examples.get(id) ?? {};
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...securityOf(operation),
    requestParams: { ...(params ? { path: params } : {}), ...(query ? { query } : {}), ...headersOf(operation) },
    ...(body && {
      requestBody: { required: true, content: Object.fromEntries(body.contentTypes.map((type) => [type, media(body.schema, request)])) },
    }),
    responses: {
      [answer.status]: describeAnswer(answer, response),
      ...(isTagged(operation) ? { 304: { description: 'The answer is still the one with the ETag in If-None-Match.' } } : {}),
      ...Object.fromEntries(describeProblems(operation)),
    },
  };
}

/** The content of one content type. */
const media = (schema: z.ZodType, example: unknown) => (example === undefined ? { schema } : { schema, example });

/** Returns true for a read whose answer has an ETag. */
const isTagged = ({ method, answer }: Operation): boolean => method === 'GET' && (answer.headers?.includes('ETag') ?? false);

/** The headers that a request may have. */
function headersOf(operation: Operation): { header?: z.ZodObject } {
  const { method, keyed } = operation;
  const isBound = isConditional(method) || isTagged(operation);
  const fields = { ...(isBound && PRECONDITIONS), ...(keyed && IDEMPOTENCY_KEY) };
  return Object.keys(fields).length > 0 ? { header: z.object(fields) } : {};
}

/** Reading takes a key where the service is configured so; all else that is not open to all needs one. */
function securityOf({ scope }: Operation): { security?: Record<string, string[]>[] } {
  if (scope === 'none') return {};
  return { security: scope === 'read' ? [{}, { key: [] }] : [{ key: [] }] };
}

/** The problems of any request: it may arrive too slowly, be too large or be coded in a way that is not read, whatever it asks. */
const PROBLEMS_OF_ALL: ProblemCode[] = [
  'invalid-request',
  'request-timeout',
  'address-too-long',
  'headers-too-large',
  'transfer-coding-not-known',
];

/** The problems of whatever needs a key, and of whatever asks the database. */
const KEY: ProblemCode[] = ['missing-key', 'invalid-key'];
const STORAGE: ProblemCode[] = ['storage-busy', 'storage-unusable', 'storage-migrated'];

/** The problems that the operations of a scope have besides. */
const PROBLEMS_OF: Record<RequiredScope, ProblemCode[]> = {
  none: [],
  read: [...KEY, 'query-timeout', 'too-many-queries', ...STORAGE],
  write: [...KEY, 'missing-scope', ...STORAGE, 'outcome-unknown', 'storage-full', 'moments-used-up'],
  admin: [...KEY, 'missing-scope', ...STORAGE],
};

/** An operation's problems by their statuses: its own, and those that come from its scope and its method. */
function describeProblems(operation: Operation) {
  const { scope, vital, method, body, keyed, problems = [] } = operation;
  const codes: ProblemCode[] = [...PROBLEMS_OF_ALL, ...PROBLEMS_OF[scope], ...problems];
  if (!vital) codes.push('too-many-requests', 'overloaded');
  if (method !== 'GET') codes.push('body-too-large', 'unsupported-media-type');
  if (keyed) codes.push('request-in-progress', 'key-reused');
  if (isConditional(method)) codes.push('missing-precondition', 'precondition-failed');
  if (isTagged(operation)) codes.push('precondition-failed');
  if (body?.contentTypes.some((type) => /[/+]json$/.test(type))) codes.push('malformed-json');
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))].toSorted((a, b) => a - b);
  return statuses.map((status) => {
    const titles = codes.filter((code) => PROBLEMS[code].status === status).map((code) => PROBLEMS[code].title);
    const headers = headersOfProblem(status, operation);
    return [
      status,
      { description: `${titles.join('; ')}.`, ...(headers && { headers }), content: { 'application/problem+json': { schema: Problem } } },
    ];
  });
}

function headersOfProblem(status: number, { method, body }: Operation): z.ZodObject | undefined {
  if (status === PROBLEMS['too-many-requests'].status) return tooMany;
  if (status !== PROBLEMS['unsupported-media-type'].status || body === undefined) return undefined;
  return method === 'PATCH' ? acceptedPatches : accepted;
}

function describeAnswer({ description, schema, form, contentType = '', headers = [] }: Answer, example: unknown) {
  const types: Pick<Format, 'mediaType' | 'schema'>[] = form ? formatsOf(form) : [{ mediaType: contentType }];
  return {
    description,
    ...(headers.length > 0 ? { headers: z.object(Object.fromEntries(headers.map((name) => [name, HEADERS[name]!]))) } : {}),
    ...(schema && {
      content: Object.fromEntries(
        types.map((type) => [type.mediaType, type.schema ? media(type.schema, undefined) : media(schema, example)]),
      ),
    }),
  };
}
