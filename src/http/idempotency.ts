import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AnnalsError } from '../domain/errors.ts';
import type { Annals } from '../records/annals.ts';
import { type IdempotentRequest, once } from '../records/idempotency.ts';
import type { WriteResult } from '../records/stored-record.ts';
import { sendRecord } from './etags.ts';
import { type Endpoint, endpoint, type Operation, type Route } from './operation.ts';
import { originForm, templateOf } from './route.ts';

/** Makes the change of a request through the service that it is given. */
type Change<Params extends z.ZodObject, Query extends z.ZodObject> = (
  annals: Annals,
  request: FastifyRequest<Route<Params, Query>>,
) => Promise<WriteResult>;

/**
 * Binds an operation that is not idempotent by itself (POST, PATCH) to its change, whose answer has the given status. With an Idempotency-Key
 * (draft-ietf-httpapi-idempotency-key-header) the change is made once.
 */
export function changeEndpoint<Params extends z.ZodObject, Query extends z.ZodObject>(
  annals: Annals,
  operation: Operation<Params, Query>,
  status: 200 | 201,
  change: Change<Params, Query>,
): Endpoint {
  return endpoint({ ...operation, keyed: true }, async (request, reply) => {
    const keyed = keyedRequest(request);
    if (!keyed) return answer(request, reply.code(status), await change(annals, request));
    const { result, by } = await once(annals, keyed, (own) => change(own, request));
    if (by === 'earlier') reply.header('idempotent-replayed', 'true');
    return answer(request, reply.code(status), result);
  });
}

function answer(request: FastifyRequest, reply: FastifyReply, { document, ...state }: WriteResult): FastifyReply {
  if (reply.statusCode === 201) reply.header('location', `${templateOf(request)}/${state.id}`);
  return sendRecord(request, reply, state, document);
}

/** A key as a String of Structured Fields (RFC 9651, section 3.3.3), or bare. */
const QUOTED = /^"((?:[^"\\]|\\["\\])*)"$/;
const VISIBLE = /^[\x21-\x7E]{1,255}$/;

/** The request as `once` knows it; nothing without an Idempotency-Key. Throws `invalid-request`. */
function keyedRequest({ headers, method, url, body, key: owner }: FastifyRequest): IdempotentRequest | undefined {
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
