import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Config } from '../../config.ts';
import { includesScope, type Scope } from '../../domain/scope.ts';
import { instantOf } from '../../domain/time/instant.ts';
import type { Annals } from '../../records/annals.ts';
import { type AuthenticatedKey, keyAuthenticator } from '../../records/authenticate-key.ts';
import { sendProblem } from '../problems/send-problem.ts';
import type { Limit } from '../limits/rate-limits.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The key that came with the request, if it came with one that holds. Where no scope is needed, none is looked for. */
    key: { id: string; root: string; scope: Scope } | undefined;
    /** What is wrong with the key that it came with otherwise. */
    keyFault: string | undefined;
  }
}

/** The hook that finds out whose key came with a request: in the header Authorization, and nowhere else. */
export function identify(app: FastifyInstance, annals: Annals) {
  app.decorateRequest('key', undefined);
  app.decorateRequest('keyFault', undefined);
  const authenticate = keyAuthenticator(annals);
  const lookAt = async (token: string, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const key = await authenticate(token);
    if (key?.state !== 'valid') {
      request.keyFault = faultOf(key);
      return;
    }
    request.key = key;
    // Who did it, by the id that "annals keys list" shows.
    request.log = reply.log = request.log.child({ key: key.id });
  };
  // Most requests have nothing to wait for: these make no promise.
  return (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void | Promise<void> => {
    const token = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined || request.route!.scope === 'none') return done();
    return lookAt(token, request, reply);
  };
}

/**
 * What is wrong with a key. One that is mistyped and one that never existed are told alike; that it has expired or was revoked is told to
 * who holds it, and so to nobody else.
 */
function faultOf(key: Exclude<AuthenticatedKey, { state: 'valid' }> | undefined): string {
  if (!key) return 'this is no key of this service: look whether it was copied whole';
  const what = key.state === 'revoked' ? 'was revoked' : 'expired';
  return `this key ${what} at ${instantOf(key.since)}: ask the operator for another`;
}

const DOING: Record<Scope, string> = { read: 'reading', write: 'writing', admin: 'what concerns the operator' };

/** The hook that lets a request pass or not, by the scope its route declares. Its challenges are those of RFC 6750, section 3; one address may try only so many wrong keys. */
export function requireScope({ READ_ACCESS }: Config, limitWrongKeys: Limit) {
  const refuse = async (scope: Scope, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { key, keyFault } = request;
    if (key) {
      challenge(reply, `, error="insufficient_scope", scope="${scope}"`);
      return sendProblem(reply, 'missing-scope', `this key has the scope ${key.scope}: ${DOING[scope]} needs one with the scope ${scope}`);
    }
    if (keyFault !== undefined)
      return (await limitWrongKeys(request, reply)) ?? sendProblem(challenge(reply, ', error="invalid_token"'), 'invalid-key', keyFault);
    return sendProblem(challenge(reply, ''), 'missing-key', `${DOING[scope]} needs a key: send "Authorization: Bearer <key>"`);
  };
  return (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void | Promise<FastifyReply> => {
    const { scope } = request.route!;
    if (scope === 'none' || (scope === 'read' && READ_ACCESS === 'open')) return done();
    if (request.key && includesScope(request.key.scope, scope)) return done();
    return refuse(scope, request, reply);
  };
}

const challenge = (reply: FastifyReply, error: string): FastifyReply => reply.header('www-authenticate', `Bearer realm="annals"${error}`);

/** Refuses to start a service with a route that does not say what it needs, whoever registered it. Call it before the first route. */
export function refuseUndeclaredScopes(app: FastifyInstance): void {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => void routes.push(route));
  app.addHook('onReady', async () => {
    const undeclared = routes.filter(({ config }) => config?.scope === undefined);
    if (undeclared.length > 0)
      throw new Error(`these routes declare no scope: ${undeclared.map(({ method, url }) => `${String(method)} ${url}`).join(', ')}`);
  });
}
