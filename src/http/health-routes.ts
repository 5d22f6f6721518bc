import type { FastifyReply } from 'fastify';
import { AnnalsError } from '../domain/errors.ts';
import type { Annals } from '../records/annals.ts';
import { guard, statement } from '../storage/port.ts';
import { currentGeneration, generationOf } from '../storage/generation.ts';
import { JSON_TYPE, toJson } from './answers.ts';
import { type Endpoint, endpoint } from './operation.ts';
import { Health } from './schemas.ts';

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
      const [, generations] = await engine.read([statement('SELECT 1 FROM records LIMIT 1'), currentGeneration]);
      generationOf(generations);
      await takeWriteLock(engine);
      return sayOk(reply);
    },
  );
  return [health, ready];
}

/** Begins a write and takes it back: nothing reaches the disk, however often this is asked. Throws what stands in the way of writing. */
async function takeWriteLock(engine: Annals['engine']): Promise<void> {
  const takenBack = new Error('the write was taken back');
  try {
    await engine.write([guard(0, takenBack, 'SELECT 1')]);
  } catch (error) {
    // A full queue is work that goes on, nothing that stands in the way.
    const isQueueFull = error instanceof AnnalsError && error.code === 'overloaded';
    if (error !== takenBack && !isQueueFull) throw error;
  }
}
