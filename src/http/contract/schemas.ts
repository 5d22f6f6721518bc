import { z } from 'zod';
import { withArticle } from '../../domain/article.ts';
import { INCLUDED_TYPES } from '../../model/child-tables.ts';
import { modelOf } from '../../model/models.ts';
import { RECORD_TYPES } from '../../domain/record-type.ts';
import { HistoricalDate, Status } from '../../model/fields.ts';
import type { RecordModel } from '../../model/record-model.ts';
import { Id, Instant, Slug } from '../../model/strings.ts';

/** The shapes of answers that are not records. Every object has a name, which is its component in the OpenAPI document. */

const recordType = z.enum(RECORD_TYPES);
const next = z.string().optional().describe('The cursor of the next page; absent on the last.');
const words = z.array(z.string()).optional();

/** What was understood of the parameters of a list. */
export const UnderstoodQuery = z
  .strictObject({
    from: z.string().optional().describe('The first day of the window.'),
    to: z.string().optional().describe('The last day of the window.'),
    match: z.enum(['possible', 'certain']).optional(),
    undated: z.string().optional(),
    actor: words.describe('Ids; each item must take part, alternatives are separated by commas.'),
    actorScope: z.string().optional(),
    role: words,
    kind: words,
    topic: words,
    place: words,
    source: words,
    relatedTo: words,
    status: words,
    moment: words,
    type: words,
    q: z.string().optional(),
    updatedSince: z.string().optional(),
    partOf: z.string().optional(),
    memberOf: z.string().optional(),
    country: z.string().optional(),
    language: z.string().optional(),
  })
  .meta({ id: 'UnderstoodQuery', description: 'What was understood: names resolved to ids, dates to days.' });

