import { beforeAll, describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import { createdOn } from '../helpers/requests.ts';

const service = sharedApp();

const post = createdOn(service);

const by = (actor: string, role = 'speaker') => ({ participants: [{ actor, role }] });

beforeAll(async () => {
  await post('sources', { id: 'leaf', kind: 'leaflet', title: 'A leaf', language: 'oc' });
  await post('sources', { id: 'leaf-two', kind: 'leaflet', title: 'Another leaf', language: 'wo' });
  await post('places', { id: 'ruritania', kind: 'country', name: 'Ruritania' });
  await post('places', { id: 'strelsau', kind: 'city', name: 'Strelsau, the capital', partOf: ['ruritania'] });
  await post('actors', { id: 'league', kind: 'league', name: 'League of all' });
  await post('actors', { id: 'league-office', kind: 'desk', name: 'Office of the league', partOf: 'league' });
  await post('actors', {
    id: 'rudolf',
    kind: 'king',
    name: 'Rudolf',
    memberships: [{ organization: 'league', period: { edtf: '1890/1895' } }],
  });
  const event = (id: string, rest: object) => post('events', { id, title: id, topics: ['zenda'], kind: 'coronation', ...rest });
  await event('ball', { kind: 'dance', date: { edtf: '1891' }, places: ['strelsau'], ...by('rudolf', 'dancer') });
  await event('late-ball', { kind: 'dance', date: { edtf: '1899' }, places: ['ruritania'], ...by('rudolf') });
  await event('crowning', { date: { edtf: '1894' }, citations: [{ source: 'leaf' }], topics: ['zenda', 'crown'] });
  await event('sitting', { status: 'planned', date: { edtf: '1893' }, ...by('league-office') });
  await post('agreements', {
    id: 'pact-of-zenda',
    kind: 'pact',
    title: 'Pact of Zenda',
    topics: ['zenda'],
    relations: [{ type: 'follows', record: { type: 'event', id: 'ball' } }],
    dates: [
      { role: 'signed', edtf: '1896', place: 'strelsau', ...by('rudolf') },
      { role: 'effective', edtf: '1897' },
    ],
  });
});

/** The entries of the topic that the timeline has, in order of their ids. */
async function found(query: string): Promise<string[]> {
  const { status, body } = await service.ask({ url: `/v1/timeline?topic=zenda&${query}` });
  expect(status, JSON.stringify(body)).toBe(200);
  return [...new Set((body.items as { entry: { id: string } }[]).map(({ entry }) => entry.id))].toSorted(); // @NOTE the schema of the timeline
}

const ALL = ['ball', 'crowning', 'late-ball', 'pact-of-zenda', 'sitting'];
const idsOf = (body: { items: { id: string }[] }): string[] => body.items.map(({ id }) => id);
const but = (...ids: string[]): string[] => ALL.filter((id) => !ids.includes(id));

describe('what is written with ! is left out', () => {
  test.each([
    ['kind=!dance', but('ball', 'late-ball')],
    ['kind=!%20Dance', but('ball', 'late-ball')],
    ['kind=dance,coronation,!dance', ['crowning', 'sitting']],
    ['kind=!dance,!coronation', ['pact-of-zenda']],
    ['status=!planned', but('sitting')],
    ['type=!agreement', but('pact-of-zenda')],
    ['type=!event,%20!meeting', ['pact-of-zenda']],
    ['moment=!signed,!effective', but('pact-of-zenda')],
    ['source=!leaf', but('crowning')],
    ['relatedTo=!event/ball', but('pact-of-zenda')],
    ['place=!strelsau', but('ball')],
    ['place=!ruritania', but('ball', 'late-ball')],
    ['place=ruritania,!strelsau', ['late-ball']],
    ['place=!Strelsau,%20the%20capital', but('ball')],
    ['actor=!RUDOLF', but('ball', 'late-ball')],
    ['actor=!rudolf&role=dancer', but('ball')],
    ['actor=rudolf&role=!dancer', ['late-ball', 'pact-of-zenda']],
    ['role=!speaker', but('late-ball', 'sitting')],
    ['actor=!league', ALL],
    ['actor=!league&actorScope=parts', but('sitting')],
    ['actor=!league&actorScope=members', but('ball')],
    ['actor=rudolf,league-office&actor=!rudolf', ['sitting']],
  ])('%s', async (query, ids) => expect(await found(query)).toEqual(ids));

  test('also of the only filter', async () => {
    const { body } = await service.ask({ url: '/v1/events?topic=!crown,zenda&sort=title' });
    expect(idsOf(body)).toEqual(['ball', 'late-ball', 'sitting']);
    const [all, others] = await Promise.all(['', '?topic=!zenda'].map((query) => service.ask({ url: `/v1/timeline${query}` })));
    expect(all!.body.total - others!.body.total).toBe(6);
  });

  test.each(['actor=!rudolf', 'role=!speaker', 'moment=!signed', 'place=!ruritania', 'kind=!pact', 'actor=!rudolf&sort=title'])(
    'an agreement, by any of its moments: %s',
    async (query) => {
      const { body } = await service.ask({ url: `/v1/agreements?topic=zenda&${query}` });
      expect([idsOf(body), body.total]).toEqual([[], 0]);
    },
  );

  test.each([
    ['actors?kind=king,league,desk,!king&sort=title', ['league', 'league-office']],
    ['actors?kind=!international-organization,!person&partOf=league', ['league-office']],
    ['actors?memberOf=!league&kind=king', []],
    ['actors?partOf=!league&kind=desk,league', ['league']],
    ['places?partOf=ruritania,!kazakhstan', ['strelsau']],
    ['places?partOf=!ruritania&kind=country&q=ruritania', ['ruritania']],
    ['sources?language=oc,wo&sort=-title', ['leaf-two', 'leaf']],
    ['sources?language=!wo&kind=leaflet', ['leaf']],
  ])('in lists of actors, places and sources: %s', async (url, ids) => {
    expect(idsOf((await service.ask({ url: `/v1/${url}` })).body)).toEqual(ids);
  });

  test('in a search and an export by types', async () => {
    const search = await service.ask({ url: '/v1/search?q=leaf&type=!source' });
    expect([search.body.total, search.body.query.type]).toEqual([0, ['!source']]);
    const { text } = await service.ask({ url: '/v1/export?type=!code,!source,!actor,!event,!agreement,!meeting' });
    expect([
      ...new Set(
        text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line).type as string),
      ),
    ]).toEqual(['place']); // @NOTE lines of records
  });
});

