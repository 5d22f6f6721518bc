import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../../config.ts';
import { sendProblem } from '../problems/problems.ts';

/** The window of the limits, in milliseconds. */
const MINUTE = 60_000;

/**
 * Limit of wrong keys from an address in a minute. A key has 160 random bits and cannot be guessed at any rate; the limit spares the
 * database, and shows a client that its key is mistyped.
 */
const WRONG_KEYS_MAX = 100;

/** Sends the problem if a caller has reached its limit. */
export type Limit = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>;

/**
 * Limits the requests of a key, or of an address without one, with separate limits for reads and writes. Every answer states limit and
 * remainder (draft-ietf-httpapi-ratelimit-headers-10). Vital routes are not counted. The last 5,000 callers are remembered. Call it after
 * the hook that authenticates.
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
    return refuse(reply, ttlInSeconds, `${who} has made its ${max} ${what} of this minute: try again in ${ttlInSeconds} seconds`);
  };
}

/**
 * Limits the wrong keys from one address, where requests are limited at all. A valid key is never refused for them: clients that share the
 * address would be locked out.
 */
export function limitWrongKeys(app: FastifyInstance, { RATE_LIMIT }: Config): Limit {
  if (RATE_LIMIT === 0) return async () => undefined;
  const count = app.createRateLimit({ max: WRONG_KEYS_MAX, timeWindow: MINUTE, keyGenerator: clientAddress });
  return async (request, reply) => {
    const counted = await count(request);
    if (counted.isAllowed || !counted.isExceeded) return undefined;
    const { ttlInSeconds } = counted;
    return refuse(
      reply,
      ttlInSeconds,
      `too many wrong keys came from this address: check your key, and try again in ${ttlInSeconds} seconds`,
    );
  };
}

const refuse = (reply: FastifyReply, seconds: number, detail: string): FastifyReply =>
  sendProblem(reply.header('retry-after', seconds), 'too-many-requests', detail);

/** The address of a client. IPv6 is counted by networks of 64 bits, which are assigned as a whole. */
const clientAddress = ({ ip }: FastifyRequest): string => normalizeIP(ip);

const callerOf = (request: FastifyRequest): string => (request.key ? `key ${request.key.id}` : clientAddress(request));
