import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../../config.ts';
import { sendProblem } from '../problems/send-problem.ts';

/** What is counted together, in milliseconds. */
const MINUTE = 60_000;

/**
 * How many keys that are none an address may try in a minute. A key has 160 random bits and is found at no rate; this spares the
 * database, and tells whoever has mistyped one.
 */
const WRONG_KEYS_MAX = 100;

/** Sends the problem if a caller has come too often, and nothing otherwise. */
export type Limit = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>;

/**
 * Limits how often a key, or an address without one, may ask: reading and writing apart. Every answer says what is allowed and left, as
 * draft-ietf-httpapi-ratelimit-headers-10 has it. What is vital is never counted. Of any number of callers the 5,000 that came last are
 * remembered. Call it where the key is known already.
 */
export async function limitRates(app: FastifyInstance, { RATE_LIMIT, WRITE_RATE_LIMIT }: Config): Promise<void> {
  await app.register(rateLimit, { global: false });
  const read = RATE_LIMIT > 0 ? limitOf(app, 'read', RATE_LIMIT) : undefined;
  const write = WRITE_RATE_LIMIT > 0 ? limitOf(app, 'write', WRITE_RATE_LIMIT) : undefined;
  app.addHook('onRequest', (request, reply, done) => {
    const { scope, vital } = request.route!;
    const limit = vital ? undefined : scope === 'write' ? write : read;
    return limit ? limit(request, reply) : done();
  });
}

function limitOf(app: FastifyInstance, name: 'read' | 'write', max: number): Limit {
  const count = app.createRateLimit({ max, timeWindow: MINUTE, keyGenerator: callerOf });
  const policy = `"${name}";q=${max};w=${MINUTE / 1000}`;
  return async (request, reply) => {
    const counted = await count(request);
    if (counted.isAllowed) return undefined;
    const { remaining, ttlInSeconds, isExceeded } = counted;
    reply.header('ratelimit-policy', policy).header('ratelimit', `"${name}";r=${remaining};t=${ttlInSeconds}`);
    if (!isExceeded) return undefined;
    const who = request.key ? 'this key' : 'this address';
    const what = name === 'write' ? 'requests that write' : 'requests';
    return refuse(reply, ttlInSeconds, `${who} has made its ${max} ${what} of this minute: go on in ${ttlInSeconds} seconds`);
  };
}

/**
 * Limits how many wrong keys come from one address, where requests are limited at all. A right one is never refused for them: whoever
 * shares the address would be locked out.
 */
export function limitWrongKeys(app: FastifyInstance, { RATE_LIMIT }: Config): Limit {
  if (RATE_LIMIT === 0) return async () => undefined;
  const count = app.createRateLimit({ max: WRONG_KEYS_MAX, timeWindow: MINUTE, keyGenerator: addressOf });
  return async (request, reply) => {
    const counted = await count(request);
    if (counted.isAllowed || !counted.isExceeded) return undefined;
    const { ttlInSeconds } = counted;
    return refuse(
      reply,
      ttlInSeconds,
      `too many keys that are none came from this address: check yours, and go on in ${ttlInSeconds} seconds`,
    );
  };
}

const refuse = (reply: FastifyReply, seconds: number, detail: string): FastifyReply =>
  sendProblem(reply.header('retry-after', seconds), 'too-many-requests', detail);

/** IPv6 addresses are given out by the network of 64 bits: whoever has one has them all. */
const addressOf = ({ ip }: FastifyRequest): string => normalizeIP(ip);

const callerOf = (request: FastifyRequest): string => (request.key ? `key ${request.key.id}` : addressOf(request));
