import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { booleanParameter, Reference } from '../../model/strings.ts';
import { importInThread } from '../../import/import-thread.ts';
import { IMPORT_DEFAULTS, type ImportOptions, type ImportReport, ON_EXISTING } from '../../import/report.ts';
import { NDJSON, NDJSON_NAMES } from '../requests/content-types.ts';
import { operation } from '../contract/operation.ts';
import { sendUncached } from '../contract/respond.ts';
import { importQueue, type Upload } from '../limits/import-queue.ts';
import { ProblemError, tooLong } from '../problems/problems.ts';
import { ImportReport as ReportSchema } from '../contract/import-schemas.ts';

const Lines = z.string().meta({
  description: 'NDJSON: one record a line, as it is created, with its `type`; in any order. UTF-8.',
});

const ImportQuery = z.strictObject({
  dryRun: booleanParameter('Checks everything and says what would be done, but writes nothing.'),
  replaceSource: Reference.optional().meta({
    description:
      'A source, by its id, a name, a symbol or `scheme:value`: the import is all there is of it. A record of any type that cites this source, cites no other and is in no line is deleted in the same transaction. The source itself stays, and so does every record that cites another source besides, or none. A source that only the lines bring deletes nothing. Where a record that stays refers to one that would be deleted, nothing is imported, and the answer is 409 and lists these references.',
  }),
  onExisting: z.enum(ON_EXISTING).default(IMPORT_DEFAULTS.onExisting).meta({
    description:
      'What happens to a record that exists under the type and id of a line and differs from it: `refuse`: nothing is imported, and each such record is named with what differs; `replace`: the line takes its place; `keep`: it stays as it is, and the line is left out.',
  }),
});

const EXAMPLE = [
  { type: 'actor', id: 'caspian-summit', kind: 'group', name: 'Caspian Summit' },
  {
    type: 'event',
    kind: 'contact',
    title: 'A visit to Termez',
    date: { edtf: '2023-05' },
    participants: [{ actor: 'Caspian Summit', role: 'participant' }],
  },
]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join('');

/** Many records at once: bodies are received side by side, and imported one after the other. */
export const importRecords = operation(
  {
    id: 'importRecords',
    tag: 'import',
    summary: 'Import records',
    description: `All lines or none: a record that does not exist is created, and one that exists and is the same stays. What happens to one that differs, \`onExisting\` says; the report names what changes, field by field. A line without an id is the record of its title that equals it in all it states, which stays, or else a new record with an id made from the title, in Latin letters, and numbered when taken; \`assigned\` says which. Two identical lines without an id in one import are one record. Lines may refer to each other in any order, by id or by name. An identifier belongs to one record of a type: a line that gives it to a second is wrong. What is wrong is reported by line: the first hundred faults, and how many there are. Where a thousand lie in the lines themselves, reading stops, and the answer says that there are at least so many and after which line nothing was looked at. The same lines again change nothing. The line of a source may have a field \`text\`, the whole text as a string, as an export has it: the text is stored with the source, byte for byte, and is part of what \`onExisting\` rules over; a line without it leaves a stored text alone. \`unverified\` names the citations whose phrases do not stand in their paragraphs. Also taken as ${NDJSON_NAMES.map((name) => `\`${name}\``).join(', ')}. Nothing is written unless the whole body arrives. Bodies are received side by side and imported one after the other: one that has waited for others too long (\`IMPORT_WAIT\`) is answered 503, and nothing of it was written.`,
    query: ImportQuery,
    body: { contentTypes: [NDJSON], schema: Lines },
    answer: { status: 200, description: 'What was done, or would be.', schema: ReportSchema, form: 'object' },
    problems: [
      'invalid-import',
      'import-conflict',
      'still-referenced',
      'unknown-reference',
      'ambiguous-name',
      'import-busy',
      'temporary-unusable',
    ],
    example: { address: '/v1/import?dryRun=true', body: EXAMPLE },
  },
  ({ annals, config }) => {
    const queue = importQueue(config);
    return async (request, reply) => {
      const dryRun = request.query.dryRun === 'true';
      const { onExisting, replaceSource } = request.query;
      const options: ImportOptions = { mode: dryRun ? 'check' : 'write', onExisting, replaceSource };
      const upload = queue.enter();
      try {
        const bytes = received(request, config.IMPORT_LIMIT, upload);
        const report = await importInThread(annals, bytes, options, upload.inTurn(disconnectSignal(reply)));
        request.outcome = outcomeOf(dryRun, report);
        return sendUncached(request, reply, { dryRun, ...report });
      } finally {
        upload.end();
      }
    };
  },
);

/** The outcome of an import as a sentence for the log. */
const outcomeOf = (dryRun: boolean, { created, updated, unchanged, deleted }: ImportReport): string =>
  dryRun
    ? 'it was a dry run: nothing was written'
    : `the import was written: ${created} records created, ${updated} updated, ${unchanged} unchanged${deleted > 0 ? `, ${deleted} deleted` : ''}`;

/** A signal that aborts when the client leaves before its answer. */
function disconnectSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  return gone.signal;
}

/**
 * The bytes of a body up to a limit, counted as they arrive. Throws `body-too-large`, `malformed-request` when the client leaves
 * before the end, and what the upload throws.
 */
async function* received({ body, headers }: FastifyRequest, limit: number, upload: Upload): AsyncGenerator<Buffer> {
  if (!(body instanceof Readable)) return;
  if (Number(headers['content-length']) > limit) throw new ProblemError('body-too-large', tooLong('import', limit, headers));
  let size = 0;
  try {
    // Leaving the loop early does not destroy a server's request: the problem is sent on its connection.
    for await (const chunk of body) {
      const bytes = chunk as Buffer; // @NOTE a body without an encoding gives Buffers
      size += bytes.length;
      if (size > limit) throw new ProblemError('body-too-large', tooLong('import', limit, headers));
      upload.took(bytes.length);
      yield bytes;
    }
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError('malformed-request', 'the body ended before its end: nothing was imported');
  }
}
