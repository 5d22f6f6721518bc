import { z } from 'zod';
import { PARAGRAPHS_MAX } from '../domain/text/paragraphs.ts';
import { integer, json, searched, text } from './columns.ts';
import { names, textSchemas, WrittenDate } from './fields.ts';
import { defineModel } from './record-model.ts';
import { Language, Line, Prose, Token } from './strings.ts';

const isWebAddress = (value: string): boolean => /^https?:\/\/[^\s]+$/.test(value) && URL.canParse(value);

/** The model of sources. */
export const source = defineModel({
  type: 'source',
  path: 'sources',
  name: 'Source',
  titleField: 'title',
  description: 'A document that says what the records state.',
  newDescription: 'A source to record.',
  group: 'The documents that say what the records state.',
  kinds: '`article`, `press-release`, `book`, `report`, `web-page`, `document`, ...',
  fields: {
    title: Line,
    names,
    summary: Prose.optional(),
    authors: z.array(Line).max(100).optional(),
    publisher: Line.optional(),
    symbol: Token.optional(),
    language: Language.optional(),
    url: z.string().max(2000).meta({ format: 'uri' }).refine(isWebAddress, 'use an absolute http or https address').optional(),
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
    authors: searched(json),
    publisher: searched(text),
    symbol: searched(text),
    language: text,
    published: { edtf: text, asStated: text, basis: text, calendar: text },
    url: text,
    sha256: text,
    paragraphs: integer,
  },
  example: { id: 'security-council-8967th-meeting-press-release', patch: { language: 'en' } },
});
