import { z } from 'zod';
import type { Annals } from '../../records/annals.ts';
import { counterpartsOf } from '../../query/execute/counterparts.ts';
import { listTimeline } from '../../query/entries.ts';
import { findRecord } from '../../records/stored-record.ts';
import { timelineHistogram } from '../../query/timeline-histogram.ts';
import {
  ActorTimelineParameters,
  entryFilters,
  HistogramParameters,
  pageParameters,
  TimelineParameters,
} from '../../query/filters/parameters.ts';
import { modelOf } from '../../model/models.ts';
import { Called } from '../../model/strings.ts';
import { linkNext, listJson, toJson } from '../answers.ts';
import { listEndpoint, type ListTag } from '../cache/list-etag.ts';
import type { Endpoint } from '../contract/operation.ts';
import { CounterpartList, Histogram, Timeline } from '../contract/schemas.ts';

const ActorId = z.strictObject({ id: Called.describe('The id of the actor, any of its names, or `scheme:value`.') });

const { from, to, on } = entryFilters;
const CounterpartQuery = z.strictObject({ from, to, on, ...pageParameters });

const TIMELINE = { description: 'Moments of entries, in time order.', schema: Timeline, headers: ['ETag', 'Link'] };

/** The timeline, its histogram, and both sides of an actor: its moments and who shares them. */
export function timelineRoutes(annals: Annals, listTag: ListTag): Endpoint[] {
  const { engine } = annals;
  const timeline = listEndpoint(
    listTag,
    {
      id: 'listTimeline',
      method: 'GET',
      path: '/v1/timeline',
      tag: 'timeline',
      summary: 'List the moments of all entries, in time order',
      description: 'Every dated point or period in the life of an event, agreement or meeting; undated ones come last.',
      scope: 'read',
      query: TimelineParameters,
      answers: { 200: TIMELINE },
      example: { address: '/v1/timeline?on=2022-01-10&limit=1' },
    },
    async (request, reply) => {
      const page = await listTimeline(engine, request.query);
      linkNext(request, reply, page.next);
      return listJson(page);
    },
  );
  const histogram = listEndpoint(
    listTag,
    {
      id: 'getTimelineHistogram',
      method: 'GET',
      path: '/v1/timeline/histogram',
      tag: 'timeline',
      summary: 'Count moments by when they begin',
      description:
        'Each moment counts once, at its earliest day, or in the first bucket when that lies before the window. Of one term this costs the same at any size; of several, or of a text, all moments that answer are read.',
      scope: 'read',
      query: HistogramParameters,
      answers: { 200: { description: 'The buckets that hold something.', schema: Histogram, headers: ['ETag'] } },
      example: { address: '/v1/timeline/histogram?by=decade&actor=UNRCCA' },
    },
    async (request) => {
      const { by = 'year', ...filters } = request.query;
      return toJson({ by, ...(await timelineHistogram(engine, filters, by)) });
    },
  );
  return [timeline, histogram, ...actorRoutes(annals, listTag)];
}

function actorRoutes({ engine }: Annals, listTag: ListTag): Endpoint[] {
  const timeline = listEndpoint(
    listTag,
    {
      id: 'listActorTimeline',
      method: 'GET',
      path: '/v1/actors/{id}/timeline',
      tag: 'actors',
      summary: "List an actor's moments, in time order",
      scope: 'read',
      params: ActorId,
      query: ActorTimelineParameters,
      answers: { 200: TIMELINE },
      problems: ['not-found'],
      example: { address: '/v1/actors/unrcca/timeline?limit=1' },
    },
    async (request, reply) => {
      const { id } = await findRecord(engine, modelOf.actor, request.params.id);
      const page = await listTimeline(engine, { ...request.query, actor: [id] });
      linkNext(request, reply, page.next);
      return listJson(page);
    },
  );
  const counterparts = listEndpoint(
    listTag,
    {
      id: 'listActorCounterparts',
      method: 'GET',
      path: '/v1/actors/{id}/counterparts',
      tag: 'actors',
      summary: 'List who shares entries with an actor, how often, first and last',
      description:
        'Who stands in an entry that the actor takes part in; with a window, in one that it may take part in then. Of an actor with more than 5,000 moments in the window the newest are counted, and `counted` says so.',
      scope: 'read',
      params: ActorId,
      query: CounterpartQuery,
      answers: { 200: { description: 'Its counterparts, most entries first.', schema: CounterpartList, headers: ['ETag', 'Link'] } },
      problems: ['not-found'],
      example: { address: '/v1/actors/kazakhstan/counterparts?limit=1' },
    },
    async (request, reply) => {
      const stored = await findRecord(engine, modelOf.actor, request.params.id);
      const page = await counterpartsOf(engine, stored, request.query);
      linkNext(request, reply, page.next);
      return toJson(page);
    },
  );
  return [timeline, counterparts];
}
