import { Readable } from 'node:stream';
import { z } from 'zod';
import { noProgress } from '../../domain/progress.ts';
import { exportRecords as linesOf, newestChange } from '../../records/export.ts';
import { askedTypes } from '../../query/filters/type.ts';
import { SearchParameters } from '../../query/search/search.ts';
import { RECORD_TYPES, type RecordType } from '../../domain/record-type.ts';
import { ProblemError } from '../problems/problems.ts';
import { NDJSON } from '../requests/content-types.ts';
import { operation } from '../contract/operation.ts';

const ExportQuery = SearchParameters.pick({ type: true });
const Lines = z.string().meta({ description: 'One record a line, as clients write it, with its `type`; what is referred to comes first.' });

/** All records as one stream, in the form that is imported. */
export const exportRecords = operation(
  {
    id: 'exportRecords',
    tag: 'export',
    summary: 'Export records as NDJSON that `annals import` reads',
    description:
      'All records, or those of some types, as they stood at one change, whatever is written meanwhile: `Change-Position` is its position, and `GET /v1/changes?since=` with it tells what came after. A source whose text is stored has it in the field `text` of its line: the whole text as a string or, where a release before kept only its paragraphs, these as a list. An export that could not be finished ends without its last chunk, which every HTTP client reports.',
    query: ExportQuery,
    answer: { status: 200, description: 'The records.', schema: Lines, contentType: NDJSON, headers: ['Change-Position'] },
    example: { address: '/v1/export?type=source' },
  },
  ({ annals: { engine } }, app) => {
    const open = new Set<Readable>();
    let isClosing = false;
    // Closing waits for all responses, and an export may take hours.
    app.addHook('preClose', async () => {
      isClosing = true;
      for (const stream of open) stream.destroy();
    });
    return async (request, reply) => {
      const { at, position } = await newestChange(engine);
      const lines = linesOf(engine, { types: typesOf(request.query), at }, noProgress);
      reply.type(`${NDJSON}; charset=utf-8`).header('change-position', position).header('cache-control', 'no-store');
      // A stream, as in GET: an empty string would be sent with a length of 0.
      if (request.method === 'HEAD') return reply.send(Readable.from([]));
      // An error in the first page is still sent as a problem.
      const first = await lines.next();
      if (isClosing) throw new ProblemError('overloaded', 'the service is shutting down: try again in a moment');
      const stream = Readable.from(resumed(first, lines));
      open.add(stream.once('close', () => open.delete(stream)));
      return reply.send(stream);
    };
  },
);

const typesOf = ({ type }: z.infer<typeof ExportQuery>): readonly RecordType[] =>
  type === undefined ? RECORD_TYPES : askedTypes(type, RECORD_TYPES).types;

/** Lines whose first page was taken already. */
async function* resumed(first: IteratorResult<string, void>, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}
