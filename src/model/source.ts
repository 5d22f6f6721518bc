import { z } from 'zod';
import { columnsOf, integer, json, searched, text } from './columns.ts';
import { commonFields, HistoricalDate, Name, newCommonFields, NewHistoricalDate, patchOf } from './fields.ts';
import type { RecordModel } from './record-model.ts';
import { Id, Language, Line, Prose, Slug, Token } from './strings.ts';

const kind = Slug.describe('`article`, `press-release`, `book`, `report`, `web-page`, `document`, ...');
const sourceFields = {
  names: z.array(Name).max(200).optional(),
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
    .describe('Of the bytes of its text.'),
  paragraphs: z.int().min(0).max(1_000_000).optional().describe('How many paragraphs (non-empty lines) its text has.'),
};

function isWebAddress(value: string): boolean {
  return /^https?:\/\/[^\s]+$/.test(value) && URL.canParse(value);
}

/** A source as clients write it. */
export const NewSource = z
  .strictObject({
    type: z.enum(['source']).optional(),
    id: Id.optional().describe('Made from the title when left out.'),
    kind,
    title: Line,
    ...sourceFields,
    published: NewHistoricalDate.optional(),
    ...newCommonFields,
  })
  .meta({ id: 'NewSource', description: 'A source to record.' });

/** Changes to a source. */
export const SourcePatch = patchOf(NewSource, 'SourcePatch');

/** A source as the service returns it. */
export const Source = z
  .strictObject({
    type: z.enum(['source']),
    id: Id,
    kind,
    title: Line,
    ...sourceFields,
    published: HistoricalDate.optional(),
    ...commonFields,
  })
  .meta({ id: 'Source', description: 'A document that says what the records state.' });

/** The model of sources. */
export const source = {
  type: 'source',
  path: 'sources',
  name: 'Source',
  titleField: 'title',
  description: 'A document that says what the records state.',
  group: 'The documents that say what the records state.',
  schema: Source,
  newSchema: NewSource,
  patchSchema: SourcePatch,
  columns: columnsOf<z.infer<typeof NewSource>>({
    summary: searched(text),
    note: searched(text),
    authors: searched(json),
    publisher: searched(text),
    symbol: searched(text),
    language: text,
    published: { edtf: text, asStated: text },
    url: text,
    sha256: text,
    paragraphs: integer,
  }),
  example: { id: 'security-council-8967th-meeting-press-release', patch: { language: 'en' } },
} satisfies RecordModel;
