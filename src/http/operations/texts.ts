import { z } from 'zod';
import { AnnalsError } from '../../domain/errors.ts';
import type { Annals } from '../../records/annals.ts';
import { findRecord } from '../../records/stored-record.ts';
import { putText } from '../../records/put-text.ts';
import { readText } from '../../records/source-text.ts';
import { modelOf } from '../../model/models.ts';
import { Called } from '../../model/strings.ts';
import { answerConditional, headerOf, IF_MATCH, preconditionsOf, sendRecord, tagOfRecord } from '../cache/etags.ts';
import { type Endpoint, endpoint } from '../contract/operation.ts';

const SourceId = z.strictObject({ id: Called.describe('The id of the source, or any of its names.') });
const PlainText = z.string().meta({ description: 'The text, UTF-8; each non-empty line is a paragraph, counted from 1.' });

/** The text of a source, against which citations are checked. */
export function textRoutes(annals: Annals): Endpoint[] {
  const put = endpoint(
    {
      id: 'putSourceText',
      method: 'PUT',
      path: '/v1/sources/{id}/text',
      tag: 'sources',
      summary: 'Store the text of a source',
      description: `Replaces any text there is; the source gets its SHA-256 and its number of paragraphs. Every citation of it says from then on whether its phrase is \`verified\`. A text bears the ETag of its source. With \`If-None-Match: *\` it is stored only where none is. ${IF_MATCH}`,
      scope: 'write',
      params: SourceId,
      body: { contentTypes: ['text/plain'], schema: PlainText },
      answers: { 200: { description: 'The source as it stands now.', schema: modelOf.source.schema, headers: ['ETag'] } },
      problems: ['not-found', 'stale-revision'],
      example: { address: '/v1/sources/un-preventive-diplomacy-in-central-asia/text', body: 'The first paragraph.\n\nThe second.\n' },
    },
    async (request, reply) => {
      if (!Buffer.isBuffer(request.body)) throw new AnnalsError('invalid-request', 'there is no text in the body: send it as text/plain');
      const { document, ...state } = await putText(annals, request.params.id, request.body, preconditionsOf(request));
      return sendRecord(request, reply, state, document);
    },
  );
  const get = endpoint(
    {
      id: 'getSourceText',
      method: 'GET',
      path: '/v1/sources/{id}/text',
      tag: 'sources',
      summary: 'Read the stored text of a source',
      description: 'Its paragraphs, one a line.',
      scope: 'read',
      params: SourceId,
      answers: { 200: { description: 'The paragraphs, one a line.', contentType: 'text/plain', schema: PlainText, headers: ['ETag'] } },
      problems: ['not-found'],
      example: { address: '/v1/sources/un-preventive-diplomacy-in-central-asia/text' },
    },
    async (request, reply) => {
      const source = await findRecord(annals.engine, modelOf.source, request.params.id);
      const text = await readText(annals.engine, source);
      const etag = headerOf(tagOfRecord(source));
      return answerConditional(request, reply, etag) ?? reply.type('text/plain; charset=utf-8').send(Buffer.from(text));
    },
  );
  return [put, get];
}
