import { beforeAll, describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import { createdOn } from '../helpers/requests.ts';

const service = sharedApp();

const post = createdOn(service);

const by = (...participants: [actor: string, role?: string, onBehalfOf?: string][]) => ({
  participants: participants.map(([actor, role = 'speaker', onBehalfOf]) => ({ actor, role, ...(onBehalfOf && { onBehalfOf }) })),
});

beforeAll(async () => {
  const actor = (id: string, rest: object = {}) => post('actors', { id, kind: 'body', name: `The ${id} of Graustark`, ...rest });
  await actor('concert');
  await actor('chancery', { partOf: 'concert' });
  await actor('pool');
  await actor('stranger');
  await actor('bloc', { memberships: [{ organization: 'concert' }] });
  await actor('graustark', {
    memberships: [
      { organization: 'concert', role: 'member', period: { edtf: '1890/1899' } },
      { organization: 'pool' },
      { organization: 'bloc', period: { edtf: '1950/..' } },
    ],
  });
  await actor('axphain', { memberships: [{ organization: 'concert', period: { edtf: '1890/..' } }] });
  const event = (id: string, date: string | undefined, rest: object) =>
    post('events', { id, kind: 'audience', title: id, topics: ['graustark'], ...(date && { date: { edtf: date } }), ...rest });
  await event('own', '1895', by(['graustark']));
  await event('together', '1896', by(['graustark', 'guest'], ['concert', 'host']));
  await event('of-the-concert', '1897', by(['concert', 'host']));
  await event('on-behalf-of-the-concert', '1898', by(['stranger', 'speaker', 'concert']));
  await event('perhaps-in-the-concert', '189X', by(['concert', 'host']));
  await event('after-the-concert', '1905', by(['concert', 'host']));
  await event('undated-concert', undefined, by(['concert', 'host']));
  await event('of-the-pool', '1700', by(['pool', 'host']));
  await event('of-both', '1899-06', by(['pool', 'host'], ['concert', 'guest']));
  await event('of-the-bloc', '1951', by(['bloc']));
  await event('of-the-chancery', '1896', by(['chancery']));
  await post('agreements', {
    id: 'pact',
    kind: 'pact',
    title: 'pact',
    topics: ['graustark'],
    dates: [
      { role: 'signed', edtf: '1892', ...by(['concert', 'signatory']) },
      { role: 'effective', edtf: '1893' },
      { role: 'ended', edtf: '1910', ...by(['concert', 'signatory']) },
    ],
  });
});

type Found = [id: string, ...via: string[]][];

const byId = (entries: Found): string[] => entries.map((entry) => entry.join(' ')).toSorted();

/** The entries with the topic in the order of the list, each with the actors through which it is found. */
async function found(query: string, path = 'timeline'): Promise<Found> {
  const { status, body } = await service.ask({ url: `/v1/${path}?topic=graustark&${query}` });
  expect(status, JSON.stringify(body)).toBe(200);
  const items = body.items as { id?: string; entry?: { id: string }; via?: string[] }[]; // @NOTE the schemas of timeline and lists
  expect(items.every(({ via }) => via === undefined || via.length > 0)).toBe(true);
  return items.map(({ id, entry, via = [] }) => [id ?? entry!.id, ...via]);
}

describe('the groups of an actor', () => {
  test('are those of which it was a member at the time; what it takes part in itself is not marked', async () => {
    expect(await found('actor=graustark&actorScope=groups')).toEqual([
      ['of-the-pool', 'pool'],
      ['perhaps-in-the-concert', 'concert'],
      ['pact', 'concert'],
      ['own'],
      ['together'],
      ['of-the-concert', 'concert'],
      ['on-behalf-of-the-concert', 'concert'],
      ['of-both', 'concert', 'pool'],
      ['of-the-bloc', 'bloc'],
      ['undated-concert', 'concert'],
    ]);
  });

  test('are not those of its groups, nor their bodies', async () => {
    const entries = (await found('actor=graustark&actorScope=groups&from=1950')).map(([id]) => id);
    expect(entries).toEqual(['of-the-bloc']);
    expect(await found('actor=graustark&actorScope=groups&on=1896')).toEqual([['perhaps-in-the-concert', 'concert'], ['together']]);
  });

  test.each<[query: string, Found]>([
    ['actor=graustark&actorScope=self', [['own'], ['together']]],
    [
      'actor=graustark&actorScope=groups&role=host&to=1896',
      [
        ['of-the-pool', 'pool'],
        ['perhaps-in-the-concert', 'concert'],
        ['together', 'concert'],
      ],
    ],
    ['actor=graustark&actorScope=groups&role=guest', [['together'], ['of-both', 'concert']]],
    [
      'actor=graustark&actorScope=groups&role=!host',
      [['pact', 'concert'], ['own'], ['on-behalf-of-the-concert', 'concert'], ['of-the-bloc', 'bloc']],
    ],
    ['actor=graustark&actorScope=groups&undated=true', [['undated-concert', 'concert']]],
    ['actor=graustark&actorScope=groups&on=1899-06&match=certain', [['of-both', 'concert', 'pool']]],
    [
      'actor=graustark&actor=pool&actorScope=groups',
      [
        ['of-the-pool', 'pool'],
        ['of-both', 'concert', 'pool'],
      ],
    ],
    [
      'actor=graustark&actor=axphain&actorScope=groups&from=1897&to=1899',
      [
        ['perhaps-in-the-concert', 'concert'],
        ['of-the-concert', 'concert'],
        ['on-behalf-of-the-concert', 'concert'],
        ['of-both', 'concert', 'pool'],
      ],
    ],
    ['actor=graustark,concert&actorScope=groups&on=1897', [['perhaps-in-the-concert'], ['of-the-concert']]],
    [
      'actor=axphain&actorScope=groups&from=1905',
      [
        ['after-the-concert', 'concert'],
        ['pact', 'concert'],
      ],
    ],
    ['actor=!graustark&actorScope=groups', [['pact'], ['of-the-chancery'], ['after-the-concert'], ['pact']]],
    [
      'actor=axphain,!graustark&actorScope=groups',
      [
        ['after-the-concert', 'concert'],
        ['pact', 'concert'],
      ],
    ],
    ['actor=concert&actorScope=parts&on=1896', [['perhaps-in-the-concert'], ['of-the-chancery', 'chancery'], ['together']]],
    ['actor=concert&actorScope=members&from=1895&to=1896', [['perhaps-in-the-concert'], ['own', 'graustark'], ['together']]],
  ])('%s', async (query, expected) => expect(byId(await found(query))).toEqual(byId(expected)));

  test('stand for it in its own timeline, too', async () => {
    expect(await found('actorScope=groups&from=1950', 'actors/graustark/timeline')).toEqual([['of-the-bloc', 'bloc']]);
  });

  test.each(['sort=date', 'sort=title', 'sort=-title', 'sort=updated', 'sort=relevance&q=audience'])(
    'mark the records of a list in any order: %s',
    async (query) => {
      const entries = await found(`actor=graustark&actorScope=groups&${query}`, 'events');
      expect(byId(entries)).toEqual(byId(await found('actor=graustark&actorScope=groups&type=event')));
      expect(await found('actor=graustark&actorScope=groups', 'agreements')).toEqual([['pact', 'concert']]);
    },
  );

  test('count in totals and histograms', async () => {
    const { body } = await service.ask({ url: '/v1/timeline/histogram?topic=graustark&actor=graustark&actorScope=groups&by=decade' });
    expect(body.buckets.map(({ start, count }: { start: string; count: number }) => [start, count])).toEqual([
      ['1700-01-01', 1],
      ['1890-01-01', 7],
      ['1950-01-01', 1],
    ]);
    expect(body).toMatchObject({ undated: 1, total: 10 });
    const { body: page } = await service.ask({ url: '/v1/timeline?topic=graustark&actor=graustark&actorScope=groups&limit=1' });
    expect(page).toMatchObject({ total: 10, query: { actor: ['graustark'], actorScope: 'groups' } });
  });

  test('stand beside the certainty of an item, and are no field that clients write', async () => {
    const { body } = await service.ask({ url: '/v1/events?topic=graustark&actor=graustark&actorScope=groups&on=1951' });
    expect(body.items).toMatchObject([{ id: 'of-the-bloc', match: 'certain', via: ['bloc'] }]);
    const patch = await service.ask({ method: 'PATCH', url: '/v1/events/of-the-bloc', body: { via: ['pool'] } });
    expect(patch.body).toMatchObject({
      status: 400,
      errors: [{ pointer: '/via', message: expect.stringContaining('set by the service') }],
    });
  });
});

test('an actor without memberships has no groups', async () => {
  expect(await found('actor=pool&actorScope=groups')).toEqual(await found('actor=pool'));
});

describe('a place stands for the places that lie in it', () => {
  beforeAll(async () => {
    await post('places', { id: 'dawsbergen', kind: 'country', name: 'Dawsbergen' });
    await post('places', { id: 'serros', kind: 'city', name: 'Serros', partOf: ['dawsbergen'] });
    await post('places', { id: 'castle-of-serros', kind: 'venue', name: 'Castle of Serros', partOf: ['serros'] });
    for (const place of ['dawsbergen', 'serros', 'castle-of-serros'])
      await post('events', { id: `at-${place}`, kind: 'audience', title: place, topics: ['graustark'], places: [place] });
  });

  test.each<[query: string, ids: string[]]>([
    ['place=dawsbergen', ['at-castle-of-serros', 'at-dawsbergen', 'at-serros']],
    ['place=Serros', ['at-castle-of-serros', 'at-serros']],
    ['place=castle-of-serros', ['at-castle-of-serros']],
    ['place=dawsbergen,!serros', ['at-dawsbergen']],
  ])('at any depth: %s', async (query, ids) => {
    expect((await found(query)).map(([id]) => id).toSorted()).toEqual(ids);
    expect((await found(query, 'events')).map(([id]) => id).toSorted()).toEqual(ids);
  });
});
