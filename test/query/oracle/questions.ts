import fc from 'fast-check';
import { ENTRY_TYPES } from '../../../src/domain/record-type.ts';
import type { EntryFilters } from '../../../src/query/filters/parameters.ts';
import { SLUGS, WORDS } from './bodies.ts';
import { windowAsked } from './dates.ts';
import type { World } from './world.ts';

/** A random question: which list, in how many pages it is walked, and what it filters. */
export type Question = { list: 'timeline' | 'event' | 'agreement' | 'meeting'; pages: number; filters: EntryFilters };

/** Some values, a quarter of them left out. */
const anyOf = (values: readonly string[], max = 2): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(fc.constantFrom('', '', '', '', '', '', '!', '! '), fc.constantFrom(...values)), { minLength: 1, maxLength: max })
    .map((each) => each.map(([sign, value]) => sign + value).join(','));

/** Types of which at least one is left. */
const types = anyOf(ENTRY_TYPES).filter((asked) => {
  const [any, none] = ['', '!'].map((sign) => asked.split(',').filter((each) => each.startsWith('!') === (sign === '!')));
  return (
    none!.length === 0 ||
    (any!.length === 0 && none!.length < ENTRY_TYPES.length) ||
    any!.some((type) => none!.every((each) => !each.endsWith(type)))
  );
});

/** One in so many questions has a filter. */
const oneIn = <Value>(times: number, arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** Texts to look for: words, phrases and beginnings, in any case. */
export const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(...WORDS),
      fc.constantFrom(
        'ANTONIO',
        'celik',
        'Naive',
        'гази',
        'sea*',
        'Wat*',
        'anto*',
        '"begin sea"',
        '"sea water"',
        '"water se"*',
        'visit',
        'person',
        'nowhere',
      ),
    ),
    { minLength: 1, maxLength: 2 },
  )
  .map((each) => each.join(' '));

/** The filters that all lists have, of a world's own values and a few that do not occur. */
function filtersIn({ documents }: World): fc.Arbitrary<EntryFilters> {
  const known = [...documents.values()];
  const idsOf = (type: string) => known.filter((each) => each.type === type).map(({ id }) => id);
  const actor = fc.oneof(fc.constantFrom('actor-0', 'actor-1', '!actor-0'), anyOf(idsOf('actor'), 3));
  const instants = known.map(({ updatedAt }) => updatedAt);
  return fc
    .record({
      window: windowAsked,
      overlap: oneIn(2, fc.constantFrom('starts' as const, 'within' as const, 'covers' as const)),
      basis: oneIn(8, fc.constantFrom('stated' as const, 'inferred' as const)),
      match: oneIn(3, fc.constantFrom('possible' as const, 'certain' as const)),
      undated: oneIn(4, fc.constantFrom('true' as const, 'false' as const)),
      actor: oneIn(3, fc.array(actor, { minLength: 1, maxLength: 2 })),
      role: oneIn(6, anyOf([...SLUGS.role, 'unheard-of'])),
      actorScope: oneIn(2, fc.constantFrom('self' as const, 'parts' as const, 'members' as const, 'groups' as const)),
      kind: oneIn(6, anyOf([...SLUGS.kind, 'unheard-of'])),
      topic: oneIn(5, anyOf([...SLUGS.topic, 'unheard-of'])),
      status: oneIn(8, anyOf(SLUGS.status)),
      place: oneIn(6, anyOf(idsOf('place'))),
      source: oneIn(8, anyOf(idsOf('source'))),
      relatedTo: oneIn(8, anyOf(known.map(({ type, id }) => `${type}/${id}`))),
      moment: oneIn(6, anyOf([...SLUGS.moment, 'date'])),
      q: oneIn(4, text),
      updatedSince: oneIn(8, fc.constantFrom(...instants)),
    })
    .map(({ window, undated, match, overlap, actorScope, ...rest }) => ({
      ...rest,
      ...window,
      ...(undated === 'true' && Object.keys(window).length === 0 && { basis: undefined }),
      ...(Object.keys(window).length === 0 ? { undated } : { match, overlap: overlapFor(window, overlap) }),
      ...(rest.actor && { actorScope }),
      // An actor that is left out has no role that could be left out.
      ...(rest.role?.includes('!') && rest.actor?.some((each) => each.includes('!')) && { role: undefined }),
    }));
}

/** Only a window with both ends can be covered. */
const overlapFor = (window: EntryFilters, overlap: EntryFilters['overlap']): EntryFilters['overlap'] =>
  overlap === 'covers' && window.on === undefined && (window.from === undefined || window.to === undefined) ? undefined : overlap;

/** Random questions to a world. */
export function questionsTo(world: World): fc.Arbitrary<Question> {
  const filters = filtersIn(world);
  const pages = fc.integer({ min: 1, max: 6 });
  const direction = fc.constantFrom('date' as const, '-date' as const);
  const timeline = fc.tuple(filters, direction, oneIn(3, types)).map(([rest, sort, type]): EntryFilters => ({ ...rest, sort, type }));
  const list = fc
    .tuple(
      filters,
      fc.oneof(
        direction,
        fc.constantFrom('updated' as const, '-updated' as const, 'title' as const, '-title' as const, 'relevance' as const),
      ),
    )
    .map(([rest, sort]): EntryFilters => ({ ...rest, sort: sort === 'relevance' && rest.q === undefined ? 'date' : sort }));
  return fc.oneof(
    { weight: 2, arbitrary: fc.record({ list: fc.constant('timeline' as const), pages, filters: timeline }) },
    {
      weight: 2,
      arbitrary: fc.record({ list: fc.constantFrom('event' as const, 'agreement' as const, 'meeting' as const), pages, filters: list }),
    },
    { weight: 1, arbitrary: fc.record({ list: fc.constant('agreement' as const), pages, filters: list }) },
  );
}
