import type { FastifyReply } from 'fastify';
import type { Annals } from '../../records/annals.ts';
import { refuseUnready } from '../../storage/readiness.ts';
import { JSON_TYPE, toJson } from '../answers.ts';
import { type Endpoint, endpoint } from '../contract/operation.ts';
import { Health } from '../contract/schemas.ts';

const OK = toJson({ status: 'ok' });
const sayOk = (reply: FastifyReply): FastifyReply => reply.header('cache-control', 'no-store').type(JSON_TYPE).send(OK);

/** Whether the process lives, and whether it can do its work. */
export function healthRoutes({ engine }: Annals): Endpoint[] {
  const health = endpoint(
    {
      id: 'getHealth',
      method: 'GET',
      path: '/healthz',
      tag: 'health',
      summary: 'Whether the process answers',
      scope: 'none',
      vital: true,
      answers: { 200: { description: 'It does.', schema: Health } },
      example: { address: '/healthz' },
    },
    async (_request, reply) => sayOk(reply),
  );
  const ready = endpoint(
    {
      id: 'getReadiness',
      method: 'GET',
      path: '/readyz',
      tag: 'health',
      summary: 'Whether the database can be read and written',
      scope: 'none',
      vital: true,
      answers: { 200: { description: 'It can.', schema: Health } },
      problems: ['storage-busy', 'storage-unusable', 'storage-migrated'],
      example: { address: '/readyz' },
    },
    async (_request, reply) => {
      await refuseUnready(engine);
      return sayOk(reply);
    },
  );
  return [health, ready];
}
