import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Config } from '../../config.ts';
import { includesScope, type Scope } from '../../domain/scope.ts';
import { instantOf } from '../../domain/time/instant.ts';
import type { Annals } from '../../records/annals.ts';
import { type AuthenticatedKey, keyAuthenticator } from '../../records/keys/authenticate-key.ts';
import { sendProblem } from '../problems/problems.ts';
import type { Limit } from '../limits/rate-limits.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The valid key of the request, if any. It is not looked up where the route needs no scope. */
    key: { id: string; root: string; scope: Scope } | undefined;
    /** The fault of an invalid key. */
    keyFault: string | undefined;
  }
}

/** Makes the hook that authenticates the key of a request, from the header Authorization only. */
export function authenticate(app: FastifyInstance, annals: Annals) {
  app.decorateRequest('key', undefined);
  app.decorateRequest('keyFault', undefined);
  const findKey = keyAuthenticator(annals);
  const authenticateToken = async (token: string, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const key = await findKey(token);
    if (key?.state !== 'valid') {
      request.keyFault = faultOf(key);
      return;
    }
    request.key = key;
    // The id that "annals keys list" shows.
    request.log = reply.log = request.log.child({ key: key.id });
  };
  // No promise is made for a request without a key.
  return (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void | Promise<void> => {
    const token = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined || request.route!.scope === 'none') return done();
    return authenticateToken(token, request, reply);
  };
}

/** The fault of a key. Unknown and mistyped keys get the same message; expiry and revocation are shown only to the holder. */
function faultOf(key: Exclude<AuthenticatedKey, { state: 'valid' }> | undefined): string {
  if (!key) return 'this is not an API key of this service: check that it was copied whole';
  const what = key.state === 'revoked' ? 'was revoked' : 'expired';
  return `this key ${what} at ${instantOf(key.since)}: ask the operator for another`;
}

const ACTIONS: Record<Scope, string> = { read: 'reading', write: 'writing', admin: 'administration' };

/** Makes the hook that requires the scope of the route. Its challenges follow RFC 6750, section 3; wrong keys are limited by address. */
export function requireScope({ READ_ACCESS }: Config, limitWrongKeys: Limit) {
  const refuse = async (scope: Scope, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { key, keyFault } = request;
    if (key) {
      challenge(reply, `, error="insufficient_scope", scope="${scope}"`);
      return sendProblem(
        reply,
        'missing-scope',
        `this key has the scope ${key.scope}: ${ACTIONS[scope]} needs one with the scope ${scope}`,
      );
    }
    if (keyFault !== undefined)
      return (await limitWrongKeys(request, reply)) ?? sendProblem(challenge(reply, ', error="invalid_token"'), 'invalid-key', keyFault);
    return sendProblem(challenge(reply, ''), 'missing-key', `${ACTIONS[scope]} needs a key: send "Authorization: Bearer <key>"`);
  };
  return (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void | Promise<FastifyReply> => {
    const { scope } = request.route!;
    if (scope === 'none' || (scope === 'read' && READ_ACCESS === 'open')) return done();
    if (request.key && includesScope(request.key.scope, scope)) return done();
    return refuse(scope, request, reply);
  };
}

const challenge = (reply: FastifyReply, error: string): FastifyReply => reply.header('www-authenticate', `Bearer realm="annals"${error}`);

/** Makes the start of a service fail if any route declares no scope. Call it before the first route. */
export function refuseUndeclaredScopes(app: FastifyInstance): void {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => void routes.push(route));
  app.addHook('onReady', async () => {
    const undeclared = routes.filter(({ config }) => config?.scope === undefined);
    if (undeclared.length > 0)
      throw new Error(`these routes declare no scope: ${undeclared.map(({ method, url }) => `${String(method)} ${url}`).join(', ')}`);
  });
}
