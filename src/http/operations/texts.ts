import { z } from 'zod';
import { tagOfRecord } from '../../domain/etag.ts';
import { AnnalsError } from '../../domain/errors.ts';
import { modelOf } from '../../model/models.ts';
import { IdOrName, Line } from '../../model/strings.ts';
import { findParagraph, listParagraphs } from '../../query/lists/paragraphs.ts';
import { pageParameters } from '../../query/lists/page.ts';
import { putText } from '../../records/put-text.ts';
import { readText } from '../../records/source-text.ts';
import { findRecord } from '../../records/stored-record.ts';
import { answerConditional, etagOf, IF_MATCH, preconditionsOf } from '../cache/etags.ts';
import { operation } from '../contract/operation.ts';
import { change, list } from '../contract/respond.ts';
import { ParagraphList, SourceParagraph } from '../contract/schemas.ts';

const PlainText = z.string().meta({ description: 'The text, UTF-8; each non-empty line is a paragraph, counted from 1.' });

/** The facts of the operations on the text of a source, against which citations are checked. */
const OF_TEXT = { tag: 'sources', params: z.strictObject({ id: IdOrName.describe('The id of the source, or any of its names.') }) };
const EXAMPLE = '/v1/sources/un-preventive-diplomacy-in-central-asia/text';
const PARAGRAPHS = '/v1/sources/un-preventive-diplomacy-in-central-asia/paragraphs';

/** The change of a text. */
export const putSourceText = change(
  200,
  {
    ...OF_TEXT,
    id: 'putSourceText',
    summary: 'Store the text of a source',
    description: `Replaces any text there is, and keeps these bytes; the source gets their SHA-256, its number of paragraphs, and \`storedText\`. Every citation of it says from then on whether its phrase is \`verified\`. A text bears the ETag of its source. With \`If-None-Match: *\` it is stored only where none is. ${IF_MATCH}`,
    body: { contentTypes: ['text/plain'], schema: PlainText },
    answer: { description: 'The source as it stands now.', schema: modelOf.source.schema },
    problems: ['not-found', 'stale-revision'],
    example: { address: EXAMPLE, body: 'The first paragraph.\n\nThe second.\n' },
  },
  (annals, request) => {
    if (!Buffer.isBuffer(request.body)) throw new AnnalsError('invalid-request', 'there is no text in the body: send it as text/plain');
    return putText(annals, request.params.id, request.body, preconditionsOf(request));
  },
);

/** The text as it came. */
export const getSourceText = operation(
  {
    ...OF_TEXT,
    id: 'getSourceText',
    summary: 'Read the stored text of a source',
    description:
      'The bytes that were put, whose SHA-256 the source states. Of a text that a release before stored (`storedText.form` is `paragraphs`), its paragraphs, one a line.',
    answer: { status: 200, description: 'The text.', schema: PlainText, contentType: 'text/plain', headers: ['ETag'] },
    problems: ['not-found'],
    example: { address: EXAMPLE },
  },
  ({ annals: { engine } }) =>
    async (request, reply) => {
      const source = await findRecord(engine, modelOf.source, request.params.id);
      const text = await readText(engine, source);
      const known = answerConditional(request, reply, etagOf(tagOfRecord(source)));
      return known ?? reply.type('text/plain; charset=utf-8').send(text);
    },
);

/** A parameter that is the number of a paragraph. */
const paragraphNumber = (description: string) =>
  z
    .string()
    .regex(/^[1-9][0-9]{0,6}$/, 'give the number of a paragraph, counted from 1')
    .meta({ description, override: { type: 'integer', minimum: 1, maximum: 9_999_999, pattern: undefined } });

const ParagraphsQuery = z.strictObject({
  from: paragraphNumber('The number of the first paragraph of the list; 1 when left out.').optional(),
  ...pageParameters,
});

/** The paragraphs of a text, with their numbers. */
export const listSourceParagraphs = list(
  'object',
  {
    ...OF_TEXT,
    id: 'listSourceParagraphs',
    summary: 'List the paragraphs of the text of a source',
    description: 'The stored text as citations count it.',
    query: ParagraphsQuery,
    answer: { description: 'A page of paragraphs.', schema: ParagraphList },
    problems: ['not-found'],
    example: { address: `${PARAGRAPHS}?limit=1` },
  },
  async ({ engine }, { params, query }) => listParagraphs(engine, await findRecord(engine, modelOf.source, params.id), query),
);

const ParagraphQuery = z.strictObject({
  phrase: Line.optional().describe('A phrase to look for, as citations are verified: `quote` says where it stands.'),
});

/** One paragraph of a text, with the place of a phrase. */
export const getSourceParagraph = list(
  'object',
  {
    ...OF_TEXT,
    id: 'getSourceParagraph',
    params: OF_TEXT.params.extend({ number: paragraphNumber('The number of the paragraph, counted from 1.') }),
    summary: 'Read one paragraph of the text of a source',
    description:
      'With `phrase` the answer says where the phrase stands in the paragraph: a reader can mark the words that a citation names.',
    query: ParagraphQuery,
    answer: { description: 'The paragraph.', schema: SourceParagraph },
    problems: ['not-found'],
    example: { address: `${PARAGRAPHS}/1?phrase=first%20paragraph` },
  },
  async ({ engine }, { params, query }) =>
    findParagraph(engine, await findRecord(engine, modelOf.source, params.id), Number(params.number), query.phrase),
);
