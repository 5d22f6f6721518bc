import type { FastifyReply, FastifyRequest } from 'fastify';
import { latestSequence } from '../records/reading/changes.ts';
import { type Reader, statement } from '../storage/engine.ts';
import { isKnown } from './answers.ts';

/** The ETag of every list as it stands: it changes with each change of any record, and differs between databases. */
export type Tag = { value: string; known: boolean; unchanged: (reply: FastifyReply) => FastifyReply };
export type ListTag = (request: FastifyRequest) => Promise<Tag>;

/** Makes ETags from the change sequence and the moment the database was made. */
export function listTags(reader: Reader): ListTag {
  let made: number | undefined;
  return async (request) => {
    const [[newest], [first]] = await reader.read([
      latestSequence,
      statement<[at: number]>('SELECT applied_at FROM migrations WHERE number = 1'),
    ]);
    made ??= first?.[0] ?? 0;
    const value = `"${made.toString(36)}-${newest?.[0] ?? 0}"`;
    return {
      value,
      known: isKnown(request, value),
      unchanged: (reply) => reply.code(304).header('etag', value).header('cache-control', 'no-cache').send(),
    };
  };
}
