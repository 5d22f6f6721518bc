import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { timelineCounts } from '../../src/query/counts/counts.ts';
import { ON_SERVER } from '../helpers/on-server.ts';
import { expectAsCounted } from './oracle/naive-histogram.ts';
import { expectCounts, GROUPINGS, isCountedByTerms } from './oracle/naive-counts.ts';
import { questionsTo } from './oracle/questions.ts';
import { expectAsScanned } from './oracle/walk.ts';
import { type World, writtenWorld } from './oracle/world.ts';

/** Numbers of questions. A server takes 0.5 s for one, with all its pages; the same questions come first on both engines. */
const RUNS = ON_SERVER ? { lists: 50, histograms: 20, terms: 6, counts: 10 } : { lists: 150, histograms: 60, terms: 12, counts: 30 };

const COUNTS = { place: 8, actor: 14, source: 4, agreement: 70, meeting: 50, event: 150 };

describe.each([1, 2, 3])('in random world %i, after creates, updates and deletions,', (seed) => {
  let world: World;
  beforeAll(async () => {
    world = await writtenWorld(seed, COUNTS);
  });
  afterAll(() => world.close());

  test('every list and the timeline answer as a scan of all records does, page by page to the end', async () => {
    await fc.assert(
      fc.asyncProperty(questionsTo(world), (question) => expectAsScanned(world, question)),
      { seed, numRuns: RUNS.lists },
    );
  });

  test('every histogram counts as a scan of all records does', async () => {
    await fc.assert(
      fc.asyncProperty(questionsTo(world), ({ filters }) => expectAsCounted(world, filters)),
      { seed: seed + 100, numRuns: RUNS.histograms },
    );
  });

  test('every count by a dimension or two, with sums of figures or without, counts as a scan of all records does', async () => {
    await fc.assert(
      fc.asyncProperty(questionsTo(world), fc.constantFrom(...GROUPINGS), fc.constantFrom(undefined, 'losses'), ({ filters }, by, sum) =>
        expectCounts(world, by, filters, { sum }),
      ),
      { seed: seed + 300, numRuns: RUNS.counts },
    );
  });

  test('every count by one field counts so by postings', async () => {
    const fields = fc.constantFrom(
      ...GROUPINGS.filter((by) => isCountedByTerms(by, { on: '2000' }) && !/year|decade|century|month/.test(by)),
    );
    await fc.assert(
      fc.asyncProperty(questionsTo(world), fields, ({ filters }, by) => expectCounts(world, by, filters, { most: 0 })),
      { seed: seed + 500, numRuns: RUNS.counts / 2 },
    );
  });

  test('every count by a field of too many values reads moments one by one, or is refused where these are too many', async () => {
    const fields = GROUPINGS.filter((by) => isCountedByTerms(by, {}));
    for (const by of fields) await expectCounts(world, by, {}, { mostValues: 1 });
    const refused = timelineCounts(world.annals.engine, { by: 'topic' }, 0, 1);
    await expect(refused).rejects.toThrow('by=topic would count more than 1 values: ask for a shorter window, or add a filter');
  });

  test('every count of all moments in a window counts so by monthly counts, whether those that share an entry are read or not', async () => {
    const most = fc.constantFrom(undefined, 0);
    await fc.assert(
      fc.asyncProperty(
        questionsTo(world),
        fc.constantFrom(...GROUPINGS),
        most,
        async ({ filters: { from, to, on, type, undated } }, by, read) => {
          const asked = { ...(on === undefined ? { from, to } : { on }), undated, ...(type?.includes(',') ? {} : { type }) };
          await expectCounts(world, by, asked, { most: isCountedByTerms(by, asked) ? read : undefined });
        },
      ),
      { seed: seed + 400, numRuns: RUNS.counts / 2 },
    );
  });

  test('every histogram of one term counts so, by monthly counts and by reading all moments', async () => {
    await fc.assert(
      fc.asyncProperty(questionsTo(world), ({ filters: { from, to, on, type, actor } }) =>
        expectAsCounted(world, {
          ...(on === undefined ? { from, to } : { on }),
          ...(type?.includes(',') ? { actor: actor?.slice(0, 1) } : { type }),
        }),
      ),
      { seed: seed + 200, numRuns: RUNS.terms },
    );
  });
});
