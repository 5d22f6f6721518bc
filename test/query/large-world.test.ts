import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOOKUP_MAX, PROBED_TERMS_MAX } from '../../src/query/plan/costs.ts';
import { isoOfDay, monthIndexOf } from '../../src/domain/time/day.ts';
import { findByDate } from '../../src/query/execute/timeline.ts';
import { totalOf } from '../../src/query/execute/count.ts';
import type { Plan } from '../../src/query/plan/query.ts';
import { estimateByMonth } from '../../src/query/plan/estimate.ts';
import { planOf, routed } from '../../src/query/plan/plan.ts';
import { parseQuery } from '../../src/query/filters/parse.ts';
import type { EntryFilters } from '../../src/query/filters/parameters.ts';
import { RANKED_MAX } from '../../src/query/lists/cursors.ts';
import { search, type SearchHit } from '../../src/query/search/search.ts';
import { momentsOf, placeOf, scan } from './oracle/naive.ts';
import { expectAsCounted } from './oracle/naive-histogram.ts';
import { questionsTo } from './oracle/questions.ts';
import { compare, expectAsScanned } from './oracle/walk.ts';
import { importedWorld, type World } from './oracle/world.ts';

/** Terms and texts that more moments have than are gathered, with and without a window. */
const BUSY: EntryFilters[] = [
  { actor: ['actor-0', 'actor-1'] },
  { actor: ['actor-0', 'actor-1'], from: '1900' },
  { actor: ['actor-0,actor-1'], topic: 'topic-a', to: '2100' },
  { actor: ['actor-0'], topic: 'topic-a', role: 'host', from: '1500' },
  { actor: ['actor-0', 'actor-1'], match: 'certain', from: '1980' },
  { q: 'begin finis', actor: ['actor-0'], from: '1990' },
  { q: 'begi*', actor: ['actor-0'], from: '1990' },
];

/** A low limit of rows, so that the count stops before its end. */
const LOOKED_AT = 500;

const COUNTS = { place: 8, actor: 14, source: 4, agreement: 500, meeting: 300, event: 2400 };

