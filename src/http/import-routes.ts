import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Config } from '../config.ts';
import type { Annals } from '../records/annals.ts';
import { importAside } from '../records/transfer/aside.ts';
import { databasePath } from '../storage/database.ts';
import { JSON_TYPE, toJson } from './answers.ts';
import { NDJSON } from './bodies.ts';
import { type Endpoint, endpoint } from './operation.ts';
import { Refusal } from './refusal.ts';
import { ImportReport } from './schemas.ts';

const Lines = z.string().meta({
  description: 'NDJSON: one record a line, as it is created, with its `type`; in any order. UTF-8.',
});

const ImportQuery = z.strictObject({
  dryRun: z
    .enum(['true', 'false'])
    .optional()
    .meta({
      description: 'Checks everything and says what would be done, but writes nothing.',
      override: { type: 'boolean', enum: undefined },
    }),
});

/** Many records at once, one import after the other. */
export function importRoutes({ clock, engine }: Annals, { DATABASE_URL, IMPORT_LIMIT }: Config): Endpoint[] {
  const only = oneAtATime();
  const bulk = endpoint(
    {
      id: 'importRecords',
      method: 'POST',
      path: '/v1/import',
      tag: 'import',
      summary: 'Import records',
      description:
        'All lines or none: a record that exists under its type and id is replaced where it differs, the others are created. Lines may refer to each other in any order, by id or by name. An identifier belongs to one record of a type: a line that gives it to a second is wrong. What is wrong is reported by line, the first hundred faults. The same lines again change nothing. Also taken as `application/jsonl`. Nothing is written unless the whole body arrives.',
      scope: 'write',
      query: ImportQuery,
      body: { contentTypes: [NDJSON], schema: Lines },
      answers: { 200: { description: 'What was done, or would be.', schema: ImportReport } },
      problems: ['invalid-import', 'import-busy'],
      example: { address: '/v1/import?dryRun=true', body: EXAMPLE },
    },
    async (request, reply) => {
      const dryRun = request.query.dryRun === 'true';
      const place = { database: databasePath(DATABASE_URL), now: clock(), schema: engine.schema };
      const report = await only(() => importAside(place, received(request, IMPORT_LIMIT), dryRun ? 'check' : 'write'));
      return reply
        .header('cache-control', 'no-store')
        .type(JSON_TYPE)
        .send(toJson({ dryRun, ...report }));
    },
  );
  return [bulk];
}

const EXAMPLE = [
  { type: 'actor', id: 'caspian-summit', kind: 'group', name: 'Caspian Summit' },
  {
    type: 'event',
    kind: 'visit',
    title: 'A visit to Termez',
    date: { edtf: '2023-05' },
    participants: [{ actor: 'Caspian Summit', role: 'participant' }],
  },
]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join('');

/** Does work unless some is being done already. Throws `import-busy`. */
function oneAtATime() {
  let busy = false;
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (busy) throw new Refusal('import-busy', 'another import is under way: send this one again when it is over');
    busy = true;
    try {
      return await work();
    } finally {
      busy = false;
    }
  };
}

/** The bytes of a body, up to a limit. Throws `body-too-large`, and `malformed-request` when the client leaves before the end. */
async function* received({ body, headers }: FastifyRequest, limit: number): AsyncGenerator<Buffer> {
  if (!(body instanceof Readable)) return;
  if (Number(headers['content-length']) > limit) throw tooLong(limit);
  let size = 0;
  try {
    // A server's request is not destroyed when it is left early: the problem is answered on its connection.
    for await (const chunk of body) {
      const bytes = chunk as Buffer; // @NOTE a body without an encoding gives Buffers
      size += bytes.length;
      if (size > limit) throw tooLong(limit);
      yield bytes;
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('malformed-request', 'the body ended before its end: nothing was imported');
  }
}

const tooLong = (limit: number): Refusal => new Refusal('body-too-large', `the import is longer than ${limit} bytes: send less at a time`);
