import { z } from 'zod';
import { RECORD_TYPES, type RecordType } from '../../domain/record-type.ts';
import { INCLUDED_TYPES } from '../../model/child-tables.ts';
import type { RecordModel } from '../../model/record-model.ts';
import { list, oneOrSeveralOf } from './filter.ts';
import { type FilterParameters, filterParameters } from './index.ts';
import { textParameter } from './text.ts';
import { typesOf } from './type.ts';
import { updatedSinceParameter } from './updated-since.ts';

/**
 * The parameters of lists, composed from the filters. All are strings on the wire; the schemas document numbers and booleans as such, and
 * `http/requests/parsing.ts` reads them. Repeatable ones arrive as arrays.
 */

/** Number of items of a page: 1 to 200, 50 by default. */
const limit = z
  .string()
  .regex(/^(?:[1-9][0-9]?|1[0-9][0-9]|200)$/, 'give a whole number from 1 to 200')
  .optional()
  .meta({
    description: 'How many items a page holds.',
    override: { type: 'integer', minimum: 1, maximum: 200, default: 50, pattern: undefined },
  });

/** One by relevance is the longest: see `BY_RELEVANCE`. */
const cursor = z.string().min(1).max(8000).optional().describe('Where the last page ended: its `next`. Only for the same query.');

/** Where a list goes on, and how much of it is wanted. */
export const pageParameters = { limit, cursor };

const INCLUDED = INCLUDED_TYPES.map((type) => `${type}s`);

const include = oneOrSeveralOf(INCLUDED).describe(
  `Adds the records that the items refer to: ${INCLUDED.map((name) => `\`${name}\``).join(', ')}, separated by commas.`,
);

const { type: _type, ...entryFilters } = filterParameters;

/** The parameters of a list of entries. */
export const EntryListParameters = z.strictObject({
  ...entryFilters,
  sort: z
    .enum(['date', '-date', 'updated', '-updated', 'title', '-title', 'relevance'])
    .optional()
    .describe('`date` when not said; `relevance` needs `q`.'),
  include,
  ...pageParameters,
});

/** The parameters of the timeline. */
export const TimelineParameters = z.strictObject({ ...filterParameters, sort: z.enum(['date', '-date']).optional(), ...pageParameters });

/** The parameters of the histogram. */
export const HistogramParameters = z.strictObject({
  ...filterParameters,
  by: z.enum(['century', 'decade', 'year', 'month']).optional().describe('How wide a bucket is; `year` when not said.'),
});

const { actor: _actor, ...otherFilters } = filterParameters;

/** The parameters of one actor's timeline: the actor is in the path. */
export const ActorTimelineParameters = z.strictObject({ ...otherFilters, sort: z.enum(['date', '-date']).optional(), ...pageParameters });

const { from, to, on } = filterParameters;

/** The parameters of the counterparts of an actor. */
export const CounterpartParameters = z.strictObject({ from, to, on, ...pageParameters });

/** The parameters of the search over all records. */
export const SearchParameters = z.strictObject({
  q: z.string().min(1).max(300).describe('Words (all of them), "phrases", prefix*. Without regard to case and diacritics.'),
  type: typesOf(RECORD_TYPES),
  ...pageParameters,
});

const recordFilters = {
  kind: list('Of this kind.'),
  q: textParameter,
  updatedSince: updatedSinceParameter,
  sort: z
    .enum(['title', '-title', 'updated', '-updated', 'relevance'])
    .optional()
    .describe('`title` when not said; `relevance` needs `q` and is the default with it.'),
  ...pageParameters,
};

/** The parameters of the list of actors. */
export const ActorListParameters = z.strictObject({
  ...recordFilters,
  partOf: z.string().min(1).max(300).optional().describe('Bodies of this actor, by id or name.'),
  memberOf: z.string().min(1).max(300).optional().describe('Members of this actor, at any time, by id or name.'),
});

/** The parameters of the list of places. */
export const PlaceListParameters = z.strictObject({
  ...recordFilters,
  country: z.string().min(1).max(300).optional().describe('In this country, by id or name.'),
});

/** The parameters of the list of sources. */
export const SourceListParameters = z.strictObject({
  ...recordFilters,
  language: z.string().min(1).max(35).optional().describe('In this language.'),
});

const NAMED_LISTS: Partial<Record<RecordType, z.ZodObject>> = {
  actor: ActorListParameters,
  place: PlaceListParameters,
  source: SourceListParameters,
};

/** The parameters of the list of a type. */
export const listParametersOf = ({ type, timeline }: RecordModel): z.ZodObject =>
  timeline ? EntryListParameters : (NAMED_LISTS[type] ?? z.strictObject(recordFilters));

/** Parameters of lists of entries. */
export type EntryFilters = FilterParameters & Omit<z.infer<typeof EntryListParameters>, keyof FilterParameters>;

/** Filters of the lists of actors, places and sources. */
export type RecordFilters = Partial<
  z.infer<typeof ActorListParameters> & z.infer<typeof PlaceListParameters> & z.infer<typeof SourceListParameters>
>;
