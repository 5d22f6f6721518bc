import { BUCKET_UNITS } from '../../domain/time/day.ts';
import { z } from 'zod';
import { withArticle } from '../../domain/text/article.ts';
import { INCLUDED_TYPES } from '../../model/child-tables.ts';
import { modelOf } from '../../model/models.ts';
import { RECORD_TYPES } from '../../domain/record-type.ts';
import { HistoricalDate } from '../../model/dates.ts';
import { Status } from '../../model/fields.ts';
import { Candidate } from '../../model/name-warnings.ts';
import { filterEchoes } from '../../query/filters/index.ts';
import type { RecordModel } from '../../model/record-model.ts';
import { HISTOGRAM_COUNTS } from '../../query/filters/parameters.ts';
import { recordListEchoes } from '../../query/named-records/filters.ts';
import { Id, Instant, Slug } from '../../model/strings.ts';

/** The shapes of answers that are not records. */

/** An object with a name, which is its component in the OpenAPI document. */
export const object = <Shape extends z.ZodRawShape>(id: string, description: string, shape: Shape) =>
  z.strictObject(shape).meta({ id, description });

/** A page of items. */
export const listed = (id: string, description: string, item: z.ZodType, rest: z.ZodRawShape = {}) =>
  object(id, description, { items: z.array(item), next, ...rest });

const recordType = z.enum(RECORD_TYPES);
const next = z.string().optional().describe('The cursor of the next page; absent on the last.');
/** A number of things, and one of at least one. */
export const count = z.int().min(0);
export const atLeastOne = z.int().min(1);
const text = z.string().optional();

/** The resolved parameters of a list. */
export const EchoedQuery = object(
  'EchoedQuery',
  'The parameters of the request as the service resolved them: names to ids, dates to days.',
  {
    ...filterEchoes,
    ...recordListEchoes,
  },
);

/** Warnings of values that find less than they seem to. */
export const warnings = z
  .array(
    object('QueryWarning', 'A value of a parameter that finds nothing, or that was read otherwise.', {
      parameter: z.string(),
      value: z.string().describe('The value, with its `!` where it is left out.'),
      message: z.string(),
      didYouMean: z.array(z.string()).optional().describe('The nearest values in use, as they can be sent.'),
    }),
  )
  .optional()
  .describe('Words that nothing has and records that no entry refers to; absent where there are none.');

const totals = {
  total: count
    .optional()
    .describe(
      'How many there are in all. Known for one term and a window whatever the number, and otherwise up to 10,000, as long as no more than 50,000 moments of the rarest term lie in the window; absent beyond.',
    ),
  totalAtLeast: count
    .optional()
    .describe(
      'Stands instead of `total`: there are at least so many. It may be below 10,000, when only the first part of a long window was looked at.',
    ),
};
const ranked = z
  .enum(['all', 'newest'])
  .optional()
  .describe(
    'Of a list by relevance: whether all matches were ranked or, because there are too many, only the newest thousand. All pages rank what the first one ranked: what is added meanwhile neither repeats nor skips a record.',
  );

/** The records that the items of a page refer to. */
export const IncludedRecords = object(
  'IncludedRecords',
  'The records that the items refer to, as asked by `include`.',
  Object.fromEntries(INCLUDED_TYPES.map((type) => [modelOf[type].path, z.array(modelOf[type].schema).optional()])),
);

/** A page of records of a type. */
export function listOf({ name, path, schema }: RecordModel): z.ZodObject {
  return listed(`${name}List`, `A page of ${path}.`, schema, {
    ...totals,
    ranked,
    included: IncludedRecords.optional(),
    warnings,
    query: EchoedQuery,
  });
}

/** A revision of a record of a type. */
export function historyOf({ name, type, schema }: RecordModel): z.ZodObject {
  const revision = object(
    `${name}Revision`,
    `A revision of ${withArticle(type)}, with what it said then; one that is its deletion has no \`record\`.`,
    {
      revision: atLeastOne,
      action: z.enum(['created', 'updated', 'deleted']),
      at: Instant,
      record: schema.optional(),
    },
  );
  return listed(`${name}History`, `The revisions of ${withArticle(type)}.`, revision);
}

/** The fields of a record in brief. */
const BRIEF = { type: recordType, id: Id, kind: Slug, title: z.string() };

/** A record in brief. */
export const RecordSummary = object('RecordSummary', 'A record in brief.', BRIEF);

/** The relations of a record. */
export const RelatedList = listed(
  'RelatedList',
  'The records a record points to, and those that point to it.',
  object('RelatedRecord', 'A record at the other end of a relation.', {
    relation: Slug,
    direction: z.enum(['outgoing', 'incoming']).describe('`outgoing`: stated by the record that was asked about.'),
    record: RecordSummary,
  }),
);

/** Fields of a paragraph of a text. */
const paragraph = {
  number: atLeastOne.describe('Counted from 1: what a citation calls `paragraph`.'),
  text: z.string(),
};

/** The paragraphs of a text. */
export const ParagraphList = listed(
  'ParagraphList',
  'The paragraphs of the text of a source, in order.',
  object('Paragraph', 'A paragraph of a text.', paragraph),
  { total: atLeastOne.describe('How many paragraphs the text has.') },
);

/** One paragraph of a text, and where a phrase stands in it. */
export const SourceParagraph = object('SourceParagraph', 'A paragraph of the text of a source.', {
  source: Id,
  ...paragraph,
  total: atLeastOne.describe('How many paragraphs the text has.'),
  verified: z.boolean().optional().describe('Whether `phrase` stands in it; absent when none was asked.'),
  quote: object('Quote', 'The first place of the phrase: the three together are the text of the paragraph.', {
    prefix: z.string(),
    exact: z.string().describe('The phrase as the text has it.'),
    suffix: z.string(),
  }).optional(),
});

