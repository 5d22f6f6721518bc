import { z } from 'zod';
import { ENTRY_TYPES, RECORD_TYPES, type RecordType } from '../../domain/record-type.ts';
import { INCLUDED_TYPES } from '../../model/child-tables.ts';
import type { RecordModel } from '../../model/record-model.ts';
import { ONE_REASON } from '../../model/strings.ts';

/**
 * The query parameters, the same on every list that has them. All are strings on the wire; numbers and booleans are documented as
 * what they are and read by the door. Repeatable ones arrive as arrays.
 */

/** Something besides commas and spaces. */
const VALUE = /[^,\s]/;
const NO_VALUE = 'is empty: give a value or leave it out';

const list = (what: string) =>
  z.string().min(1, ONE_REASON).max(2000).regex(VALUE, NO_VALUE).optional().describe(`${what} Separate several by commas: any of them.`);
const date = z.string().min(1).max(64).optional();

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

const include = z
  .string()
  .regex(
    new RegExp(`^(?:${INCLUDED.join('|')})(?:,(?:${INCLUDED.join('|')}))*$`),
    `give ${INCLUDED.join(', ')}, or several of them separated by commas`,
  )
  .optional()
  .describe(`Adds the records that the items refer to: ${INCLUDED.map((name) => `\`${name}\``).join(', ')}, separated by commas.`);

const updatedSince = z
  .string()
  .max(40)
  .regex(
    /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.][0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2}))?$/,
    'give an instant such as 2026-11-21T10:00:00Z, or a day',
  )
  .optional()
  .describe(
    'Changed at or after this instant (RFC 3339) or day (UTC). Of changes made at the same time, one may be logged up to a second after another whose instant is later: follow `GET /v1/changes` to miss none.',
  );

const text = z
  .string()
  .min(1)
  .max(300)
  .optional()
  .describe('Full text: words (all of them), "phrases", prefix*. Without regard to case and diacritics.');

/** The filters on everything that stands on the timeline. */
export const entryFilters = {
  from: date.describe('From this date on: `2018`, `2018-03`, `2018-03-26`; its first day counts.'),
  to: date.describe('Up to this date; its last day counts.'),
  on: date.describe('In this date: `2022-01`, `199X`, or an interval; excludes `from` and `to`.'),
  match: z
    .enum(['possible', 'certain'])
    .optional()
    .describe('Whether an overlap with the window that is only `possible` counts (the default); `certain` needs a window.'),
  undated: z
    .enum(['true', 'false'])
    .optional()
    .meta({
      description: '`true`: only what has no date; `false`: only what has one.',
      override: { type: 'boolean', enum: undefined },
    }),
  actor: z
    .array(z.string().min(1, ONE_REASON).max(600).regex(VALUE, NO_VALUE))
    .min(1)
    .max(10)
    .optional()
    .describe('An actor by id, any of its names, or `scheme:value`. Repeat it: all of them together; commas: any of them.'),
  role: list('In this role; of the actor, where one is asked.'),
  actorScope: z
    .enum(['self', 'parts', 'members'])
    .optional()
    .describe('Also its bodies (`parts`), or whoever was its member at the date of the entry (`members`); needs an actor.'),
  kind: list('Of this kind.'),
  topic: list('On this topic.'),
  place: list('At this place, by id, name or `scheme:value`; a country stands for its places too.'),
  source: list('Citing this source.'),
  relatedTo: list('Related to this record, in either direction: `agreement/tashkent-declaration-2018`.'),
  status: z
    .string()
    .regex(
      /^(?:occurred|planned|claimed|disputed)(?:,(?:occurred|planned|claimed|disputed))*$/,
      'give occurred, planned, claimed, disputed, or several of them separated by commas',
    )
    .optional()
    .describe('`occurred`, `planned`, `claimed`, `disputed`. Separate several by commas: any of them.'),
  moment: list('Of moments with this role: `signed`, `adopted`, `held`.'),
  q: text,
  updatedSince,
};

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

/** One or several of a list of types, separated by commas. */
const typesOf = (types: readonly string[]) =>
  z
    .string()
    .regex(
      new RegExp(`^(?:${types.join('|')})(?:,(?:${types.join('|')}))*$`),
      `give ${types.join(', ')}, or several of them separated by commas`,
    )
    .optional()
    .describe(`Only of these types: ${types.map((type) => `\`${type}\``).join(', ')}. Separate several by commas: any of them.`);

const timelineFilters = { ...entryFilters, type: typesOf(ENTRY_TYPES) };

/** The parameters of the timeline. */
export const TimelineParameters = z.strictObject({ ...timelineFilters, sort: z.enum(['date', '-date']).optional(), ...pageParameters });

/** The parameters of the histogram. */
export const HistogramParameters = z.strictObject({
  ...timelineFilters,
  by: z.enum(['century', 'decade', 'year', 'month']).optional().describe('How wide a bucket is; `year` when not said.'),
});

const { actor: _actor, ...otherFilters } = timelineFilters;

/** The parameters of one actor's timeline: the actor is in the path. */
export const ActorTimelineParameters = z.strictObject({ ...otherFilters, sort: z.enum(['date', '-date']).optional(), ...pageParameters });

/** The parameters of the search over all records. */
export const SearchParameters = z.strictObject({
  q: z.string().min(1).max(300).describe('Words (all of them), "phrases", prefix*. Without regard to case and diacritics.'),
  type: typesOf(RECORD_TYPES),
  ...pageParameters,
});

const recordFilters = {
  kind: list('Of this kind.'),
  q: text,
  updatedSince,
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

const LIST_PARAMETERS: Record<RecordType, z.ZodObject> = {
  event: EntryListParameters,
  agreement: EntryListParameters,
  meeting: EntryListParameters,
  actor: ActorListParameters,
  place: PlaceListParameters,
  source: SourceListParameters,
};

/** The parameters of the list of a type. */
export const listParametersOf = ({ type }: RecordModel): z.ZodObject => LIST_PARAMETERS[type];

/** Filters of any list of entries. */
export type EntryFilters = Omit<z.infer<typeof EntryListParameters>, 'sort'> &
  Pick<z.infer<typeof TimelineParameters>, 'type'> & { sort?: EntrySort };
type EntrySort = z.infer<typeof EntryListParameters>['sort'];

/** Filters of the lists of actors, places and sources. */
export type RecordFilters = Partial<
  z.infer<typeof ActorListParameters> & z.infer<typeof PlaceListParameters> & z.infer<typeof SourceListParameters>
>;
