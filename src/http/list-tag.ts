import type { FastifyReply, FastifyRequest } from 'fastify';
import { latestSequence } from '../records/reading/changes.ts';
import { type Reader, statement } from '../storage/engine.ts';
import { isKnown } from './answers.ts';

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

async function whenMade(reader: Reader): Promise<number> {
  const [[first]] = await reader.read([statement<[at: number]>('SELECT applied_at FROM migrations WHERE number = 1')]);
  return first?.[0] ?? 0;
}
