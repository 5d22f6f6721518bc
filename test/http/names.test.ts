import { beforeAll, describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import { samples } from '../helpers/samples.ts';

const service = sharedApp();

beforeAll(async () => {
  const actor = {
    id: 'orsted-bureau',
    kind: 'organization',
    name: 'Ørsted–Bureau of Ångström & Søn',
    names: [
      { name: 'O.B.Å.S.', kind: 'abbreviation' },
      { name: 'Бюро Эрстеда', language: 'ru', kind: 'official' },
    ],
    identifiers: [{ scheme: 'wikidata', value: 'Q99' }],
  };
  const place = { id: 'obas-square', kind: 'venue', name: "O'Bás Square", identifiers: [{ scheme: 'geonames', value: '12:34' }] };
  const source = { id: 'obas-gazette', kind: 'book', title: 'The Gazette, vol. 1', symbol: 'OB/2001/7' };
  for (const [path, body] of [
    ['actors', actor],
    ['places', place],
    ['sources', source],
  ] as const)
    expect((await service.ask({ method: 'POST', url: `/v1/${path}`, body })).status).toBe(201);
  const body = {
    ...samples.event.least,
    id: 'obas-event',
    place: "o'bas square",
    participants: [{ actor: 'OBAS', role: 'host', onBehalfOf: 'WIKIDATA:q99' }],
    citations: [{ source: 'ob 2001 7' }],
  };
  const created = await service.ask({ method: 'POST', url: '/v1/events', body });
  expect(created.status).toBe(201);
  expect(created.body).toMatchObject({
    place: 'obas-square',
    participants: [{ actor: 'orsted-bureau', role: 'host', onBehalfOf: 'orsted-bureau' }],
    citations: [{ source: 'obas-gazette' }],
  });
});

/** Everything that an actor, a place and a source may be called, and what is meant. */
const called = [
  ...[
    'orsted-bureau',
    'ORSTED BUREAU OF ANGSTROM SON',
    'ørsted–bureau  of ångström & søn',
    'Ørsted–Bureau of Ångström & Søn',
    'obas',
    'O.B.Å.S.',
    'o b a s',
    'бюро эрстеда',
    'БЮРО-ЭРСТЕДА',
    'wikidata:Q99',
    'Wikidata:q99',
  ].map((name) => ['actor', 'actors', name, 'orsted-bureau'] as const),
  ...['obas-square', "O'Bás Square", 'obas square', 'O BAS SQUARE', 'geonames:12:34'].map(
    (name) => ['place', 'places', name, 'obas-square'] as const,
  ),
  ...['obas-gazette', 'the gazette vol 1', 'OB/2001/7', 'ob20017'].map((name) => ['source', 'sources', name, 'obas-gazette'] as const),
];

describe('a record is found under its id, its names and its identifiers:', () => {
  test.each(called)('%s in /v1/%s/%s', async (type, path, name, id) => {
    const found = await service.ask({ url: `/v1/${path}/${encodeURIComponent(name)}` });
    expect([found.status, found.body.id], found.text).toEqual([200, id]);
    expect(found.headers['content-location']).toBe(name === id ? undefined : `/v1/${path}/${id}`);
    const etag = found.headers['etag']!;
    expect((await service.ask({ url: `/v1/${path}/${encodeURIComponent(name)}`, headers: { 'if-none-match': etag } })).status).toBe(304);

    const events = await service.ask({ url: `/v1/events?${type}=${encodeURIComponent(name)}` });
    expect(events.body.items.map((event: { id: string }) => event.id)).toEqual(['obas-event']);
    expect(events.body.query[type]).toEqual([id]);
    expect((await service.ask({ url: `/v1/timeline?${type}=${encodeURIComponent(name)}` })).body.total).toBe(1);
    expect((await service.ask({ url: `/v1/${path}/${encodeURIComponent(name)}/related` })).status).toBe(200);
    if (type !== 'actor') return;
    const own = await service.ask({ url: `/v1/actors/${encodeURIComponent(name)}/timeline` });
    expect([own.body.total, own.body.items[0].entry.id, own.body.query.actor]).toEqual([1, 'obas-event', [id]]);
    expect((await service.ask({ url: `/v1/actors/${encodeURIComponent(name)}/counterparts` })).body.items).toEqual([]);
  });
});

test('a record is changed and deleted under any of its names', async () => {
  await service.ask({ method: 'POST', url: '/v1/actors', body: { id: 'brief-life', kind: 'person', name: 'A Brief Life' } });
  const patched = await service.ask({ method: 'PATCH', url: '/v1/actors/a%20brief%20LIFE', body: { name: 'A Long Life' } });
  expect([patched.status, patched.body.id, patched.body.name]).toEqual([200, 'brief-life', 'A Long Life']);
  expect((await service.ask({ url: '/v1/actors/a%20brief%20life' })).status, 'the name before is no name').toBe(404);
  expect((await service.ask({ method: 'DELETE', url: '/v1/actors/a-long-life' })).status).toBe(204);
  expect((await service.ask({ url: '/v1/actors/a-long-life' })).status).toBe(404);
});

test('an id has precedence over a name, and a deleted record has no name', async () => {
  for (const body of [
    { id: 'mercury', kind: 'group', name: 'The planet' },
    { id: 'quicksilver', kind: 'group', name: 'Mercury' },
  ])
    await service.ask({ method: 'POST', url: '/v1/actors', body });
  expect((await service.ask({ url: '/v1/actors/mercury' })).body.id).toBe('mercury');
  expect((await service.ask({ url: '/v1/actors/Mercury' })).body.id).toBe('quicksilver');
  await service.ask({ method: 'DELETE', url: '/v1/actors/mercury' });
  expect((await service.ask({ url: '/v1/actors/mercury' })).body.id).toBe('quicksilver');
});

test.each([
  ['/v1/actors/Kazakstan', 404, 'kazakhstan'],
  ['/v1/actors/unrca', 404, 'unrcca'],
  ['/v1/places/Tashkend', 404, 'tashkent'],
  ['/v1/events?actor=Kazakstan', 400, 'kazakhstan'],
  ['/v1/events?actor=csto,Kazakstan', 400, 'kazakhstan'],
  ['/v1/places?country=Uzbekistn', 400, 'uzbekistan'],
])('an unknown name in %s returns %i with the most similar names', async (url, status, id) => {
  const refused = await service.ask({ url });
  expect(refused.status).toBe(status);
  expect(refused.body.errors[0].didYouMean).toContain(id);
  expect(refused.body.detail).toMatch(/: did you mean .+\?$/);
});

test('events, meetings and agreements have ids and no names', async () => {
  const { body } = await service.ask({ url: '/v1/agreements/collective-security-treaty' });
  expect((await service.ask({ url: `/v1/agreements/${encodeURIComponent(body.title)}` })).status).toBe(404);
  expect((await service.ask({ url: '/v1/agreements/Collective-Security-Treaty' })).status).toBe(404);
});

test('a name with a slash, a comma or a percent sign is found when it is encoded', async () => {
  const body = { id: 'odd-name', kind: 'group', name: 'Half/Half, 50% & more' };
  await service.ask({ method: 'POST', url: '/v1/actors', body });
  const name = encodeURIComponent(body.name);
  expect((await service.ask({ url: `/v1/actors/${name}` })).body.id).toBe('odd-name');
  expect((await service.ask({ url: `/v1/events?actor=${name}` })).body.query.actor).toEqual(['odd-name']);
});

test('an actor with exactly this name comes before actors with the words in their texts', async () => {
  for (const [q, id] of [
    ['csto', 'csto'],
    ['Treaty Organization', 'csto'],
    ['unrcca*', 'unrcca'],
  ]) {
    const { body } = await service.ask({ url: `/v1/actors?q=${encodeURIComponent(q!)}&limit=3` });
    expect(body.items[0].id, q).toBe(id);
  }
});
