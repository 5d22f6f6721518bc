import { refuseUnready } from '../../storage/tables/readiness.ts';
import { operation } from '../contract/operation.ts';
import { sendUncached } from '../contract/respond.ts';
import { Health } from '../contract/schemas.ts';

/** Liveness: the process answers. */
export const getHealth = operation(
  {
    id: 'getHealth',
    tag: 'health',
    summary: 'Whether the process answers',
    vital: true,
    answer: { status: 200, description: 'It does.', schema: Health, form: 'object' },
    example: { address: '/healthz' },
  },
  () => async (request, reply) => sendUncached(request, reply, { status: 'ok' }),
);

/** Readiness: the database can be read and written. */
export const getReadiness = operation(
  {
    id: 'getReadiness',
    tag: 'health',
    summary: 'Whether the database can be read and written',
    vital: true,
    answer: { status: 200, description: 'It can.', schema: Health, form: 'object' },
    problems: ['storage-busy', 'storage-unusable', 'storage-migrated'],
    example: { address: '/readyz' },
  },
  ({ annals }) =>
    async (request, reply) => {
      await refuseUnready(annals.engine);
      return sendUncached(request, reply, { status: 'ok' });
    },
);
