import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { tagOfRecord } from '../../domain/etag.ts';
import { chooseFormat, encode } from '../../formats/index.ts';
import type { Format, Formats, Results } from '../../formats/format.ts';
import { addressOfRecord } from '../../model/addresses.ts';
import { modelOf } from '../../model/models.ts';
import type { Annals } from '../../records/annals.ts';
import { changeOnce } from '../../records/idempotency.ts';
import type { WriteResult } from '../../records/stored-record.ts';
import { answerConditional, etagOf, sendTagged, unmetPrecondition } from '../cache/etags.ts';
import { idempotentRequest } from '../requests/parsing.ts';
import { addressOf } from '../requests/route.ts';
import { type OperationSpec, operation, type RequestOf, type UnroutedOperation } from './operation.ts';

/** From the result of an operation to its response: formats, ETags, the cache and the headers that follow from a result. */

declare module 'fastify' {
  interface FastifyRequest {
    /** The format of the answer. */
    format: Format;
  }
}

/** Registers the hook that chooses the format of the answer. */
export function negotiateFormats(app: FastifyInstance, formats: Formats): void {
  app.decorateRequest('format', null as unknown as Format); // @NOTE the hook sets it before any answer is encoded
  app.addHook('onRequest', (request, reply, done) => {
    request.format = chooseFormat(request.headers.accept, request.route!.form ?? 'object', formats);
    if (formats.length > 1) reply.header('vary', 'accept');
    done();
  });
}

/** The facts of an operation with the description and schema of its answer. */
type SpecWithAnswer<Params extends z.ZodObject, Query extends z.ZodObject> = OperationSpec<Params, Query> & {
  answer: { description: string; schema: z.ZodType; headers?: string[] };
};

/** A read whose result changes with any record. A client that has it as it stands gets 304, and nothing is made. */
export function list<Form extends 'records' | 'moments' | 'revisions' | 'object', Params extends z.ZodObject, Query extends z.ZodObject>(
  form: Form,
  { answer, ...spec }: SpecWithAnswer<Params, Query>,
  find: (annals: Annals, request: RequestOf<Params, Query>) => Promise<Results[Form]>,
): UnroutedOperation {
  const paging = ['cursor', 'since'].find((name) => name in (spec.query?.shape ?? {}));
  const headers = paging === undefined ? ['ETag'] : ['ETag', 'Link'];
  return operation(
    { ...spec, answer: { status: 200, ...answer, form, headers } },
    ({ annals, cache }) =>
      (request, reply) =>
        cache.cached(request, reply, async () => {
          const { tag, generation } = await cache.listTag();
          const etag = etagOf(tag, request.format);
          // A reply must not be returned: it can be waited for, and then is undefined.
          if (isNamed(request, etag) && answerConditional(request, reply, etag) !== undefined) return undefined;
          const result = await find(annals, request);
          // RFC 8288
          if (paging !== undefined && result.next !== undefined)
            reply.header('link', `<${addressOf(request, { query: { [paging]: result.next } })}>; rel="next"`);
          return { body: encode(request.format, form, result, generation), etag };
        }),
  );
}

/** Returns true if If-None-Match names the ETag, and nothing else is asked: `*` names whatever there is, which is known when it was looked for. */
function isNamed({ headers }: FastifyRequest, etag: string): boolean {
  return headers['if-none-match']?.trim() !== '*' && unmetPrecondition(headers, etag) === 'if-none-match';
}

/** A read of one record by its id or by any of its names: then `otherAddress` is that with its id. */
export function read<Params extends z.ZodObject>(
  { answer, ...spec }: SpecWithAnswer<Params, z.ZodObject>,
  find: (annals: Annals, request: RequestOf<Params, z.ZodObject>) => Promise<{ stored: Results['record']; otherAddress?: string }>,
): UnroutedOperation {
  const headers = ['ETag', ...(answer.headers ?? [])];
  return operation(
    { ...spec, answer: { status: 200, ...answer, form: 'record', headers } },
    ({ annals, cache }) =>
      (request, reply) =>
        cache.cachedOnSecondUse(request, reply, async () => {
          const { format } = request;
          const { stored, otherAddress } = await find(annals, request);
          if (otherAddress !== undefined) reply.header('content-location', otherAddress);
          return { body: encode(format, 'record', stored, stored.generation), etag: etagOf(tagOfRecord(stored), format) };
        }),
  );
}

/**
 * A change of a record, answered with the record as it stands then: 201 where it is created. With an Idempotency-Key
 * (draft-ietf-httpapi-idempotency-key-header) a change that is `keyed` is made once.
 */
export function change<Params extends z.ZodObject, Query extends z.ZodObject>(
  status: 200 | 201,
  { answer, ...spec }: SpecWithAnswer<Params, Query>,
  make: (annals: Annals, request: RequestOf<Params, Query>) => Promise<WriteResult>,
): UnroutedOperation {
  const headers = ['ETag', ...(status === 201 ? ['Location'] : []), ...(spec.keyed ? ['Idempotent-Replayed'] : [])];
  return operation({ ...spec, answer: { status, ...answer, form: 'record', headers } }, ({ annals }) => async (request, reply) => {
    const idempotent = spec.keyed && idempotentRequest(request);
    const { result, by } = idempotent
      ? await changeOnce(annals, idempotent, (own) => make(own, request))
      : { result: await make(annals, request), by: 'this' };
    if (by === 'earlier') reply.header('idempotent-replayed', 'true');
    if (status === 201) reply.header('location', addressOfRecord(modelOf[result.type], result.id));
    const body = encode(request.format, 'record', result, result.generation);
    return sendTagged(request, reply.code(status), etagOf(tagOfRecord(result), request.format), body);
  });
}

/** Sends an object that no cache may keep. */
export function sendUncached({ format }: FastifyRequest, reply: FastifyReply, result: Results['object']): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .type(format.contentType)
    .send(encode(format, 'object', result, ''));
}
