import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { latestSequence } from '../records/reading/changes.ts';
import { type Engine, type Reader, statement } from '../storage/engine.ts';
import { isKnown, sendJson } from './answers.ts';
import { keepAnswers, type KeptAnswer, type KeptAnswers } from './kept-answers.ts';
import { type Endpoint, endpoint, type Operation, type Route } from './operation.ts';

/** The ETag of every list as it stands: it changes with each change of any record, and differs between databases. */
type Tag = {
  value: string;
  /** The version of the database at which it stands so. */
  version: number;
  /** Whether the client names it. `*` names whatever there is, which is known only when it was looked for (`sendJson`). */
  known: boolean;
};

/** What is known of a list before it is made: its ETag, and its bytes if they are kept. */
export type ListTag = { of: (request: FastifyRequest) => Promise<Tag>; kept: KeptAnswers | undefined };

/** Makes ETags from the change sequence and the moment the database was made, and keeps the answers that have them in that many bytes. */
export function listTags(engine: Engine, bytes: number): ListTag {
  let made: number | undefined;
  let last = { value: '', version: Number.NaN };

  async function valueNow(): Promise<string> {
    made ??= await whenMade(engine);
    const [[newest]] = await engine.read([latestSequence]);
    return `"${made.toString(36)}-${newest?.[0] ?? 0}"`;
  }

  return {
    kept: keepAnswers(bytes),
    async of(request) {
      // The version is asked first: what is committed meanwhile may make the ETag newer than the version, never older.
      const version = await engine.version();
      if (version !== last.version) last = { value: await valueNow(), version };
      const { value } = last;
      return { value, version, known: request.headers['if-none-match']?.trim() !== '*' && isKnown(request, value) };
    },
  };
}

/**
 * The hook that answers a list whose address was asked before, whose answer is kept or known to the client: its parameters need no second
 * look. It comes after whatever may refuse the request.
 */
export function answerKept(lists: ListTag) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const key = isRead(request) ? lists.kept?.keyAt(request.url) : undefined;
    if (key === undefined) return undefined;
    const tag = await lists.of(request);
    if (tag.known) return sendUnchanged(reply, tag);
    const kept = lists.kept?.get(key, tag.version);
    return kept && sendKept(request, reply, tag, kept);
  };
}

const isRead = ({ method }: FastifyRequest): boolean => method === 'GET' || method === 'HEAD';

/** Binds a list to what makes its JSON bytes; a client that has it as it stands gets 304, and nothing is made. */
export function listEndpoint<Params extends z.ZodObject, Query extends z.ZodObject>(
  lists: ListTag,
  operation: Operation<Params, Query>,
  answer: (request: FastifyRequest<Route<Params, Query>>, reply: FastifyReply) => Promise<Buffer>,
): Endpoint {
  const { kept } = lists;
  return endpoint(operation, async (request, reply) => {
    const key = kept?.keyOf(request) ?? '';
    const tag = await lists.of(request);
    if (tag.known) return sendUnchanged(reply, tag);
    const before = kept?.get(key, tag.version);
    if (before) return sendKept(request, reply, tag, before);
    const body = await answer(request, reply);
    kept?.keep(key, tag.version, { body, link: reply.getHeader('link')?.toString() });
    return sendJson(request, reply, tag.value, body);
  });
}

const sendUnchanged = (reply: FastifyReply, { value }: Tag): FastifyReply =>
  reply.code(304).header('etag', value).header('cache-control', 'no-cache').send();

function sendKept(request: FastifyRequest, reply: FastifyReply, { value }: Tag, { body, link }: KeptAnswer): FastifyReply {
  if (link !== undefined) reply.header('link', link);
  return sendJson(request, reply, value, body);
}

async function whenMade(reader: Reader): Promise<number> {
  const [[first]] = await reader.read([statement<[at: number]>('SELECT applied_at FROM migrations WHERE number = 1')]);
  return first?.[0] ?? 0;
}
