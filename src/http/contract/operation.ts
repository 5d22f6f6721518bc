import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Config } from '../../config.ts';
import type { Scope as KeyScope } from '../../domain/scope.ts';
import type { Form } from '../../formats/format.ts';
import type { Annals } from '../../records/annals.ts';
import type { ResponseCache } from '../cache/response-cache.ts';
import type { ProblemCode } from '../problems/problems.ts';
import { acceptedTypes } from '../requests/content-types.ts';
import { requireContentType } from '../requests/parsing.ts';

/** The scope that a request needs of its key; `none` is open to all, whatever the configuration. */
export type RequiredScope = 'none' | KeyScope;

/** An address with its query, and the body of one that changes a record. A creation takes the record at the address for its body. */
export type Example = { address: string; body?: unknown };

/** The successful answer of an operation. It has the content types of the formats that encode its form, or one of its own. */
export type Answer = { status: number; description: string; schema?: z.ZodType; form?: Form; contentType?: string; headers?: string[] };

/** The facts of an operation that its router, validator and OpenAPI document need, besides its address. */
export type OperationSpec<Params extends z.ZodObject = z.ZodObject, Query extends z.ZodObject = z.ZodObject> = {
  id: string;
  tag: string;
  summary: string;
  description?: string;
  /** Set where neither overload nor a rate limit refuses a request. */
  vital?: true;
  params?: Params;
  query?: Query;
  /** The documented body. It is validated by the records, which know more than its schema. */
  body?: { contentTypes: string[]; schema: z.ZodType };
  /** Set where the operation takes an Idempotency-Key. */
  keyed?: true;
  /** Its problems besides those that every operation of its scope and method has. */
  problems?: ProblemCode[];
  /** A request whose answer on the seeds is the example of the reference. */
  example: Example;
};

/** A request with the parameters of an operation. */
export type RequestOf<Params extends z.ZodObject, Query extends z.ZodObject> = FastifyRequest<{
  Params: z.infer<Params>;
  Querystring: z.infer<Query>;
}>;

/** Answers a request. */
type Handler<Params extends z.ZodObject = z.ZodObject, Query extends z.ZodObject = z.ZodObject> = (
  request: RequestOf<Params, Query>,
  reply: FastifyReply,
) => Promise<FastifyReply>;

/** The parts of the service that handlers work with. */
export type Service = { annals: Annals; config: Config; cache: ResponseCache };

/** An operation without its address. `bind` makes its handler for one app. */
export type UnroutedOperation = OperationSpec & { answer: Answer; bind: (service: Service, app: FastifyInstance) => Handler };

/** One operation of the API. */
export type Operation = UnroutedOperation & {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** The template of its address, as OpenAPI writes it: `/v1/events/{id}`. */
  path: string;
  scope: RequiredScope;
};

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `refuseUndeclaredScopes` sees to it that every route has one. */
    scope: RequiredScope;
    vital?: true;
    /** The form of the result, which the formats of the answer encode. */
    form?: Form;
  }
}

const NO_PARAMETERS = z.strictObject({});

/** An operation, and how its handler is made. */
export function operation<Params extends z.ZodObject, Query extends z.ZodObject>(
  spec: OperationSpec<Params, Query> & { answer: Answer },
  bind: (service: Service, app: FastifyInstance) => Handler<Params, Query>,
): UnroutedOperation {
  return { ...spec, bind };
}

/** Registers the route of an operation. */
export function registerOperation(app: FastifyInstance, service: Service, each: Operation): void {
  const { method, path, scope, vital, params, query, body, answer, bind } = each;
  const bodyTypes = body && acceptedTypes(body.contentTypes);
  app.route({
    method,
    url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
    // Other origins may read: their pages see the answers of no other operation.
    config: {
      scope,
      ...(vital && { vital }),
      ...(answer.form && { form: answer.form }),
      ...(method === 'GET' ? {} : { cors: false }),
      ...(bodyTypes && { bodyTypes }),
    },
    ...(bodyTypes ? { onRequest: requireContentType(bodyTypes) } : {}),
    schema: { ...(params ? { params } : {}), querystring: query ?? NO_PARAMETERS },
    handler: bind(service, app),
  });
}
