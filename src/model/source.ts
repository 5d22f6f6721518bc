import { z } from 'zod';
import { PARAGRAPHS_MAX } from '../domain/text/paragraphs.ts';
import { integer, json, searched, text } from './columns.ts';
import { WrittenDate } from './dates.ts';
import { textSchemas } from './fields.ts';
import { names } from './names.ts';
import { defineModel } from './record-model.ts';
import { Language, License, Line, Prose, Title, Token, WebAddress } from './strings.ts';

/** The model of sources. */
export const source = defineModel({
  type: 'source',
  path: 'sources',
  name: 'Source',
  titleField: 'title',
  description: 'A document that says what the records state.',
  newDescription: 'A source to record.',
  group: 'The documents that say what the records state.',
  kinds: '`article`, `press-release`, `book`, `document`, `statement`, `web-page`, ...',
  fields: {
    title: Title,
    names,
    summary: Prose.optional(),
    authors: z.array(Line).max(100).optional(),
    editors: z.array(Line).max(100).optional(),
    publisher: Line.optional(),
    journal: Line.optional().describe('The journal or series that it appeared in.'),
    volume: Token.optional(),
    issue: Token.optional(),
    pages: Token.optional().describe('The pages that it takes there, such as `117-134`.'),
    symbol: Token.optional(),
    language: Language.optional(),
    url: WebAddress.optional(),
    license: License.optional(),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'use 64 lower-case hexadecimal digits')
      .optional()
      .describe('Of the bytes of its text. Follows from the text where that is stored.'),
    paragraphs: z
      .int()
      .min(0)
      .max(PARAGRAPHS_MAX)
      .optional()
      .describe('How many paragraphs (non-empty lines) its text has. Follows from the text where that is stored.'),
    published: WrittenDate.optional(),
  },
  set: textSchemas,
  columns: {
    summary: searched(text),
    note: text,
    editors: searched(json),
    publisher: searched(text),
    journal: searched(text),
    volume: text,
    issue: text,
    pages: text,
    symbol: searched(text),
    language: text,
    published: { edtf: text, asStated: text, basis: text, calendar: text },
    url: text,
    license: text,
    sha256: text,
    paragraphs: integer,
  },
  example: { id: 'security-council-8967th-meeting-press-release', patch: { language: 'en' } },
});
