import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { authenticate } from '../records/keys.ts';
import type { Reader } from '../storage/engine.ts';
import { sendProblem } from './problems.ts';

/**
 * The hook that lets a request pass or not, by the scope its route declares. A key that is mistyped, unknown or revoked is answered
 * like one that is missing, so that nothing is learned from the difference.
 */
export function requireScope(reader: Reader, { READ_ACCESS }: Config) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const { scope } = request.routeOptions.config;
    if (scope === undefined || scope === 'none' || (scope === 'read' && READ_ACCESS === 'open')) return undefined;
    const token = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
    const key = token === undefined ? undefined : await authenticate(reader, token);
    if (!key)
      return sendProblem(
        reply,
        'missing-key',
        `${scope === 'write' ? 'writing' : 'reading'} needs a key: send "Authorization: Bearer <key>"`,
      );
    if (scope === 'write' && key.scope !== 'write')
      return sendProblem(reply, 'missing-scope', 'this key may only read: writing needs one with the scope write');
    return undefined;
  };
}
