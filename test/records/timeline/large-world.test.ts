import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GATHERED_MAX } from '../../../src/records/timeline/by-date.ts';
import { RANKED_MAX } from '../../../src/records/reading/ranking.ts';
import { search, type SearchHit } from '../../../src/records/reading/search.ts';
import { momentsOf, placeOf } from './naive.ts';
import { expectAsCounted } from './naive-histogram.ts';
import { questionsTo } from './questions.ts';
import { compare, expectAsScanned } from './walk.ts';
import { importedWorld, type World } from './world.ts';

const COUNTS = { place: 8, actor: 14, source: 4, agreement: 500, meeting: 300, event: 2400 };

describe('in a world whose busiest terms have more postings than are gathered,', () => {
  let world: World;
  beforeAll(async () => {
    world = await importedWorld(11, COUNTS);
  });
  afterAll(() => world.close());

  test('many terms do', async () => {
    const [rows] = await world.annals.engine.read([{ sql: 'SELECT field, value FROM terms WHERE count > ?', params: [GATHERED_MAX] }]);
    const busy = rows.map(([field, value]) => `${String(field)}=${String(value)}`);
    expect(busy).toEqual(
      expect.arrayContaining(['everything=', 'type=event', 'actor=actor-0', 'topic=topic-a', 'kind=visit', 'role=host']),
    );
  });

  test('every list and the timeline answer as a scan of all records does, page by page to the end', async () => {
    await fc.assert(
      fc.asyncProperty(questionsTo(world), (question) => expectAsScanned(world, question)),
      { seed: 11, numRuns: 100 },
    );
  });

  test('members count in the days of their memberships, and always where there is no date', async () => {
    for (const number of [0, 1, 2, 3, 4]) {
      const sort = number % 2 === 0 ? 'date' : '-date';
      await expectAsScanned(world, { list: 'timeline', pages: 3, filters: { actor: [`actor-${number}`], actorScope: 'members', sort } });
    }
  });

  test('a search for a common word ranks the newest thousand moments, says so, and counts all', async () => {
    const { engine } = world.annals;
    const found: SearchHit[] = [];
    let cursor: string | undefined;
    do {
      const page = await search(engine, { q: 'begin', type: 'event', limit: '200', cursor });
      expect(page).toMatchObject({ ranked: 'newest', total: { total: COUNTS.event } });
      found.push(...page.items);
      cursor = page.next;
    } while (cursor !== undefined);
    expect(new Set(found.map(({ id }) => id)).size).toBe(RANKED_MAX);
    const dates = found.map(({ date }) => (date as { edtf?: string } | undefined)?.edtf);
    const events = [...world.documents.values()].filter(({ type }) => type === 'event').flatMap(momentsOf);
    const newest = events.toSorted((a, b) => compare(placeOf(b), placeOf(a))).slice(0, RANKED_MAX - 20);
    expect(dates).toEqual(expect.arrayContaining(newest.map(({ date }) => date?.edtf)));
  });

  test('every histogram counts as a scan of all records does', async () => {
    await fc.assert(
      fc.asyncProperty(questionsTo(world), ({ filters }) => expectAsCounted(world, filters)),
      { seed: 12, numRuns: 50 },
    );
  });
});