const totals = {
  total: z
    .int()
    .min(0)
    .optional()
    .describe(
      'How many there are in all. Known for one term and a window whatever the number, and otherwise up to 10,000, as long as no more than 50,000 moments of the rarest term lie in the window; absent beyond.',
    ),
  totalAtLeast: z
    .int()
    .min(0)
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
export const IncludedRecords = z
  .strictObject(Object.fromEntries(INCLUDED_TYPES.map((type) => [modelOf[type].path, z.array(modelOf[type].schema).optional()])))
  .meta({ id: 'IncludedRecords', description: 'The records that the items refer to, as asked by `include`.' });

/** A page of records of a type. */
export function listOf({ name, path, schema }: RecordModel): z.ZodObject {
  return z
    .strictObject({ items: z.array(schema), next, ...totals, ranked, included: IncludedRecords.optional(), query: UnderstoodQuery })
    .meta({ id: `${name}List`, description: `A page of ${path}.` });
}

/** A revision of a record of a type. */
export function historyOf({ name, type, schema }: RecordModel): z.ZodObject {
  const revision = z
    .strictObject({
      revision: z.int().min(1),
      action: z.enum(['created', 'updated', 'deleted']),
      at: Instant,
      record: schema.optional(),
    })
    .meta({
      id: `${name}Revision`,
      description: `A revision of ${withArticle(type)}, with what it said then; one that is its deletion has no \`record\`.`,
    });
  return z
    .strictObject({ items: z.array(revision), next })
    .meta({ id: `${name}History`, description: `The revisions of ${withArticle(type)}.` });
}

/** A record in brief. */
export const RecordSummary = z
  .strictObject({ type: recordType, id: Id, kind: Slug, title: z.string() })
  .meta({ id: 'RecordSummary', description: 'A record in brief.' });

/** What a record is related to. */
export const RelatedList = z
  .strictObject({
    items: z.array(
      z
        .strictObject({
          relation: Slug,
          direction: z.enum(['outgoing', 'incoming']).describe('`outgoing`: stated by the record that was asked about.'),
          record: RecordSummary,
        })
        .meta({ id: 'RelatedRecord', description: 'A record at the other end of a relation.' }),
    ),
    next,
  })
  .meta({ id: 'RelatedList', description: 'The records a record points to, and those that point to it.' });

/** A page of the timeline. */
export const Timeline = z
  .strictObject({
    items: z.array(
      z
        .strictObject({
          date: HistoricalDate.optional(),
          role: Slug.optional(),
          place: Id.optional(),
          entry: z
            .strictObject({ type: recordType, id: Id, kind: Slug, title: z.string(), status: Status })
            .meta({ id: 'EntrySummary', description: 'An entry in brief.' }),
          match: z.enum(['certain', 'possible']).optional(),
        })
        .meta({ id: 'TimelineItem', description: 'A moment in the life of an entry.' }),
    ),
    next,
    ...totals,
    query: UnderstoodQuery,
  })
  .meta({ id: 'Timeline', description: 'Moments of entries, in time order.' });

/** Counts over time. */
export const Histogram = z
  .strictObject({
    by: z.enum(['century', 'decade', 'year', 'month']),
    buckets: z.array(
      z
        .strictObject({
          start: z.string(),
          end: z.string(),
          label: z.string(),
          count: z.int().min(1),
          uncertain: z.int().min(0).describe('Of these, how many may have begun only after the bucket.'),
        })
        .meta({ id: 'HistogramBucket', description: 'The moments that begin, at the earliest, from `start` to `end`.' }),
    ),
    undated: z
      .int()
      .min(0)
      .optional()
      .describe('How many moments without a date answer the filters besides the window; absent when more than are counted.'),
    undatedAtLeast: z.int().min(0).optional().describe('Stands instead of `undated`: there are at least so many.'),
    beginless: z.int().min(0).describe('Moments whose start is unknown or open, when the window has no beginning either.'),
    ...totals,
    query: UnderstoodQuery,
  })
  .meta({ id: 'Histogram', description: 'How many moments begin when; empty buckets are left out.' });

/** A page of search results. */
export const SearchResults = z
  .strictObject({
    items: z.array(
      z
        .strictObject({
          type: recordType,
          id: Id,
          kind: Slug,
          title: z.string(),
          date: HistoricalDate.optional(),
          snippet: z.string().optional().describe('Where it matches, hits between `**`.'),
        })
        .meta({ id: 'SearchHit', description: 'A record that was found by its text.' }),
    ),
    next,
    ...totals,
    ranked,
    query: UnderstoodQuery,
  })
  .meta({ id: 'SearchResults', description: 'Records found by their text, best first.' });

/** Who shares entries with an actor. */
export const CounterpartList = z
  .strictObject({
    items: z.array(
      z
        .strictObject({
          actor: z.strictObject({ id: Id, name: z.string(), kind: Slug }).meta({ id: 'ActorSummary', description: 'An actor in brief.' }),
          entries: z.int().min(1).describe('How many entries they share.'),
          first: z.string().optional().describe('The earliest day of the first.'),
          last: z.string().optional().describe('The latest day of the last.'),
        })
        .meta({ id: 'Counterpart', description: 'An actor that shares entries with another.' }),
    ),
    next,
    counted: z
      .enum(['all', 'newest'])
      .describe('Whether all entries were counted or, because there are too many, only those of the newest 5,000 moments of the actor.'),
  })
  .meta({ id: 'CounterpartList', description: 'Who shares entries with an actor, most first.' });

const Word = z
  .strictObject({
    value: Slug,
    count: z.int().min(1).describe('In how many records.'),
    types: z.array(recordType).describe('Of which types.'),
  })
  .meta({ id: 'Word', description: 'A word in use.' });

/** The words in use. */
export const Vocabulary = z
  .strictObject({
    kinds: z.array(Word),
    roles: z.array(Word),
    moments: z.array(Word).describe('The roles of moments.'),
    topics: z.array(Word),
    relations: z.array(Word),
    statuses: z.array(Word),
  })
  .meta({ id: 'Vocabulary', description: 'The words in use, most used first.' });

/** A part of the change log. */
export const ChangeList = z
  .strictObject({
    items: z.array(
      z
        .strictObject({
          position: z.string().describe('Where this change stands: `since` for those after it.'),
          sequence: z.int().min(1).describe('Its number in the log, counted from 1 without gaps.'),
          action: z.enum(['created', 'updated', 'deleted']),
          type: recordType,
          id: Id,
          revision: z.int().min(1),
          at: Instant,
        })
        .meta({ id: 'Change', description: 'A record was created, updated or deleted.' }),
    ),
    next: z.string().optional().describe('What to give as `since` for the next page; absent when there is none yet.'),
    latest: z.string().describe('The position of the newest change there is.'),
  })
  .meta({ id: 'ChangeList', description: 'Changes in order, without gaps.' });

/** Whether the service works. */
export const Health = z.strictObject({ status: z.enum(['ok']) }).meta({ id: 'Health', description: 'The service answers.' });

/** RFC 9457. */
export const Problem = z
  .strictObject({
    type: z.string().describe('The address of the page that explains it.'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What is wrong here, and what to do.'),
    instance: z.string().optional().describe('This very answer: `/requests/` and the `X-Request-Id` under which the log has it.'),
    errors: z
      .array(
        z
          .strictObject({
            line: z.int().min(1).optional().describe('In which line of an import.'),
            pointer: z.string().optional().describe('Where in the body, or in the line: a JSON pointer.'),
            parameter: z.string().optional().describe('Which parameter.'),
            message: z.string(),
            sent: z.string().optional().describe('The value in a line of an import, as JSON, shortened.'),
            didYouMean: z.array(z.string()).optional(),
          })
          .meta({ id: 'ProblemIssue', description: 'One thing that is wrong.' }),
      )
      .optional(),
  })
  .meta({ id: 'Problem', description: 'An error, as RFC 9457 has it.' });
