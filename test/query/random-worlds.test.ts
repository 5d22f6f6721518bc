import fc from 'fast-check';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { expectAsCounted } from './oracle/naive-histogram.ts';
import { questionsTo } from './oracle/questions.ts';
import { expectAsScanned } from './oracle/walk.ts';
import { type World, writtenWorld } from './oracle/world.ts';

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
      { seed, numRuns: 150 },
    );
  });

  test('every histogram counts as a scan of all records does', async () => {
    await fc.assert(
      fc.asyncProperty(questionsTo(world), ({ filters }) => expectAsCounted(world, filters)),
      { seed: seed + 100, numRuns: 60 },
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
      { seed: seed + 200, numRuns: 12 },
    );
  });
});
