import { z } from 'zod';
import type { Annals } from '../../records/annals.ts';
import { POSITION } from '../../records/change-log.ts';
import { changesSince } from '../../query/lists/changes.ts';
import { search } from '../../query/search/search.ts';
import { vocabularyOf } from '../../query/lists/vocabulary.ts';
import { limitOf } from '../../query/lists/page.ts';
import { pageParameters, SearchParameters } from '../../query/filters/parameters.ts';
import { linkNext, toJson } from '../answers.ts';
import { listEndpoint, type ListTag } from '../cache/list-etag.ts';
import type { Endpoint } from '../contract/operation.ts';
import { ChangeList, SearchResults, Vocabulary } from '../contract/schemas.ts';

const ChangesQuery = z.strictObject({
  since: z
    .string()
    .regex(new RegExp(POSITION), 'give the position of a change, such as "k2m9x0ab-42", or 0')
    .optional()
    .meta({
      description:
        'Only changes after this position: `next` or `latest` of an earlier answer, the `position` of a change, or `Change-Position` of an export. 0, the default, is before the first.',
      override: { default: '0' },
    }),
  limit: pageParameters.limit,
});

/** What reaches over all record types: search, vocabulary, the change log. */
export function searchRoutes({ engine }: Annals, listTag: ListTag): Endpoint[] {
  const searching = listEndpoint(
    listTag,
    {
      id: 'search',
      method: 'GET',
      path: '/v1/search',
      tag: 'search',
      summary: 'Search the text of all records, best first',
      scope: 'read',
      query: SearchParameters,
      answers: { 200: { description: 'Records that have all of the words.', schema: SearchResults, headers: ['ETag', 'Link'] } },
      example: { address: '/v1/search?q=nuclear&limit=1' },
    },
    async (request, reply) => {
      const { total, understood, ...page } = await search(engine, request.query);
      linkNext(request, reply, page.next);
      return toJson({ ...page, ...total, query: understood });
    },
  );
  const vocabulary = listEndpoint(
    listTag,
    {
      id: 'getVocabulary',
      method: 'GET',
      path: '/v1/vocabulary',
      tag: 'search',
      summary: 'List the kinds, roles, topics and relation types in use',
      scope: 'read',
      answers: { 200: { description: 'The words in use, most used first.', schema: Vocabulary, headers: ['ETag'] } },
      example: { address: '/v1/vocabulary' },
    },
    async () => {
      return toJson(await vocabularyOf(engine));
    },
  );
  return [searching, vocabulary, changesRoute(engine, listTag)];
}

function changesRoute(engine: Annals['engine'], listTag: ListTag): Endpoint {
  return listEndpoint(
    listTag,
    {
      id: 'listChanges',
      method: 'GET',
      path: '/v1/changes',
      tag: 'changes',
      summary: 'Read the change log, in order',
      description:
        'Every create, update and delete, without gaps. Ask again with `since` set to the last `position` you have seen: nothing is missed. `at` never goes back by more than a second, also when the clock of the server is set back. A position names the generation of the database: after a restore, those from before it are answered 410, for the same numbers may stand for other changes.',
      scope: 'read',
      query: ChangesQuery,
      answers: { 200: { description: 'Changes after `since`.', schema: ChangeList, headers: ['ETag', 'Link'] } },
      problems: ['stale-position'],
      example: { address: '/v1/changes?since=0&limit=1' },
    },
    async (request, reply) => {
      const page = await changesSince(engine, request.query.since ?? '0', limitOf(request.query));
      linkNext(request, reply, page.next, 'since');
      return toJson(page);
    },
  );
}
