import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { tagOfList } from '../../domain/etag.ts';
import { generationOf } from '../../domain/generation.ts';
import { currentGeneration, latestSequence } from '../../storage/tables/records.ts';
import type { Engine } from '../../storage/port.ts';
import { sendTagged } from './etags.ts';

/** A response in the cache: its bytes, its ETag, and the headers Link and Content-Location. */
type Cached = { body: Buffer; etag: string; headers: Record<string, string> };

/** Makes a response: its bytes and ETag; undefined where an answer was sent, which is not cached. It may set the headers Link and Content-Location. */
type MakeResponse = () => Promise<{ body: Buffer; etag: string } | undefined>;

type CachedAnswer = (request: FastifyRequest, reply: FastifyReply, make: MakeResponse) => Promise<FastifyReply>;

/** The tag of every list as it stands, which changes with each change of any record, and the generation, which the records of the list bear. */
type ListTag = { tag: string; generation: string };

/** The responses of records and lists since the last commit, those asked for last, in a bounded number of bytes. */
export type ResponseCache = {
  /** The hook that answers a known address from the cache without parsing its parameters. It comes after the hooks that refuse requests. */
  answerAtOnce: (request: FastifyRequest, reply: FastifyReply, done: () => void) => void | Promise<FastifyReply | undefined>;
  /** Answers a request with valid parameters from the cache, whatever their order and encoding, or makes the response and caches it. */
  cached: CachedAnswer;
  /** Answers as `cached` does, for a response as cheap as a cache hit: it is cached at the second request only, so that a crawl evicts no hot entry. */
  cachedOnSecondUse: CachedAnswer;
  /** The tag of every list as it stands now. */
  listTag: () => Promise<ListTag>;
};

/** Estimated size of an entry besides its texts and bytes, in bytes. */
const OVERHEAD = 400;

/** Number of addresses whose first request is remembered. */
const REMEMBERED = 2 ** 13;

/** A cache of that many bytes, an eighth of them for addresses; with 0 it caches nothing. */
export function responseCache(engine: Engine, bytes: number): ResponseCache {
  const listTag = listTags(engine);
  if (bytes === 0) return { answerAtOnce: (_request, _reply, done) => done(), cached: makeAnew, cachedOnSecondUse: makeAnew, listTag };
  const share = Math.ceil(bytes / 8);
  const seen = new LRUCache<string, true>({ max: REMEMBERED });
  const keys = new LRUCache<string, string>({ maxSize: share, sizeCalculation: (key, url) => OVERHEAD + key.length + url.length });
  const responses = new LRUCache<string, Cached>({
    maxSize: bytes - share,
    sizeCalculation: ({ body }, key) => OVERHEAD + body.length + key.length,
  });
  let current: number | undefined;

  /** Looks a key up. Responses of another version of the database are dropped first. */
  async function look(key: string): Promise<{ version: number; found: Cached | undefined }> {
    const version = await engine.version();
    if (version !== current) responses.clear();
    current = version;
    return { version, found: responses.get(key) };
  }

  async function cached(request: FastifyRequest, reply: FastifyReply, make: MakeResponse): Promise<FastifyReply> {
    const key = keyOf(request);
    keys.set(addressKeyOf(request), key);
    // The version is read before the data: an entry may be newer than its version, and is then never used, but not older.
    const { version, found } = await look(key);
    if (found) return send(request, reply, found);
    const made = await make();
    if (!made) return reply;
    const { body, etag } = made;
    if (version === current) responses.set(key, { body: inOwnMemory(body), etag, headers: headersOf(reply) });
    return sendTagged(request, reply, etag, body);
  }

  return {
    answerAtOnce(request, reply, done) {
      const key = request.method === 'GET' || request.method === 'HEAD' ? keys.get(addressKeyOf(request)) : undefined;
      if (key === undefined) return done();
      return look(key).then(({ found }) => found && send(request, reply, found));
    },
    cached,
    cachedOnSecondUse(request, reply, make) {
      const address = addressKeyOf(request);
      if (seen.get(address)) return cached(request, reply, make);
      seen.set(address, true);
      return makeAnew(request, reply, make);
    },
    listTag,
  };
}

/** The operation, its parameters in the order of their schema, and the media type. */
const keyOf = ({ route, params, query, format }: FastifyRequest): string =>
  JSON.stringify([route!.template, params, query, format.mediaType]);

/** The address as it came and the media type, which cannot stand in an address. */
const addressKeyOf = ({ url, format }: FastifyRequest): string => `${url} ${format.mediaType}`;

/** Reads the tag of lists once for each version of the database. */
function listTags(engine: Engine): ResponseCache['listTag'] {
  let last = { tag: { tag: '', generation: '' }, version: Number.NaN };

  async function tagNow(): Promise<ListTag> {
    const [[newest], generations] = await engine.read([latestSequence, currentGeneration]);
    const generation = generationOf(generations);
    return { tag: tagOfList({ sequence: newest?.[0] ?? 0, generation }), generation };
  }

  return async () => {
    // The version is asked first: what is committed meanwhile may make the tag newer than the version, never older.
    const version = await engine.version();
    if (version !== last.version) last = { tag: await tagNow(), version };
    return last.tag;
  };
}

async function makeAnew(request: FastifyRequest, reply: FastifyReply, make: MakeResponse): Promise<FastifyReply> {
  const made = await make();
  return made ? sendTagged(request, reply, made.etag, made.body) : reply;
}

const send = (request: FastifyRequest, reply: FastifyReply, { body, etag, headers }: Cached): FastifyReply =>
  sendTagged(request, reply.headers(headers), etag, body);

function headersOf(reply: FastifyReply): Record<string, string> {
  const headers = ['link', 'content-location'].map((name) => [name, reply.getHeader(name)] as const);
  return Object.fromEntries(headers.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])));
}

/** A copy in memory of its own, unless it has that: a small Buffer keeps all of the block that it was cut from. */
function inOwnMemory(body: Buffer): Buffer {
  if (body.buffer.byteLength === body.byteLength) return body;
  const own = Buffer.allocUnsafeSlow(body.byteLength);
  body.copy(own);
  return own;
}
