import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { latestSequence } from '../../records/change-log.ts';
import type { Engine } from '../../storage/port.ts';
import { generationOf } from '../../domain/generation.ts';
import { currentGeneration } from '../../storage/generation.ts';
import { answerConditional, headerOf, tagOfList, unmetPrecondition } from './etags.ts';
import { type Endpoint, endpoint, type Operation, type Route } from '../contract/operation.ts';
import type { ResponseCache } from './response-cache.ts';

/** The ETag of every list as it stands: it changes with each change of any record. And the generation, which the records of the list bear. */
type Tag = { etag: string; generation: string };

/** The ETag of every list as it stands now, and the cache of responses. */
export type ListTag = { now: () => Promise<Tag>; cache: ResponseCache };

/** Makes ETags from the generation and the change sequence; they are read once for each version of the database. */
export function listTags(engine: Engine, cache: ResponseCache): ListTag {
  let last = { tag: { etag: '', generation: '' }, version: Number.NaN };

  async function tagNow(): Promise<Tag> {
    const [[newest], generations] = await engine.read([latestSequence, currentGeneration]);
    const generation = generationOf(generations);
    return { etag: headerOf(tagOfList({ sequence: newest?.[0] ?? 0, generation })), generation };
  }

  return {
    cache,
    async now() {
      // The version is asked first: what is committed meanwhile may make the ETag newer than the version, never older.
      const version = await engine.version();
      if (version !== last.version) last = { tag: await tagNow(), version };
      return last.tag;
    },
  };
}

/** Binds a list to what makes its JSON bytes; a client that has it as it stands gets 304, and nothing is made. */
export function listEndpoint<Params extends z.ZodObject, Query extends z.ZodObject>(
  lists: ListTag,
  operation: Operation<Params, Query>,
  answer: (request: FastifyRequest<Route<Params, Query>>, reply: FastifyReply, generation: string) => Promise<Buffer>,
): Endpoint {
  return endpoint(operation, (request, reply) =>
    lists.cache.cached(request, reply, async () => {
      const { etag, generation } = await lists.now();
      const known = isNamed(request, etag) ? answerConditional(request, reply, etag) : undefined;
      return known ?? { body: await answer(request, reply, generation), etag };
    }),
  );
}

/** Whether If-None-Match names the ETag, and nothing else is asked: `*` names whatever there is, which is known when it was looked for. */
function isNamed({ headers }: FastifyRequest, etag: string): boolean {
  return headers['if-none-match']?.trim() !== '*' && unmetPrecondition(headers, etag) === 'if-none-match';
}
