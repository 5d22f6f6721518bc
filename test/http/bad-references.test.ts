import { beforeAll, describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import type { Answered, Json } from '../helpers/contract.ts';
import { samples } from '../helpers/samples.ts';

const service = sharedApp();

const post = (path: string, body: object): Promise<Answered> => service.ask({ method: 'POST', url: `/v1/${path}`, body });

beforeAll(async () => {
  for (const id of ['first-twin', 'second-twin'])
    expect((await post('actors', { kind: 'person', name: 'Twin Sister', id })).status).toBe(201);
});

/** Every place where a record names another, with a body that names `value` there. */
const event = samples.event.least;
const actor = samples.actor.least;
const places: [pointer: string, path: string, type: string, body: (value: string) => object][] = [
  ['/places/1', 'events', 'place', (place) => ({ ...event, places: ['termez', place] })],
  [
    '/participants/1/actor',
    'events',
    'actor',
    (name) => ({
      ...event,
      participants: [
        { actor: 'csto', role: 'a' },
        { actor: name, role: 'b' },
      ],
    }),
  ],
  [
    '/participants/0/onBehalfOf',
    'events',
    'actor',
    (name) => ({ ...event, participants: [{ actor: 'csto', role: 'a', onBehalfOf: name }] }),
  ],
  [
    '/figures/0/attributedTo',
    'events',
    'actor',
    (name) => ({ ...event, figures: [{ label: 'a', value: 1, unit: 'b', qualifier: 'exact', attributedTo: name }] }),
  ],
  ['/citations/0/source', 'events', 'source', (source) => ({ ...event, citations: [{ source }] })],
  [
    '/citations/0/attributedTo',
    'places',
    'actor',
    (name) => ({ kind: 'city', name: 'a', citations: [{ source: 'unrcca-website-timeline', attributedTo: name }] }),
  ],
  ['/dates/0/place', 'agreements', 'place', (place) => ({ ...event, dates: [{ role: 'signed', place }] })],
  [
    '/dates/0/participants/0/actor',
    'agreements',
    'actor',
    (name) => ({ ...event, dates: [{ role: 'signed', participants: [{ actor: name, role: 'a' }] }] }),
  ],
  ['/partOf', 'actors', 'actor', (partOf) => ({ ...actor, partOf })],
  ['/memberships/0/organization', 'actors', 'actor', (organization) => ({ ...actor, memberships: [{ organization }] })],
  ['/partOf/0', 'places', 'place', (place) => ({ kind: 'city', name: 'a', partOf: [place] })],
];
/** A name that is nearly that of a seeded record, by type, and the record's id. */
const misspelt: Record<string, [name: string, id: string]> = {
  actor: ['Kazakstan', 'kazakhstan'],
  place: ['Tashkend', 'tashkent'],
  source: ['Povestka dna dlya mira', 'butros-gali-povestka-dnya-dlya-mira-1995'],
};

describe('a reference to a record that does not exist is refused with the most similar records:', () => {
  test.each(places)('%s of %s', async (pointer, path, type, body) => {
    const [name, id] = misspelt[type]!;
    const refused = await post(path, body(name));
    expect([refused.status, refused.body.type], refused.text).toEqual([400, '/problems/unknown-reference']);
    const [issue, ...others] = refused.body.errors;
    expect([issue.pointer, others]).toEqual([pointer, []]);
    expect(issue.message).toContain(`there is no ${type} "${name}": did you mean ${id}`);
    expect(issue.didYouMean).toContain(id);
    expect(refused.body.detail).toBe(issue.message);
  });

  test('/relations/0/record', async () => {
    for (const [type, id] of [
      ['actor', 'Kazakhstan'],
      ['event', 'never-happened'],
    ] as const) {
      const refused = await post('events', {
        ...event,
        relations: [{ type: 'follows', record: { type, id: id.toLowerCase() === id ? id : `${id.toLowerCase()}-2` } }],
      });
      expect([refused.status, refused.body.type]).toEqual([400, '/problems/unknown-reference']);
      expect(refused.body.errors[0].pointer).toBe('/relations/0/record');
    }
  });

  test('all such references in one body', async () => {
    const refused = await post('events', {
      ...event,
      places: ['Tashkent', 'Nowhere Land'],
      participants: [
        { actor: 'nobody-at-all', role: 'a' },
        { actor: 'Twin Sister', role: 'a' },
      ],
    });
    expect(refused.body.errors.map(({ pointer }: Json) => pointer)).toEqual([
      '/participants/0/actor',
      '/participants/1/actor',
      '/places/1',
    ]);
  });
});

test('a name that two records share is refused in a body, a path and a filter, with both ids', async () => {
  const didYouMean = ['first-twin', 'second-twin'];
  const message = '"Twin Sister" may be first-twin (person) or second-twin (person): use the id';
  const candidates = didYouMean.map((id) => ({ type: 'actor', id, kind: 'person', title: 'Twin Sister' }));
  const inBody = await post('events', { ...event, participants: [{ actor: 'Twin Sister', role: 'a' }] });
  expect(inBody.body.errors).toEqual([{ pointer: '/participants/0/actor', message, didYouMean, candidates }]);
  const inPath = await service.ask({ url: '/v1/actors/Twin%20Sister' });
  expect(inPath.body.errors).toEqual([{ parameter: 'id', message, didYouMean, candidates }]);
  const inFilter = await service.ask({ url: '/v1/events?actor=Twin+Sister' });
  expect(inFilter.body.errors).toEqual([{ parameter: 'actor', message, didYouMean, candidates }]);
  for (const { status, body } of [inBody, inPath, inFilter]) expect([status, body.type]).toEqual([400, '/problems/ambiguous-name']);
});

describe('a record cannot refer to itself:', () => {
  const toItself = { pointer: expect.any(String) as string, message: expect.stringContaining('cannot refer to itself') as string };

  test('by a relation', async () => {
    const refused = await post('events', { ...event, id: 'own', relations: [{ type: 'follows', record: { type: 'event', id: 'own' } }] });
    expect([refused.status, refused.body.errors]).toEqual([400, [{ ...toItself, pointer: '/relations/0/record' }]]);
  });

  test('by the id that is made from its title', async () => {
    const refused = await post('events', {
      kind: 'a',
      title: 'My own self',
      relations: [{ type: 'follows', record: { type: 'event', id: 'my-own-self' } }],
    });
    expect([refused.status, refused.body.errors]).toEqual([400, [{ ...toItself, pointer: '/relations/0/record' }]]);
  });

  test.each([
    ['partOf', { partOf: 'itself' }, '/partOf'],
    ['a membership', { memberships: [{ organization: 'itself' }] }, '/memberships/0/organization'],
  ])('by %s', async (_by, fields, pointer) => {
    const refused = await post('actors', { ...actor, id: 'itself', ...fields });
    expect([refused.status, refused.body.errors]).toEqual([400, [{ ...toItself, pointer }]]);
  });

  test('by one of its own names, in a patch', async () => {
    await post('actors', { kind: 'group', name: 'Ouroboros Club', id: 'ouroboros', names: [{ name: 'OC-77', kind: 'abbreviation' }] });
    for (const partOf of ['ouroboros', 'Ouroboros Club', 'oc 77']) {
      const refused = await service.ask({ method: 'PATCH', url: '/v1/actors/ouroboros', body: { partOf } });
      expect([refused.status, refused.body.errors], partOf).toEqual([400, [{ ...toItself, pointer: '/partOf' }]]);
    }
    const place = await post('places', { kind: 'city', name: 'Cityland', id: 'cityland', partOf: ['tashkent', 'cityland'] });
    expect([place.status, place.body.errors]).toEqual([400, [{ ...toItself, pointer: '/partOf/1' }]]);
  });

  test('a source may still cite itself', async () => {
    const created = await post('sources', {
      kind: 'book',
      title: 'On itself',
      id: 'on-itself',
      citations: [{ source: 'on-itself', page: '1' }],
    });
    expect([created.status, created.body.citations]).toEqual([201, [{ source: 'on-itself', page: '1' }]]);
    expect((await service.ask({ method: 'DELETE', url: '/v1/sources/on-itself' })).status).toBe(204);
  });
});
