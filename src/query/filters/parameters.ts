import { BUCKET_UNITS } from '../../domain/time/day.ts';
import { z } from 'zod';
import { INCLUDED_TYPES } from '../../model/child-tables.ts';
import { pageParameters } from '../lists/page.ts';
import { alternatives, asCode, oneOrSeveralOf } from './filter.ts';
import { type FilterParameters, filterParameters } from './index.ts';

/**
 * The parameters of lists, composed from the filters. All are strings on the wire; the schemas document numbers and booleans as such, and
 * `http/requests/parsing.ts` reads them. Repeatable ones arrive as arrays.
 */

const INCLUDED = INCLUDED_TYPES.map((type) => `${type}s`);

const include = oneOrSeveralOf(INCLUDED).describe(
  `Adds the records that the items refer to: ${asCode(INCLUDED)}, separated by commas. A page has fewer items where these records would hold more than 8 MiB.`,
);

const { type: _type, ...entryFilters } = filterParameters;

/** The order of moments in time, for the contract. */
const BY_DATE_ORDER =
  'by the earliest day, the narrower date first, then by time of day (`startTime`; without one first), then in the order of recording, undated last';

/** The parameters of a list of entries. */
export const EntryListParameters = z.strictObject({
  ...entryFilters,
  sort: z
    .enum(['date', '-date', 'updated', '-updated', 'title', '-title', 'relevance'])
    .optional()
    .describe(
      `\`date\` when not said: ${BY_DATE_ORDER}; \`title\` sorts words of any script, and numbers by value; \`relevance\` needs \`q\`.`,
    ),
  include,
  ...pageParameters,
});

const byDate = z.enum(['date', '-date']).optional().describe(`\`date\` when not said: ${BY_DATE_ORDER}.`);

/** The parameters of the timeline. */
export const TimelineParameters = z.strictObject({ ...filterParameters, sort: byDate, ...pageParameters });

/** The ways in which a histogram counts: a moment once, where it starts, or in each bucket in which it is ongoing. */
export const HISTOGRAM_COUNTS = ['starts', 'ongoing'] as const;
export type HistogramCount = (typeof HISTOGRAM_COUNTS)[number];

/** The parameters of the histogram. */
export const HistogramParameters = z.strictObject({
  ...filterParameters,
  by: z.enum(BUCKET_UNITS).optional().describe('How wide a bucket is; `year` when not said.'),
  count: z
    .enum(HISTOGRAM_COUNTS)
    .optional()
    .describe('Whether a moment counts once, in the bucket in which it `starts` (the default), or in each in which it may be `ongoing`.'),
});

const { actor: _actor, ...otherFilters } = filterParameters;

/** The parameters of one actor's timeline: the actor is in the path. */
export const ActorTimelineParameters = z.strictObject({ ...otherFilters, sort: byDate, ...pageParameters });

const { from, to, on, during, before, after, overlap, kind, topic, place, source, status, moment, type } = filterParameters;

/** The parameters of the counterparts of an actor. */
export const CounterpartParameters = z.strictObject({
  from,
  to,
  on,
  during,
  before,
  after,
  overlap,
  role: alternatives('Entries in which the actor and the counterpart each take part in this role, or in one of several.'),
  kind,
  topic,
  place,
  source,
  status,
  moment,
  type,
  ...pageParameters,
});

/** Parameters of lists of entries. */
export type EntryFilters = FilterParameters & Omit<z.infer<typeof EntryListParameters>, keyof FilterParameters>;