/** A page of the timeline. */
export const Timeline = listed(
  'Timeline',
  'Moments of entries or of actors, in time order.',
  object('TimelineItem', 'A moment in the life of an entry or of an actor.', {
    date: HistoricalDate.optional(),
    role: Slug.optional(),
    places: z.array(Id).optional().describe('The place of the moment itself, then those of its entry.'),
    organization: Id.optional().describe('Of which the actor was a member; only with `type=actor`.'),
    onBehalfOf: Id.optional().describe('For whom it was a member; only with `type=actor`.'),
    entry: object('EntrySummary', 'An entry in brief, or an actor, which has no status.', { ...BRIEF, status: Status.optional() }),
    match: z.enum(['certain', 'possible']).optional(),
    via: z
      .array(Id)
      .optional()
      .describe('The bodies, members or groups through which `actorScope` finds it; absent where the actor itself takes part.'),
  }),
  {
    ...totals,
    warnings,
    query: EchoedQuery,
  },
);

/** Counts over time. */
export const Histogram = object('Histogram', 'How many moments begin, or are going on, when; empty buckets are left out.', {
  by: z.enum(BUCKET_UNITS),
  count: z.enum(HISTOGRAM_COUNTS),
  buckets: z.array(
    object('HistogramBucket', 'The moments that begin, or may have been going on, from `start` to `end`.', {
      start: z.string().describe('Its first day, or that of the window.'),
      end: z.string(),
      label: z.string(),
      count: atLeastOne,
      uncertain: count
        .optional()
        .describe(
          'Of these, how many may not have begun, or been going on, in the bucket; absent with `count=ongoing` of more than 50,000 moments.',
        ),
    }),
  ),
  undated: count
    .optional()
    .describe('How many moments without a date answer the filters besides the window; absent when more than are counted.'),
  undatedAtLeast: count.optional().describe('Stands instead of `undated`: there are at least so many.'),
  before: count.optional().describe('Moments that had begun before the window; absent with `count=ongoing`.'),
  withoutStart: count
    .optional()
    .describe('Moments whose start is unknown or open, when the window has no beginning either; absent with `count=ongoing`.'),
  ...totals,
  warnings,
  query: EchoedQuery,
});

/** A page of search results. */
export const SearchResults = listed(
  'SearchResults',
  'Records found by their text, best first.',
  object('SearchHit', 'A record that was found by its text.', {
    ...BRIEF,
    date: HistoricalDate.optional(),
    paragraph: z.int().min(1).optional().describe('The paragraph of the stored text of a source where it matches.'),
    snippet: text.describe('Where it matches, hits between `**`.'),
  }),
  {
    ...totals,
    ranked,
    warnings,
    query: EchoedQuery,
  },
);

const ofCode = modelOf.code.schema.shape;

const Word = object('Word', 'A word that records use, and what the codebook says of it.', {
  value: z.string().describe('The word as records bear it: a slug, or a key of attributes.'),
  count: count.describe('In how many records; 0 for a word of the codebook that none uses.'),
  types: z.array(recordType).describe('Of which types.'),
  code: Id.optional().describe('The record of the codebook that says the rest; absent where it has none.'),
  label: text.describe('The word as people write it.'),
  definition: text,
  names: ofCode['names'],
  identifiers: ofCode['identifiers'],
  recordTypes: ofCode['recordTypes'],
});

/** The words in use and those of the codebook. */
export const Vocabulary = object('Vocabulary', 'The words in use, most used first, then those of the codebook that no record uses.', {
  kinds: z.array(Word),
  roles: z.array(Word),
  moments: z.array(Word).describe('The roles of moments.'),
  topics: z.array(Word),
  relations: z.array(Word),
  statuses: z.array(Word),
  figures: z.array(Word).describe('The labels of figures, as slugs.'),
  attributes: z.array(Word).describe('The keys of attributes.'),
});

/** A part of the change log. */
export const ChangeList = listed(
  'ChangeList',
  'Changes in order, without gaps.',
  object('Change', 'A record was created, updated or deleted.', {
    position: z.string().describe('Where this change stands: `since` for those after it.'),
    sequence: atLeastOne.describe('Its number in the log, counted from 1 without gaps.'),
    action: z.enum(['created', 'updated', 'deleted']),
    type: recordType,
    id: Id,
    revision: atLeastOne,
    at: Instant,
  }),
  {
    next: text.describe('What to give as `since` for the next page; absent on the last, from whose `latest` you go on.'),
    latest: z.string().describe('The position of the newest change of all.'),
  },
);

/** The health of the service. */
export const Health = object('Health', 'The service answers.', { status: z.enum(['ok']) });

/** RFC 9457. */
export const Problem = object('Problem', 'An error, as RFC 9457 has it.', {
  type: z.string().describe('The address of the page that explains it.'),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe('What is wrong here, and what to do.'),
  instance: text.describe('This very answer: `/requests/` and the `X-Request-Id` under which the log has it.'),
  errors: z
    .array(
      object('ProblemIssue', 'One thing that is wrong.', {
        line: atLeastOne.optional().describe('In which line of an import.'),
        pointer: text.describe('Where in the body, or in the line: a JSON pointer.'),
        parameter: text.describe('Which parameter.'),
        message: z.string(),
        sent: text.describe('The value in a line of an import, as JSON, shortened.'),
        didYouMean: z.array(z.string()).optional().describe('What may have been meant, the nearest first: words, or ids of records.'),
        candidates: z.array(Candidate).optional().describe('The records whose ids `didYouMean` lists, with what tells them apart.'),
      }),
    )
    .optional(),
});