test('the echo says what was left out, and can be sent again', async () => {
  const { body } = await service.ask({
    url: '/v1/timeline?actor=League%20of%20all,!%20Rudolf&kind=dance,!Ball&place=!Ruritania&relatedTo=!event/ball&status=!planned&type=!meeting',
  });
  expect(body.query).toMatchObject({
    actor: ['league,!rudolf'],
    kind: ['dance', '!ball'],
    place: ['!ruritania'],
    relatedTo: ['!event/ball'],
    status: ['!planned'],
    type: ['!meeting'],
  });
  expect((await service.ask({ url: '/v1/actors?partOf=!league,unrcca' })).body.query.partOf).toBe('unrcca,!league');
});

describe('refused, with what to write instead:', () => {
  test.each([
    ['kind=-dance', 'kind', 'kind=-dance begins with a hyphen: write !dance to leave dance out'],
    ['actor=-India', 'actor', 'write !India to leave India out'],
    ['place=kazakhstan,-Almaty', 'place', 'write !Almaty to leave Almaty out'],
    ['relatedTo=-event/ball', 'relatedTo', 'write !event/ball to leave event/ball out'],
    ['status=-planned', 'status', 'write !occurred to leave occurred out'],
    ['type=-event', 'type', 'write !agreement to leave agreement out'],
    ['kind=!', 'kind', 'kind=! leaves out nothing: write one ! and a value behind it'],
    ['kind=a,!%20,b', 'kind', 'leaves out nothing'],
    ['actor=!,rudolf', 'actor', 'leaves out nothing'],
    ['kind=!!dance', 'kind', 'kind=!!dance leaves out nothing'],
    ['kind=!-dance', 'kind', 'begins with a hyphen'],
    ['type=!event,!meeting,!agreement', 'type', 'leaves no type'],
    ['type=event,!event', 'type', 'leaves no type'],
    ['actor=!rudolf&role=!dancer', 'role', 'leave out one of them'],
    ['actor=!Nobody%20at%20all', 'actor', 'there is no actor "Nobody at all"'],
  ])('%s', async (query, parameter, message) => {
    const { status, body } = await service.ask({ url: `/v1/timeline?${query}` });
    expect([status, body.errors?.[0]?.parameter]).toEqual([400, parameter]);
    expect(body.errors[0].message).toContain(message);
  });
});
