import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { Engine } from '../storage/port.ts';
import { sendJson } from './answers.ts';

/** An answer as it was given: its JSON, its ETag, and where else it leads. */
type Kept = { body: Buffer; etag: string; headers: Record<string, string> };

/** What makes an answer: its JSON bytes and ETag, or an answer of its own that is not kept. It may set the headers Link and Content-Location. */
type Make = () => Promise<{ body: Buffer; etag: string } | FastifyReply>;

/** The records and lists that were answered since anything was last committed, the most recently asked ones, in a bounded number of bytes. */
export type KeptAnswers = {
  /** The hook that answers what is kept at an address; its parameters need no second look. It comes after whatever may refuse the request. */
  answerAtOnce: (request: FastifyRequest, reply: FastifyReply, done: () => void) => void | Promise<FastifyReply | undefined>;
  /** Answers a request with valid parameters: with what is kept for them, however they are ordered and encoded, or with what is made now. */
  answer: (request: FastifyRequest, reply: FastifyReply, make: Make) => Promise<FastifyReply>;
  /**
   * The same for what is made as fast as it is kept: it is kept only when its address is asked for again. So whoever reads one record after the
   * other puts out none of those that are asked for often.
   */
  answerCheap: (request: FastifyRequest, reply: FastifyReply, make: Make) => Promise<FastifyReply>;
};

/** What an entry takes besides its bytes, about, in bytes. */
const OVERHEAD = 400;

/** Keeps answers in that many bytes, an eighth of them for addresses; with 0 none. */
export function keepAnswers(engine: Engine, bytes: number): KeptAnswers {
  if (bytes === 0) return { answerAtOnce: (_request, _reply, done) => done(), answer: makeAnew, answerCheap: makeAnew };
  const share = Math.ceil(bytes / 8);
  const seen = new LRUCache<string, true>({ max: REMEMBERED });
  const keys = new LRUCache<string, string>({ maxSize: share, sizeCalculation: (key, url) => OVERHEAD + key.length + url.length });
  const answers = new LRUCache<string, Kept>({
    maxSize: bytes - share,
    sizeCalculation: ({ body }, key) => OVERHEAD + body.length + key.length,
  });
  let current: number | undefined;

  /** What is kept for a key; what was kept at another version of the database is dropped. */
  async function look(key: string): Promise<{ version: number; kept: Kept | undefined }> {
    const version = await engine.version();
    if (version !== current) answers.clear();
    current = version;
    return { version, kept: answers.get(key) };
  }

  async function answerWith(key: string, request: FastifyRequest, reply: FastifyReply, make: Make): Promise<FastifyReply> {
    keys.set(request.url, key);
    // The version is asked before anything is read: what is kept may be newer, and is then never answered, but not older.
    const { version, kept } = await look(key);
    if (kept) return send(request, reply, kept);
    const made = await make();
    if (!('body' in made)) return made;
    const { body, etag } = made;
    if (version === current) answers.set(key, { body: alone(body), etag, headers: headersOf(reply) });
    return sendJson(request, reply, etag, body);
  }

  function isAskedAgain(url: string): boolean {
    if (seen.get(url)) return true;
    seen.set(url, true);
    return false;
  }

  return {
    answerAtOnce(request, reply, done) {
      const key = request.method === 'GET' || request.method === 'HEAD' ? keys.get(request.url) : undefined;
      if (key === undefined) return done();
      return look(key).then(({ kept }) => kept && send(request, reply, kept));
    },
    answer: (request, reply, make) => answerWith(keyOf(request), request, reply, make),
    answerCheap: (request, reply, make) =>
      isAskedAgain(request.url) ? answerWith(keyOf(request), request, reply, make) : makeAnew(request, reply, make),
  };
}

/** Parameters come in the order of their schema, whatever the order they were given in. */
const keyOf = ({ route, params, query }: FastifyRequest): string => JSON.stringify([route!.template, params, query]);

/** How many addresses asked for last are remembered. To cache a record costs as much as to read it, so it pays only for one that is asked for again. */
const REMEMBERED = 2 ** 13;

async function makeAnew(request: FastifyRequest, reply: FastifyReply, make: Make): Promise<FastifyReply> {
  const made = await make();
  return 'body' in made ? sendJson(request, reply, made.etag, made.body) : made;
}

const send = (request: FastifyRequest, reply: FastifyReply, { body, etag, headers }: Kept): FastifyReply =>
  sendJson(request, reply.headers(headers), etag, body);

function headersOf(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(
    ['link', 'content-location'].flatMap((name) => {
      const value = reply.getHeader(name);
      return value === undefined ? [] : [[name, String(value)]];
    }),
  );
}

/** The same bytes in memory of their own: a small Buffer would keep all of the block that it was cut from. */
function alone(body: Buffer): Buffer {
  if (body.buffer.byteLength === body.byteLength) return body;
  const own = Buffer.allocUnsafeSlow(body.byteLength);
  body.copy(own);
  return own;
}
