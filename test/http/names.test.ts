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
    places: ["o'bas square", 'obas-square', 'GEONAMES:12:34'],
    participants: [{ actor: 'OBAS', role: 'host', onBehalfOf: 'WIKIDATA:q99' }],
    citations: [{ source: 'ob 2001 7' }],
  };
  const created = await service.ask({ method: 'POST', url: '/v1/events', body });
  expect(created.status).toBe(201);
  expect(created.body).toMatchObject({
    places: ['obas-square', 'obas-square', 'obas-square'],
    participants: [{ actor: 'orsted-bureau', role: 'host', onBehalfOf: 'orsted-bureau' }],
    citations: [{ source: 'obas-gazette' }],
  });
});

/** Everything that an actor, a place and a source may be called, and what is meant. */
const called = [
  ...[
    'orsted-bureau',
    'ORSTED BUREAU OF ANGSTROM AND SON',
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
  ['/v1/places?partOf=Uzbekistn', 400, 'uzbekistan'],
])('an unknown name in %s returns %i with the most similar names', async (url, status, id) => {
  const refused = await service.ask({ url });
  expect(refused.status).toBe(status);
  expect(refused.body.errors[0].didYouMean).toContain(id);
  expect(refused.body.detail).toMatch(/: did you mean .+\?$/);
});

describe('an entry is found by its symbol and its title:', () => {
  const letter = 'letter-to-the-security-council-president-2007-05-07';
  test.each([
    ['agreements', 'S/2007/279', letter],
    ['agreements', 's 2007 279', letter],
    ['agreements', 'COLLECTIVE security treaty', 'collective-security-treaty'],
    ['agreements', 'Collective-Security-Treaty', 'collective-security-treaty'],
    ['meetings', 'SC/14794', 'security-council-meeting-8967'],
    ['meetings', 'First India–Central Asia Summit', 'india-central-asia-summit-2022'],
  ])('/v1/%s/%s', async (path, name, id) => {
    const found = await service.ask({ url: `/v1/${path}/${encodeURIComponent(name)}` });
    expect([found.status, found.body.id, found.headers['content-location']], found.text).toEqual([200, id, `/v1/${path}/${id}`]);
  });

  test.each([
    [`relatedTo=agreement/${encodeURIComponent('S/2007/279')}`, { relatedTo: [`agreement/${letter}`] }],
    [
      'relatedTo=agreement/S/2007/279,!event/csto-operation-in-kazakhstan-2022',
      { relatedTo: [`agreement/${letter}`, '!event/csto-operation-in-kazakhstan-2022'] },
    ],
    ['during=agreement/S/2007/279/issued', { during: `agreement/${letter}/issued` }],
    ['during=agreement/S/2007/279', { during: `agreement/${letter}` }],
    ['before=agreement/S%2F2007%2F279/issued', { before: `agreement/${letter}/issued` }],
    ['during=meeting/SC/14794', { during: 'meeting/security-council-meeting-8967' }],
  ])('?%s', async (query, echo) => {
    const { status, body } = await service.ask({ url: `/v1/timeline?${query}` });
    expect([status, body.query], body.detail).toEqual([200, expect.objectContaining(echo)]);
  });

  test.each([
    ['during=agreement/S/2007/278/dated', 'there is no agreement "S/2007/278"'],
    ['during=agreement/S/2007/278', 'there is no agreement "S/2007/278"'],
    ['during=agreement/S/2007/279/signed', `agreement/${letter}/signed has no date: name one of agreement/${letter}/issued`],
    ['during=agreement//signed', 'during=agreement//signed is no record with a date'],
  ])('?%s is refused', async (query, detail) => {
    const { status, body } = await service.ask({ url: `/v1/timeline?${query}` });
    expect([status, body.detail]).toEqual([400, expect.stringContaining(detail)]);
  });

  test('in a relation, whatever its title holds', async () => {
    const commas = { id: 'titled-with-commas', kind: 'visit', title: 'Coming, seeing, leaving' };
    await service.ask({ method: 'POST', url: '/v1/events', body: commas });
    const body = {
      id: 'titled-follower',
      kind: 'visit',
      title: 'Coming again',
      relations: [
        { type: 'follows', record: { type: 'event', id: 'COMING, seeing, leaving' } },
        { type: 'follows', record: { type: 'agreement', id: 'S/2007/279' } },
        { type: 'follows', record: { type: 'actor', id: 'wikidata:Q99' } },
      ],
    };
    const created = await service.ask({ method: 'POST', url: '/v1/events', body });
    expect(
      created.body.relations.map(({ record }: { record: { id: string } }) => record.id),
      created.text,
    ).toEqual(['titled-with-commas', letter, 'orsted-bureau']);
    const { body: related } = await service.ask({ url: '/v1/timeline?relatedTo=event/Coming,%20seeing,%20leaving' });
    expect([related.query, related.total]).toEqual([{ relatedTo: ['event/titled-with-commas'] }, 1]);
    const unknown = await service.ask({
      method: 'PATCH',
      url: '/v1/events/titled-follower',
      body: { relations: [{ type: 'follows', record: { type: 'event', id: 'Comings and goings' } }] },
    });
    expect([unknown.status, unknown.body.errors[0].pointer]).toEqual([400, '/relations/0/record']);
  });

  test('a title or a symbol that two have is ambiguous', async () => {
    for (const id of ['same-title-a', 'same-title-b'])
      await service.ask({
        method: 'POST',
        url: '/v1/events',
        body: { id, kind: 'visit', title: 'The same title', date: id.endsWith('a') ? '2001' : '2002' },
      });
    const { status, body } = await service.ask({ url: '/v1/events/the%20same%20title' });
    expect([status, body.detail]).toEqual([
      400,
      '"the same title" may be same-title-a (visit; 2001) or same-title-b (visit; 2002): use the id',
    ]);
    for (const id of ['same-symbol-a', 'same-symbol-b'])
      await service.ask({ method: 'POST', url: '/v1/agreements', body: { id, kind: 'treaty', title: id, symbol: 'XX/77' } });
    expect((await service.ask({ url: '/v1/agreements/xx77' })).body.errors[0].didYouMean).toEqual(['same-symbol-a', 'same-symbol-b']);
  });
});

