import { beforeAll, describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import type { Json } from '../helpers/contract.ts';
import { createdOn, readFrom } from '../helpers/requests.ts';

const service = sharedApp();

const post = createdOn(service);
const ask = readFrom(service, '/v1/timeline/counts');

const votes = (...roles: [actor: string, role: string, onBehalfOf?: string][]) =>
  roles.map(([actor, role, onBehalfOf]) => ({ actor, role, ...(onBehalfOf && { onBehalfOf }) }));

/** Votes of three states on two resolutions, one of them cast by an envoy, and a treaty of two moments. */
beforeAll(async () => {
  for (const name of ['Ruritania', 'Graustark', 'Karlovia']) await post('actors', { kind: 'state', name });
  await post('actors', { kind: 'person', name: 'Envoy Flavia' });
  await post('events', {
    id: 'vote-1',
    kind: 'ballot',
    title: 'First vote',
    date: '1931-02',
    topics: ['ballots', 'rivers'],
    participants: votes(['ruritania', 'yes'], ['envoy-flavia', 'yes', 'graustark'], ['karlovia', 'no']),
  });
  await post('events', {
    id: 'vote-2',
    kind: 'ballot',
    title: 'Second vote',
    date: '1932-05-01',
    topics: ['ballots'],
    participants: votes(['ruritania', 'no'], ['graustark', 'yes'], ['karlovia', 'no'], ['karlovia', 'sponsor']),
  });
  await post('events', { id: 'vote-3', kind: 'ballot', title: 'A vote of which no more is known', topics: ['ballots'] });
  await post('agreements', {
    id: 'treaty',
    kind: 'ballot-treaty',
    title: 'Treaty',
    topics: ['ballots'],
    dates: [
      { role: 'signed', edtf: '1933' },
      { role: 'entered-into-force', edtf: '1933-07-01' },
    ],
  });
});

describe('counts of the timeline', () => {
  test('by a word, most moments first, with their entries', async () => {
    expect(await ask('topic=ballots&by=type')).toEqual({
      by: ['type'],
      items: [
        { type: 'event', moments: 3, entries: 3 },
        { type: 'agreement', moments: 2, entries: 1 },
      ],
      groups: 2,
      without: 0,
      total: 5,
      query: { topic: ['ballots'] },
    });
  });

  test('count a moment with two topics in both, and one without a value apart', async () => {
    const topics = await ask('kind=ballot&by=topic');
    expect(topics.items).toEqual([
      { topic: 'ballots', moments: 3, entries: 3 },
      { topic: 'rivers', moments: 1, entries: 1 },
    ]);
    expect(topics).toMatchObject({ without: 0, total: 3 });
    expect(await ask('kind=ballot&by=role')).toMatchObject({ without: 1, total: 3, groups: 3 });
  });

  test('by actor and role count participations, also those on behalf of another', async () => {
    const { items, without } = await ask('kind=ballot&by=role,actor');
    expect(items.map(({ actor, role, moments }: Json) => [actor.id, role, moments])).toEqual([
      ['graustark', 'yes', 2],
      ['karlovia', 'no', 2],
      ['envoy-flavia', 'yes', 1],
      ['karlovia', 'sponsor', 1],
      ['ruritania', 'no', 1],
      ['ruritania', 'yes', 1],
    ]);
    expect(items[0].actor).toEqual({ id: 'graustark', name: 'Graustark', kind: 'state' });
    expect(without).toBe(1);
  });

  test('by a unit of time are in its order, and say what began before the window and what has no beginning', async () => {
    const { items, without, total } = await ask('topic=ballots&by=year,moment');
    expect(items.map(({ time, moment, moments }: Json) => [time.label, moment, moments])).toEqual([
      ['1931', 'date', 1],
      ['1932', 'date', 1],
      ['1933', 'entered-into-force', 1],
      ['1933', 'signed', 1],
    ]);
    expect([without, total]).toEqual([1, 5]);
    expect(await ask('topic=ballots&by=month&from=1931-02-10&to=1931-03')).toMatchObject({ before: 0, without: 0, total: 1, groups: 1 });
  });

  test('come in pages whose cursors go on where they ended', async () => {
    const whole = await ask('by=kind&limit=200');
    const items: Json[] = [];
    let cursor = '';
    do {
      const page = await ask(`by=kind&limit=7${cursor && `&cursor=${cursor}`}`);
      expect(page.groups).toBe(whole.groups);
      items.push(...page.items);
      cursor = page.next ?? '';
    } while (cursor !== '');
    expect(items).toEqual(whole.items);
    expect(items).toHaveLength(whole.groups);
  });

  test('of the seeds have the numbers of the timeline and of the histogram', async () => {
    const total = async (query: string): Promise<number> =>
      (await service.ask({ url: `/v1/timeline?limit=1&${query}` })).body.total as number; // @NOTE exact for one term
    for (const [by, value] of [
      ['kind', (item: Json) => item.kind],
      ['status', (item: Json) => item.status],
      ['topic', (item: Json) => item.topic],
      ['source', (item: Json) => item.source.id],
      ['actor', (item: Json) => item.actor.id],
      ['role', (item: Json) => item.role],
    ] as const) {
      const { items } = await ask(`by=${by}&from=2010&limit=5`);
      for (const item of items) expect(await total(`from=2010&${by}=${String(value(item))}`), by).toBe(item.moments);
    }
    const { items, without, total: all } = await ask('by=decade&actor=UN');
    const { body } = await service.ask({ url: '/v1/timeline/histogram?by=decade&actor=UN' });
    expect(items.map(({ time, moments }: Json) => ({ ...time, count: moments }))).toEqual(
      body.buckets.map(({ uncertain: _uncertain, ...bucket }: Json) => bucket),
    );
    expect(without).toBe(all - items.reduce((sum: number, { moments }: Json) => sum + (moments as number), 0));
  });

  test('warn of a word that nothing has', async () => {
    expect(await ask('by=kind&topic=ballotts')).toMatchObject({
      items: [],
      total: 0,
      warnings: [{ parameter: 'topic', didYouMean: ['ballots'] }],
    });
  });
});

const sharedWith = async (query: string): Promise<Json> => {
  const { body } = await service.ask({ url: `/v1/actors/ruritania/counterparts?${query}` });
  return Object.fromEntries(body.items.map(({ actor, entries }: Json) => [actor.id, entries])) as Json;
};

describe('counterparts in a role', () => {
  test('take part in the same entries in that role', async () => {
    expect(await sharedWith('kind=ballot')).toEqual({ graustark: 2, karlovia: 2, 'envoy-flavia': 1 });
    expect(await sharedWith('role=yes')).toEqual({ graustark: 1, 'envoy-flavia': 1 });
    expect(await sharedWith('role=no')).toEqual({ karlovia: 1 });
    expect(await sharedWith('role=yes,no')).toEqual({ graustark: 2, karlovia: 2, 'envoy-flavia': 1 });
    expect(await sharedWith('role=!sponsor')).toEqual({ graustark: 2, karlovia: 1, 'envoy-flavia': 1 });
    expect(await sharedWith('role=yes&on=1932')).toEqual({});
  });

  test('are warned of a role that nobody has', async () => {
    const { body } = await service.ask({ url: '/v1/actors/ruritania/counterparts?role=sponsorr' });
    expect(body).toMatchObject({ items: [], warnings: [{ parameter: 'role', didYouMean: ['sponsor'] }], query: { role: ['sponsorr'] } });
  });
});
