import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { latestSequence } from '../records/reading/changes.ts';
import { type Engine, type Reader, statement } from '../storage/engine.ts';
import { isKnown } from './answers.ts';
import type { KeptAnswers } from './kept-answers.ts';
import { type Endpoint, endpoint, type Operation, type Route } from './operation.ts';

/** The ETag of every list as it stands: it changes with each change of any record, and differs between databases. */
type Tag = {
  value: string;
  /** Whether the client names it. `*` names whatever there is, which is known only when it was looked for (`sendJson`). */
  known: boolean;
};

/** What is known of a list before it is made: its ETag, and the answers that are kept. */
export type ListTag = { of: (request: FastifyRequest) => Promise<Tag>; kept: KeptAnswers };

/** Makes ETags from the change sequence and the moment the database was made; they are read once for each version of the database. */
export function listTags(engine: Engine, kept: KeptAnswers): ListTag {
  let made: number | undefined;
  let last = { value: '', version: Number.NaN };

  async function valueNow(): Promise<string> {
    made ??= await whenMade(engine);
    const [[newest]] = await engine.read([latestSequence]);
    return `"${made.toString(36)}-${newest?.[0] ?? 0}"`;
  }

  return {
    kept,
    async of(request) {
      // The version is asked first: what is committed meanwhile may make the ETag newer than the version, never older.
      const version = await engine.version();
      if (version !== last.version) last = { value: await valueNow(), version };
      const { value } = last;
      return { value, known: request.headers['if-none-match']?.trim() !== '*' && isKnown(request, value) };
    },
  };
}

/** Binds a list to what makes its JSON bytes; a client that has it as it stands gets 304, and nothing is made. */
export function listEndpoint<Params extends z.ZodObject, Query extends z.ZodObject>(
  lists: ListTag,
  operation: Operation<Params, Query>,
  answer: (request: FastifyRequest<Route<Params, Query>>, reply: FastifyReply) => Promise<Buffer>,
): Endpoint {
  return endpoint(operation, (request, reply) =>
    lists.kept.answer(request, reply, async () => {
      const { value, known } = await lists.of(request);
      if (known) return reply.code(304).header('etag', value).header('cache-control', 'no-cache').send();
      return { body: await answer(request, reply), etag: value };
    }),
  );
}

async function whenMade(reader: Reader): Promise<number> {
  const [[first]] = await reader.read([statement<[at: number]>('SELECT applied_at FROM migrations WHERE number = 1')]);
  return first?.[0] ?? 0;
}
