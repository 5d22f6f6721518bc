import { AnnalsError } from '../domain/errors.ts';
import type { Annals } from '../records/annals.ts';
import { guard, statement } from '../storage/engine.ts';
import { sendJson, toJson } from './answers.ts';
import { type Endpoint, endpoint } from './operation.ts';
import { Health } from './schemas.ts';

const OK = toJson({ status: 'ok' });

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
      answers: { 200: { description: 'It does.', schema: Health } },
      example: { address: '/healthz' },
    },
    async (request, reply) => sendJson(request, reply.header('cache-control', 'no-store'), '"ok"', OK),
  );
  const ready = endpoint(
    {
      id: 'getReadiness',
      method: 'GET',
      path: '/readyz',
      tag: 'health',
      summary: 'Whether the database can be read and written',
      scope: 'none',
      answers: { 200: { description: 'It can.', schema: Health } },
      problems: ['storage-busy', 'storage-unusable'],
      example: { address: '/readyz' },
    },
    async (request, reply) => {
      await engine.read([statement('SELECT 1 FROM records LIMIT 1')]);
      // Takes the write lock and changes nothing.
      const refuse = new AnnalsError('storage-unusable', 'the database has no sequences');
      await engine.write([guard(2, refuse, 'UPDATE sequences SET next = next')]);
      return sendJson(request, reply, '"ok"', OK);
    },
  );
  return [health, ready];
}
