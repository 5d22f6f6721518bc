import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Scope as KeyScope } from '../../domain/scope.ts';
import type { ProblemCode } from '../problems/problems.ts';
import { requireContentType } from '../requests/parsing.ts';

/** The scope that a request needs of its key; `none` is open to all, whatever the configuration. */
export type Scope = 'none' | KeyScope;

/** A successful answer: a description, and the schema of its JSON, or the content type of anything else. */
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
  /** Set where neither overload nor a rate limit refuses a request. */
  vital?: true;
  params?: Params;
  query?: Query;
  /** The documented body. It is validated by the records, which know more than its schema. */
  body?: { contentTypes: string[]; schema: z.ZodType };
  answers: Record<number, Answer>;
  /** Set by `changeEndpoint` where the operation takes an Idempotency-Key. */
  keyed?: true;
  /** Its problems besides those that every operation of its scope and method has. */
  problems?: ProblemCode[];
  /** A request whose answer on the seeds is the example of the reference. */
  example: Example;
};

/** The types of an operation's parameters, as Fastify takes them. */
export type Route<Params extends z.ZodObject, Query extends z.ZodObject> = { Params: z.infer<Params>; Querystring: z.infer<Query> };

/** An operation and the registration of its handler. */
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
