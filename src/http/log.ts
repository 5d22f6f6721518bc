import type { FastifyRequest, FastifyServerOptions } from 'fastify';
import type { Config } from '../config.ts';
import { withoutTokens } from '../domain/token.ts';

/** What the log says of requests: no header, and no key that someone has put into an address. */
export function loggerOf({ LOG_LEVEL }: Config): NonNullable<FastifyServerOptions['logger']> {
  if (LOG_LEVEL === 'silent') return false;
  return {
    level: LOG_LEVEL,
    serializers: {
      req: ({ method, url, host, ip, socket }: FastifyRequest) => ({
        method,
        url: withoutTokens(url),
        host,
        remoteAddress: ip,
        ...(socket.remotePort === undefined ? {} : { remotePort: socket.remotePort }),
      }),
    },
  };
}
