import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';

/** A list as it was answered: its JSON, and its header Link where it has a next page. */
export type KeptAnswer = { body: Buffer; link: string | undefined };

/**
 * The lists that were answered since anything was last committed, the most recently asked ones, in a bounded number of bytes. Everything
 * is asked and told with the version of the database that was seen before the list was read; another version empties it.
 */
export type KeptAnswers = {
  /** The list that an address leads to, if it did before: its parameters are known to be valid. */
  keyAt: (url: string) => string | undefined;
  /** The list that a request with valid parameters asks for, however they are ordered and encoded. Its address is remembered. */
  keyOf: (request: FastifyRequest) => string;
  get: (key: string, version: number) => KeptAnswer | undefined;
  keep: (key: string, version: number, answer: KeptAnswer) => void;
};

/** What an entry takes besides its bytes, about, in bytes. */
const OVERHEAD = 300;

/** Keeps answers in that many bytes, an eighth of them for addresses; with 0 none. */
export function keepAnswers(bytes: number): KeptAnswers | undefined {
  if (bytes === 0) return undefined;
  const share = Math.ceil(bytes / 8);
  const keys = new LRUCache<string, string>({ maxSize: share, sizeCalculation: (key, url) => OVERHEAD + key.length + url.length });
  const answers = new LRUCache<string, KeptAnswer>({
    maxSize: bytes - share,
    sizeCalculation: ({ body, link = '' }, key) => OVERHEAD + body.length + link.length + key.length,
  });
  let current: number | undefined;
  return {
    keyAt: (url) => keys.get(url),
    keyOf({ url, routeOptions, params, query }) {
      // Parameters come in the order of their schema, whatever the order they were given in.
      const key = JSON.stringify([routeOptions.url, params, query]);
      keys.set(url, key);
      return key;
    },
    get(key, version) {
      if (version !== current) answers.clear();
      current = version;
      return answers.get(key);
    },
    keep(key, version, { body, link }) {
      if (version === current) answers.set(key, { body: alone(body), link });
    },
  };
}

/** The same bytes in memory of their own: a small Buffer would keep all of the block that it was cut from. */
function alone(body: Buffer): Buffer {
  if (body.buffer.byteLength === body.byteLength) return body;
  const own = Buffer.allocUnsafeSlow(body.byteLength);
  body.copy(own);
  return own;
}
