import { z } from 'zod';
import { changesSince } from '../../query/lists/changes.ts';
import { limitOf, pageParameters } from '../../query/lists/page.ts';
import { vocabularyOf } from '../../query/lists/vocabulary.ts';
import { search as searchRecords, SearchParameters } from '../../query/search/search.ts';
import { POSITION } from '../../domain/generation.ts';
import { list } from '../contract/respond.ts';
import { ChangeList, SearchResults, Vocabulary } from '../contract/schemas.ts';

/** The text of all records. */
export const search = list(
  'object',
  {
    id: 'search',
    tag: 'search',
    summary: 'Search the text of all records, best first',
    query: SearchParameters,
    answer: { description: 'Records that have all of the words.', schema: SearchResults },
    example: { address: '/v1/search?q=nuclear&limit=1' },
  },
  async ({ engine }, { query }) => {
    const { total, echo, ...page } = await searchRecords(engine, query);
    return { ...page, ...total, query: echo };
  },
);

/** The words in use and those of the codebook. */
export const getVocabulary = list(
  'object',
  {
    id: 'getVocabulary',
    tag: 'search',
    summary: 'List the kinds, roles, topics and relation types in use, and what they mean',
    description: 'With what the codebook says of each: `/v1/codebook`.',
    answer: { description: 'The words in use, most used first, then those of the codebook that no record uses.', schema: Vocabulary },
    example: { address: '/v1/vocabulary' },
  },
  ({ engine }) => vocabularyOf(engine),
);

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

/** The change log. */
export const listChanges = list(
  'object',
  {
    id: 'listChanges',
    tag: 'changes',
    summary: 'Read the change log, in order',
    description:
      'Every create, update and delete, without gaps. Ask again with `since` set to `next`, or to `latest` where the page has no `next`: nothing is missed. `at` never goes back by more than a second, also when the clock of the server is set back. A position names the generation of the database: after a restore, those from before it are answered 410, for the same numbers may stand for other changes.',
    query: ChangesQuery,
    answer: { description: 'Changes after `since`.', schema: ChangeList },
    problems: ['stale-position'],
    example: { address: '/v1/changes?since=0&limit=1' },
  },
  ({ engine }, { query }) => changesSince(engine, query.since ?? '0', limitOf(query)),
);
