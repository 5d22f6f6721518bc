import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { Engine } from '../../storage/port.ts';
import { sendJson } from './etags.ts';

/** A response in the cache: its JSON, its ETag, and the headers Link and Content-Location. */
type Cached = { body: Buffer; etag: string; headers: Record<string, string> };

/** Makes a response: its JSON bytes and ETag, or an answer that was sent and is not cached. It may set the headers Link and Content-Location. */
type Make = () => Promise<{ body: Buffer; etag: string } | FastifyReply>;

/** The responses of records and lists since the last commit, those asked for last, in a bounded number of bytes. */
export type ResponseCache = {
  /** The hook that answers a known address from the cache without parsing its parameters. It comes after the hooks that refuse requests. */
  answerAtOnce: (request: FastifyRequest, reply: FastifyReply, done: () => void) => void | Promise<FastifyReply | undefined>;
  /** Answers a request with valid parameters from the cache, whatever their order and encoding, or makes the response and caches it. */
  cached: (request: FastifyRequest, reply: FastifyReply, make: Make) => Promise<FastifyReply>;
  /** Answers as `cached` does, for a response as cheap as a cache hit: it is cached at the second request only, so that a crawl evicts no hot entry. */
  cachedOnSecondUse: (request: FastifyRequest, reply: FastifyReply, make: Make) => Promise<FastifyReply>;
};

/** Estimated size of an entry besides its texts and bytes, in bytes. */
const OVERHEAD = 400;

/** Number of addresses whose first request is remembered. */
const REMEMBERED = 2 ** 13;

/** A cache of that many bytes, an eighth of them for addresses; with 0 it caches nothing. */
export function responseCache(engine: Engine, bytes: number): ResponseCache {
  if (bytes === 0) return { answerAtOnce: (_request, _reply, done) => done(), cached: makeAnew, cachedOnSecondUse: makeAnew };
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

  async function answer(key: string, request: FastifyRequest, reply: FastifyReply, make: Make): Promise<FastifyReply> {
    keys.set(request.url, key);
    // The version is read before the data: an entry may be newer than its version, and is then never used, but not older.
    const { version, found } = await look(key);
    if (found) return send(request, reply, found);
    const made = await make();
    if (!('body' in made)) return made;
    const { body, etag } = made;
    if (version === current) responses.set(key, { body: inOwnMemory(body), etag, headers: headersOf(reply) });
    return sendJson(request, reply, etag, body);
  }

  return {
    answerAtOnce(request, reply, done) {
      const key = request.method === 'GET' || request.method === 'HEAD' ? keys.get(request.url) : undefined;
      if (key === undefined) return done();
      return look(key).then(({ found }) => found && send(request, reply, found));
    },
    cached: (request, reply, make) => answer(keyOf(request), request, reply, make),
    cachedOnSecondUse(request, reply, make) {
      if (seen.get(request.url)) return answer(keyOf(request), request, reply, make);
      seen.set(request.url, true);
      return makeAnew(request, reply, make);
    },
  };
}

/** Parameters come in the order of their schema, whatever the order they were given in. */
const keyOf = ({ route, params, query }: FastifyRequest): string => JSON.stringify([route!.template, params, query]);

async function makeAnew(request: FastifyRequest, reply: FastifyReply, make: Make): Promise<FastifyReply> {
  const made = await make();
  return 'body' in made ? sendJson(request, reply, made.etag, made.body) : made;
}

const send = (request: FastifyRequest, reply: FastifyReply, { body, etag, headers }: Cached): FastifyReply =>
  sendJson(request, reply.headers(headers), etag, body);

function headersOf(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(
    ['link', 'content-location'].flatMap((name) => {
      const value = reply.getHeader(name);
      return value === undefined ? [] : [[name, String(value)]];
    }),
  );
}

/** A copy in memory of its own, unless it has that: a small Buffer keeps all of the block that it was cut from. */
function inOwnMemory(body: Buffer): Buffer {
  if (body.buffer.byteLength === body.byteLength) return body;
  const own = Buffer.allocUnsafeSlow(body.byteLength);
  body.copy(own);
  return own;
}
