import { z } from 'zod';
import { SourceListParameters } from './filters.ts';
import { fromList, list, number, text } from './entry.ts';
import { commonFields, HistoricalDate, Name, NewHistoricalDate, newCommonFields } from './fields.ts';
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
export const SourcePatch = NewSource.partial().meta({
  id: 'SourcePatch',
  description: 'A JSON merge patch (RFC 7396); null clears an optional field.',
});

/** A source as answered. */
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

/** Everything particular to sources. */
export const source: RecordModel = {
  type: 'source',
  path: 'sources',
  name: 'Source',
  titleField: 'title',
  description: 'A document that says what the records state.',
  schema: Source,
  newSchema: NewSource,
  patchSchema: SourcePatch,
  filters: SourceListParameters,
  toColumns: (input) => {
    const published = input['published'] as z.infer<typeof NewHistoricalDate> | undefined; // @NOTE validated by NewSource
    return {
      summary: text(input['summary']),
      note: text(input['note']),
      authors: list(input['authors']),
      publisher: text(input['publisher']),
      symbol: text(input['symbol']),
      language: text(input['language']),
      publishedEdtf: text(published?.edtf),
      publishedAsStated: text(published?.asStated),
      url: text(input['url']),
      sha256: text(input['sha256']),
      paragraphs: number(input['paragraphs']),
    };
  },
  fromColumns: (row) => ({
    summary: row['summary'] ?? undefined,
    note: row['note'] ?? undefined,
    authors: fromList(row['authors']),
    publisher: row['publisher'] ?? undefined,
    symbol: row['symbol'] ?? undefined,
    language: row['language'] ?? undefined,
    published: row['publishedEdtf'] === null ? undefined : { edtf: row['publishedEdtf'], asStated: row['publishedAsStated'] ?? undefined },
    url: row['url'] ?? undefined,
    sha256: row['sha256'] ?? undefined,
    paragraphs: row['paragraphs'] ?? undefined,
  }),
  references: {},
  example: { id: 'security-council-8967th-meeting-press-release', patch: { language: 'en' } },
};
