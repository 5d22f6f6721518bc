import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AnnalsError } from '../domain/errors.ts';
import { textIssue } from '../domain/json.ts';
import type { Scope as KeyScope } from '../records/api-keys.ts';
import type { ProblemCode } from './problems.ts';
import { requireContentType } from './bodies.ts';
import { originForm } from './route.ts';
import { issuesOfParameters } from '../model/validation-errors.ts';

/** What a request must be allowed, by the scope of its key: `none` is open to all, whatever the configuration. */
export type Scope = 'none' | KeyScope;

/** A successful answer: what it is, and the schema of its JSON, or its content type when it is none. */
export type Answer = { description: string; schema?: z.ZodType; contentType?: string; headers?: string[] };

/** An address with its query, and the body of one that changes a record. A creation takes the record at the address for its body. */
export type Example = { address: string; body?: unknown };

/** One operation of the API, as the router, the validator and the OpenAPI document need it. */
export type Operation<Params extends z.ZodObject = z.ZodObject, Query extends z.ZodObject = z.ZodObject> = {
  id: string;
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** As in OpenAPI: `/v1/events/{id}`. */
  path: string;
  tag: string;
  summary: string;
  description?: string;
  scope: Scope;
  /** Whether it is answered to everybody at all times: neither overload nor a rate limit refuses it. */
  vital?: true;
  params?: Params;
  query?: Query;
  /** The documented body. It is validated by the records, which know more than its schema. */
  body?: { contentTypes: string[]; schema: z.ZodType };
  answers: Record<number, Answer>;
  /** Whether it takes an Idempotency-Key; `changeEndpoint` says so. */
  keyed?: true;
  /** Its problems besides those that every operation of its scope and method has. */
  problems?: ProblemCode[];
  /** A request whose answer on the seeds is the example of the reference. */
  example: Example;
};

/** What Fastify is told of an operation's parameters. */
export type Route<Params extends z.ZodObject, Query extends z.ZodObject> = { Params: z.infer<Params>; Querystring: z.infer<Query> };

/** An operation with what answers it. */
export type Endpoint = { operation: Operation; register: (app: FastifyInstance) => void };

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `refuseUndeclaredScopes` sees to it that every route has one. */
    scope: Scope;
    vital?: true;
  }
}

const NO_PARAMETERS = z.strictObject({});

/** Binds an operation to its handler. */
export function endpoint<Params extends z.ZodObject, Query extends z.ZodObject>(
  operation: Operation<Params, Query>,
  handler: (request: FastifyRequest<Route<Params, Query>>, reply: FastifyReply) => Promise<FastifyReply>,
): Endpoint {
  const { method, path, scope, vital, params, query, body } = operation;
  return {
    operation,
    register: (app) => {
      app.route<Route<Params, Query>>({
        method,
        url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
        // Other origins may read: their pages see the answers of no other operation.
        config: { scope, ...(vital && { vital }), ...(method === 'GET' ? {} : { cors: false }) },
        ...(body ? { onRequest: requireContentType(body.contentTypes) } : {}),
        schema: { ...(params ? { params } : {}), querystring: query ?? NO_PARAMETERS },
        handler,
      });
    },
  };
}

/** A query as it came, which its validator parses: most answers are kept, and asked for by nothing but their address. */
type Unparsed = { query: string };

/** What Fastify's router makes of a query. */
export const leaveQuery = (query: string): Unparsed => ({ query });

/** Fastify's validator for parameters: zod, with problems that name the parameter. */
export function compileParameters({ schema, httpPart }: { schema: unknown; httpPart?: string }) {
  const parameters = schema as z.ZodObject; // @NOTE `endpoint` gives zod objects only
  const isQuery = httpPart === 'querystring';
  // Most requests have no query: what comes of none is found once, by the first of them, for zod compiles a schema when it is first used.
  let none: ReturnType<typeof parameters.safeParse> | undefined;
  return (part: unknown) => {
    // @NOTE what the router gives: `leaveQuery` has made a query, the path is parsed
    const values = isQuery ? parseQuery((part as Unparsed).query) : (part as Record<string, string>);
    const given = Object.entries(values);
    none ??= parameters.safeParse({});
    if (given.length === 0 && none.success) return { value: none.data };
    const texts = given.flatMap(textIssuesOf);
    // To report what was given, zod takes ten times as long: it does so only where something is wrong.
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

/** Parses a query string: each parameter once, except the repeatable ones; one that is repeated all the same arrives as an array and is refused. */
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