describe('in a world with terms of more than LOOKUP_MAX postings', () => {
  let world: World;
  beforeAll(async () => {
    world = await importedWorld(11, COUNTS);
  });
  afterAll(() => world.close());

  async function planFor(filters: EntryFilters, each: 'moment' | 'record'): Promise<Plan> {
    const { query } = await parseQuery(world.annals.engine, filters, each);
    return planOf(world.annals.engine, query);
  }

  test('many terms have more than LOOKUP_MAX postings', async () => {
    const [rows] = await world.annals.engine.read([{ sql: 'SELECT field, value FROM terms WHERE count > ?', params: [LOOKUP_MAX] }]);
    const busy = rows.map(([field, value]) => `${String(field)}=${String(value)}`);
    expect(busy).toEqual(
      expect.arrayContaining(['everything=', 'type=event', 'actor=actor-0', 'topic=topic-a', 'kind=visit', 'role=host']),
    );
  });

  test('every list and the timeline return the items of a scan, page by page to the end', async () => {
    await fc.assert(
      fc.asyncProperty(questionsTo(world), (question) => expectAsScanned(world, question)),
      { seed: 11, numRuns: 25 },
    );
  });

  test.each<EntryFilters>(BUSY)('filters of common terms return the items of a scan: %j', async (filters) => {
    for (const sort of ['-date', 'title'] as const)
      await expectAsScanned(world, { list: 'event', pages: 3, filters: { ...filters, sort } });
    await expectAsScanned(world, { list: 'timeline', pages: 3, filters: { ...filters, type: 'event,meeting' } });
    await expectAsCounted(world, filters, ['year']);
  });

  test.each<EntryFilters>(BUSY)('a total beyond the limit counts whole months and is marked as a lower bound: %j', async (filters) => {
    const plan = await planFor(filters, 'moment');
    const { conjuncts, estimate } = await estimateByMonth(world.annals.engine, { ...plan, undated: 'without' }, LOOKED_AT);
    const until = isoOfDay(estimate.until!);
    const part = scan(world.documents, { ...filters, to: until });
    expect(await totalOf(world.annals.engine, routed({ ...plan, conjuncts, estimate }))).toEqual({ totalAtLeast: part.length });
    expect(part.length).toBeLessThanOrEqual(LOOKED_AT);
    // With one month more in which any begins, there would be more of the rarest term than may be looked at.
    const [rarest] = conjuncts;
    const [rows] = await world.annals.engine.read([
      {
        sql: 'SELECT sum(started) FROM monthly_counts WHERE term = :term AND month <= (SELECT min(month) FROM monthly_counts WHERE term = :term AND month > :last)',
        params: [{ term: rarest!.terms[0]!.key, last: monthIndexOf(estimate.until!) }],
      },
    ]);
    expect(rows[0]![0]).toBeGreaterThan(LOOKED_AT);
  });

  test.each<EntryFilters>([
    { q: 'begin finis', actor: ['actor-0'], from: '1990' },
    { q: 'begin', actor: ['actor-0'], topic: 'topic-a', from: '1950', to: '2010' },
    { q: 'begin', actor: ['actor-0,actor-1'], match: 'certain', from: '1980' },
  ])('a text query finds moments that begin long before a window, by look-up and by join: %j', async (filters) => {
    const { engine } = world.annals;
    for (const each of ['moment', 'record'] as const) {
      const plan = await planFor(filters, each);
      const lookedUp: Plan = { ...plan, text: { ...plan.text!, open: 0 } };
      for (const direction of ['forward', 'backward'] as const) {
        const [joined, found] = await Promise.all(
          [plan, lookedUp].map((way) => findByDate(engine, way, { direction }, COUNTS.event, 'm.item')),
        );
        expect(found!.map(({ moment }) => moment)).toEqual(joined!.map(({ moment }) => moment));
      }
      expect(await totalOf(engine, lookedUp)).toEqual(await totalOf(engine, plan));
      if (each === 'moment') expect(await totalOf(engine, lookedUp)).toEqual({ total: scan(world.documents, filters).length });
    }
  });

  test.each(['members', 'groups'] as const)('%s match in the days of their memberships, or always without a period', async (actorScope) => {
    for (const number of [0, 1, 2, 3, 4]) {
      const sort = number % 2 === 0 ? 'date' : '-date';
      await expectAsScanned(world, { list: 'timeline', pages: 3, filters: { actor: [`actor-${number}`], actorScope, sort } });
    }
  });

  test.each<['moment' | 'record', EntryFilters]>([
    ['moment', { actor: ['!actor-1'], actorScope: 'members' }],
    ['moment', { topic: '!topic-a,!topic-b' }],
    ['record', { actor: ['!actor-0'], from: '1990', type: 'agreement' }],
  ])('what is left out is found whether it is probed or joined, also many terms, by %s: %j', async (each, filters) => {
    const { engine } = world.annals;
    const plan = await planFor(filters, each);
    const terms = Array.from({ length: PROBED_TERMS_MAX + 1 }, (_, index) => plan.excluded.terms[index % plan.excluded.terms.length]!);
    const many: Plan = { ...plan, excluded: { ...plan.excluded, terms } };
    const ways: Plan[] = [plan, many, { ...plan, path: 'ftsScan' }, { ...many, path: 'ftsScan' }];
    const [probed, ...others] = await Promise.all(ways.map((way) => findByDate(engine, way, { direction: 'forward' }, 5000, 'm.item')));
    expect(probed!.length).toBeGreaterThan(0);
    for (const found of others) expect(found.map(({ moment }) => moment)).toEqual(probed!.map(({ moment }) => moment));
    if (each === 'moment') expect(probed).toHaveLength(scan(world.documents, filters).length);
  });

  test('a search for a common word ranks the newest thousand moments, reports it, and counts all', async () => {
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

  test('every histogram has the counts of a scan', async () => {
    await fc.assert(
      fc.asyncProperty(questionsTo(world), ({ filters }) => expectAsCounted(world, filters, ['decade', 'month'])),
      { seed: 12, numRuns: 12 },
    );
  });
});