test('a name without a letter or digit is found by its own spelling', async () => {
  for (const [id, name] of [
    ['star', '★'],
    ['rocket', '🚀'],
    ['colons', '::'],
  ])
    await service.ask({ method: 'POST', url: '/v1/actors', body: { id, kind: 'group', name } });
  for (const [name, id] of [
    ['★', 'star'],
    ['🚀', 'rocket'],
    ['::', 'colons'],
  ])
    expect((await service.ask({ url: `/v1/actors/${encodeURIComponent(name!)}` })).body.id).toBe(id);
  expect((await service.ask({ url: `/v1/actors/${encodeURIComponent('☆')}` })).status).toBe(404);
});

/** Zero-width space and joiner, word joiner, soft hyphen, a mark alone, fillers of Hangul, a blank of Braille, no-break spaces, a tag. */
const INVISIBLE = ['\u200B', '\u200D\u2060', '\u00AD', '\u0301', '\u115F\u3164', '\uFFA0', '\u2800', '\u00A0\u3000', '\u{E0041}', '\uFE0F'];

const asked = (path: string, body: object) => service.ask({ method: 'POST', url: `/v1/${path}`, body });

describe('a name of nothing visible is refused:', () => {
  test.each(INVISIBLE.map((name) => [JSON.stringify(name), name]))('%s', async (_shown, name) => {
    const message = /^(?:shows nothing: give at least one character that can be seen|give at least one character that is not a space)$/;
    const issue = (pointer: string) => [{ pointer, message: expect.stringMatching(message) as string }];
    expect((await asked('actors', { id: 'unseen', kind: 'group', name })).body.errors).toEqual(issue('/name'));
    expect((await asked('events', { id: 'unseen', kind: 'visit', title: name })).body.errors).toEqual(issue('/title'));
    const named = { id: 'unseen', kind: 'group', name: 'Seen', names: [{ name, kind: 'variant' }] };
    expect((await asked('actors', named)).body.errors).toEqual(issue('/names/0/name'));
    expect((await asked('agreements', { id: 'unseen', kind: 'treaty', title: 'Seen', symbol: name })).body.errors).toEqual(
      issue('/symbol'),
    );
  });
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
