import { z } from 'zod';
import { ActorTimelineParameters, CounterpartParameters, HistogramParameters, TimelineParameters } from '../../query/filters/parameters.ts';
import { modelOf } from '../../model/models.ts';
import { IdOrName } from '../../model/strings.ts';
import { timelineCounts } from '../../query/counts/counts.ts';
import { CountsParameters } from '../../query/counts/parameters.ts';
import { listTimeline as pageOfTimeline } from '../../query/execute/timeline.ts';
import { counterpartsOf } from '../../query/execute/counterparts.ts';
import { timelineHistogram } from '../../query/execute/histogram.ts';
import { findRecord } from '../../records/stored-record.ts';
import { list } from '../contract/respond.ts';
import { CounterpartList, CountList } from '../contract/count-schemas.ts';
import { Histogram, Timeline } from '../contract/schemas.ts';

const TIMELINE = { description: 'Moments of entries, in time order.', schema: Timeline };

/** The moments of all entries. */
export const listTimeline = list(
  'moments',
  {
    id: 'listTimeline',
    tag: 'timeline',
    summary: 'List the moments of all entries, in time order',
    description:
      'Every dated point or period in the life of an event, agreement or meeting; undated ones come last. With `type=actor` those of actors instead: their dates, and their memberships with a period.',
    query: TimelineParameters,
    answer: TIMELINE,
    example: { address: '/v1/timeline?on=2022-01-10&limit=1' },
  },
  ({ engine }, { query }) => pageOfTimeline(engine, query),
);

/** Counts of moments over time. */
export const getTimelineHistogram = list(
  'object',
  {
    id: 'getTimelineHistogram',
    tag: 'timeline',
    summary: 'Count moments by when they begin, or were going on',
    description:
      'Each moment counts once, at the earliest day in the window on which it can have begun; what had begun before the window is counted in `before`. With `count=ongoing` it counts in each bucket in which it may have been going on. Of one term this costs the same at any size, but for `by=day`; of several, or of a text, all moments that answer are read.',
    query: HistogramParameters,
    answer: { description: 'The buckets that hold something.', schema: Histogram },
    example: { address: '/v1/timeline/histogram?by=decade&actor=UNRCCA' },
  },
  async ({ engine }, { query: { by = 'year', count, ...filters } }) => ({ by, ...(await timelineHistogram(engine, filters, by, count)) }),
);

/** Counts of moments by their values. */
export const getTimelineCounts = list(
  'object',
  {
    id: 'getTimelineCounts',
    tag: 'timeline',
    summary: 'Count moments by kind, role, topic, actor, place and so on, or by two of them',
    description:
      'Groups of the moments that answer the filters, in time order where one dimension is a unit of time, then most moments first. A moment is in a group for each of its values: of two topics in two groups. `actor` and `role` together count participations: the actor in that role, also where another acts for it. Groups are about entries: the moments of actors are not counted. By time, a moment counts where it begins, as in the histogram. Up to 100,000 moments are read one by one. Of more, one dimension, or `actor` and `role` together, is counted by the index: of all moments, or those of one type in a window of whole months, at any size, and of up to 1,000,000 that answer other filters; the field has at most 200,000 values. Two dimensions of more are refused, and sums.',
    query: CountsParameters,
    answer: { description: 'A page of groups.', schema: CountList },
    example: { address: '/v1/timeline/counts?by=year,kind&actor=CSTO&from=2021&limit=2' },
  },
  ({ engine }, { query }) => timelineCounts(engine, query),
);

/** The facts of the operations on an actor. */
const OF_ACTOR = {
  tag: 'actors',
  params: z.strictObject({ id: IdOrName.describe('The id of the actor, any of its names, or `scheme:value`.') }),
  problems: ['not-found' as const],
};

/** The moments of one actor. */
export const listActorTimeline = list(
  'moments',
  {
    ...OF_ACTOR,
    id: 'listActorTimeline',
    summary: "List an actor's moments, in time order",
    description:
      'The moments of the entries in which it takes part. With `type=actor` its life instead: its dates, its memberships, and those of others in it or on its behalf.',
    query: ActorTimelineParameters,
    answer: TIMELINE,
    example: { address: '/v1/actors/unrcca/timeline?limit=1' },
  },
  async ({ engine }, { params, query }) => {
    const { id } = await findRecord(engine, modelOf.actor, params.id);
    return pageOfTimeline(engine, { ...query, actor: [id] });
  },
);

/** The actors that share entries with one. */
export const listActorCounterparts = list(
  'object',
  {
    ...OF_ACTOR,
    id: 'listActorCounterparts',
    summary: 'List who shares entries with an actor, how often, first and last',
    description:
      'Who stands in an entry that the actor takes part in; with a window, in one that it may take part in then. With `role=yes`, both take part in it in that role: so the votes that two states cast alike can be counted. Of several roles they may have different ones; with `!` before one, moments in which the actor has it are left out, and counterparts that have it in the entry. Of an actor with more than 5,000 moments in the window the newest are counted, and `counted` says so.',
    query: CounterpartParameters,
    answer: { description: 'Its counterparts, most entries first.', schema: CounterpartList },
    example: { address: '/v1/actors/kazakhstan/counterparts?limit=1' },
  },
  async ({ engine }, { params, query }) => counterpartsOf(engine, await findRecord(engine, modelOf.actor, params.id), query),
);
