import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { latestSequence } from '../records/reading/changes.ts';
import { type Reader, statement } from '../storage/engine.ts';
import { isKnown, sendJson } from './answers.ts';
import { type Endpoint, endpoint, type Operation, type Route } from './operation.ts';

/** The ETag of every list as it stands: it changes with each change of any record, and differs between databases. */
type Tag = {
  value: string;
  /** Whether the client names it. `*` names whatever there is, which is known only when it was looked for (`sendJson`). */
  known: boolean;
  unchanged: (reply: FastifyReply) => FastifyReply;
};

/** Answers the ETag for a request. */
export type ListTag = (request: FastifyRequest) => Promise<Tag>;

/** Makes ETags from the change sequence and the moment the database was made. */
export function listTags(reader: Reader): ListTag {
  let made: number | undefined;
  return async (request) => {
    made ??= await whenMade(reader);
    const [[newest]] = await reader.read([latestSequence]);
    const value = `"${made.toString(36)}-${newest?.[0] ?? 0}"`;
    return {
      value,
      known: request.headers['if-none-match']?.trim() !== '*' && isKnown(request, value),
      unchanged: (reply) => reply.code(304).header('etag', value).header('cache-control', 'no-cache').send(),
    };
  };
}

/** Binds a list to what makes its JSON bytes; a client that has it as it stands gets 304, and nothing is made. */
export function listEndpoint<Params extends z.ZodObject, Query extends z.ZodObject>(
  listTag: ListTag,
  operation: Operation<Params, Query>,
  answer: (request: FastifyRequest<Route<Params, Query>>, reply: FastifyReply) => Promise<Buffer>,
): Endpoint {
  return endpoint(operation, async (request, reply) => {
    const tag = await listTag(request);
    return tag.known ? tag.unchanged(reply) : sendJson(request, reply, tag.value, await answer(request, reply));
  });
}

async function whenMade(reader: Reader): Promise<number> {
  const [[first]] = await reader.read([statement<[at: number]>('SELECT applied_at FROM migrations WHERE number = 1')]);
  return first?.[0] ?? 0;
}
