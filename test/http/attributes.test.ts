import { beforeAll, describe, expect, test } from 'vitest';
import { models } from '../../src/model/models.ts';
import { seededApp, sharedApp } from '../helpers/app.ts';
import type { Answered, Json } from '../helpers/contract.ts';
import { addressOf, idFieldsOf, idOf } from '../helpers/record-ids.ts';
import { samples } from '../helpers/samples.ts';

const service = sharedApp();

const send = (method: 'POST' | 'PATCH', url: string, body: unknown): Promise<Answered> => service.ask({ method, url: `/v1/${url}`, body });

const event = { kind: 'attack', title: 'An attack' };

/** A value of each kind. The keys are those of the fields of records and dates, which mean nothing here. */
const attributes = {
  dyad_name: 'Government – Quxfront',
  best: 12.5,
  coded: false,
  'Sources.read': ['Zyxgazette', 'Daily Wvut'],
  edtf: 'not a date',
  label: 'kept',
  source: 'kept',
  verified: true,
  type: 'kept',
};

beforeAll(async () => {
  for (const { path, type } of models)
    expect((await send('POST', path, { ...samples[type].least, ...idFieldsOf(type, 'attributed'), attributes })).status).toBe(201);
});

describe.each(models.map(({ path, type }) => ({ path, type })))('attributes of $path', ({ type }) => {
  const address = addressOf(type, 'attributed').slice('/v1/'.length);
  const id = idOf(type, 'attributed');
  const read = async (): Promise<Json> => (await service.ask({ url: `/v1/${address}` })).body.attributes;

  test('are returned as they were sent, and found by the words of their texts', async () => {
    expect(await read()).toEqual(attributes);
    for (const word of ['quxfront', 'zyxgazette', '"daily wvut"']) {
      const { body } = await service.ask({ url: `/v1/search?type=${type}&q=${encodeURIComponent(word)}` });
      expect(
        body.items.map((hit: Json) => hit.record?.id ?? hit.id),
        word,
      ).toEqual([id]);
    }
  });

  test('are exported and imported', async () => {
    const { text } = await service.ask({ url: `/v1/export?type=${type}` });
    const line = text.split('\n').find((each) => each.includes(`"id":"${id}"`))!;
    expect(JSON.parse(line).attributes).toEqual(attributes);
    const other = await seededApp();
    const imported = await other.ask({
      method: 'POST',
      url: '/v1/import',
      headers: { 'content-type': 'application/x-ndjson' },
      body: line,
    });
    expect(imported.body).toMatchObject({ created: 1 });
    expect((await other.ask({ url: `/v1/${address}` })).body.attributes).toEqual(attributes);
    const again = await service.ask({
      method: 'POST',
      url: '/v1/import?onExisting=replace',
      headers: { 'content-type': 'application/x-ndjson' },
      body: line,
    });
    expect(again.body).toMatchObject({ unchanged: 1 });
  });

  test('are changed one by one, and cleared one by one or all together', async () => {
    const { best: _best, ...rest } = attributes;
    expect((await send('PATCH', address, { attributes: { best: null } })).body.attributes).toEqual(rest);
    expect((await send('PATCH', address, { attributes: { best: 7, coded: true, 'Sources.read': ['One'] } })).body.attributes).toEqual({
      ...attributes,
      best: 7,
      coded: true,
      'Sources.read': ['One'],
    });
    const cleared = Object.fromEntries(Object.keys(attributes).map((key) => [key, null]));
    expect((await send('PATCH', address, { attributes: cleared })).body).not.toHaveProperty('attributes');
    expect((await send('PATCH', address, { attributes })).body.attributes).toEqual(attributes);
    expect((await send('PATCH', address, { attributes: null })).body).not.toHaveProperty('attributes');
    expect((await send('PATCH', address, { attributes })).body.attributes).toEqual(attributes);
  });
});

test('a list or a map without items is left out', async () => {
  const created = await send('POST', 'events', { ...event, attributes: { none: [] }, places: [], links: [] });
  for (const field of ['attributes', 'places', 'links']) expect(created.body).not.toHaveProperty(field);
  const mixed = await send('POST', 'events', { ...event, attributes: { none: [], one: '' } });
  expect(mixed.body.attributes).toEqual({ one: '' });
});

describe('attributes are refused with what to write instead:', () => {
  const KEY = 'use a key of letters, digits, "_", "." and "-" that begins with a letter, such as "deaths_a"';
  test.each<[what: string, attributes: unknown, pointer: string, message: string]>([
    ['a key with a space', { 'deaths a': 1 }, '/attributes/deaths a', KEY],
    ['a key that begins with a digit', { '1a': 1 }, '/attributes/1a', KEY],
    ['a key that is empty', { '': 1 }, '/attributes/', KEY],
    ['a long key', { ['a'.repeat(81)]: 1 }, `/attributes/${'a'.repeat(81)}`, 'is a key of more than 80 characters'],
    ['an object', { a: { b: 1 } }, '/attributes/a', 'give a string or a number or a boolean or an array'],
    ['null', { a: null }, '/attributes/a', 'is null: give a string or a number or a boolean or an array, or leave it out'],
    ['a list of numbers', { a: [1] }, '/attributes/a/0', 'give a string'],
    ['an empty text in a list', { a: ['b', ''] }, '/attributes/a/1', 'is empty: give a value or leave it out'],
    ['a long text', { a: 'x'.repeat(2001) }, '/attributes/a', 'is longer than 2,000 characters: it has 2,001'],
    ['a long list', { a: Array.from({ length: 101 }, () => 'x') }, '/attributes/a', 'has more than 100 items: it has 101'],
    [
      'more than 300',
      Object.fromEntries(Array.from({ length: 301 }, (_, index) => [`a${index}`, index])),
      '/attributes',
      'holds more than 300 attributes: keep those that you ask for, and put the others into a file that a link leads to',
    ],
    [
      'a list in the place of the map',
      ['a'],
      '/attributes',
      'give an object such as {"event_clarity":1,"dyad_name":"Government - Opposition","coded":true}',
    ],
  ])('%s', async (_what, refused, pointer, message) => {
    const { status, body } = await send('POST', 'events', { ...event, attributes: refused });
    expect([status, body.errors]).toEqual([400, [{ pointer, message }]]);
  });

  test('in a patch, too, where null clears', async () => {
    const { id } = (await send('POST', 'events', { ...event, attributes: { a: 1 } })).body;
    const refused = await send('PATCH', `events/${id}`, { attributes: { 'a b': 1, c: {} } });
    expect(refused.body.errors.map((each: Json) => each.pointer)).toEqual(['/attributes/a b', '/attributes/c']);
    expect((await send('PATCH', `events/${id}`, { attributes: { never: null } })).body).toMatchObject({
      attributes: { a: 1 },
      revision: 1,
    });
  });

  test('as many as are allowed are stored', async () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`${'k'.repeat(76)}${index}`, 'x'.repeat(2000)]));
    const created = await send('POST', 'events', { ...event, attributes: many });
    expect([created.status, created.body.attributes]).toEqual([201, many]);
  });
});

test('links are found by the words of their titles and credits, and refused without a web address', async () => {
  const links = [
    { url: 'https://example.org/p.jpg', title: 'Jklvista photograph', kind: 'image', credit: 'Pqrsson', license: 'CC-BY-4.0' },
  ];
  const { id } = (await send('POST', 'events', { ...event, links })).body;
  for (const word of ['jklvista', 'pqrsson']) {
    const { body } = await service.ask({ url: `/v1/events?q=${word}` });
    expect(body.items).toMatchObject([{ id, links }]);
  }
  for (const [link, pointer, message] of [
    [{ url: 'ftp://example.org' }, '/links/0/url', 'use an absolute http or https address'],
    [{ title: 'No address' }, '/links/0/url', 'is required: give a string'],
    [{ url: 'https://example.org', kind: 'A photo' }, '/links/0/kind', 'use lower-case letters, digits and single hyphens: "a-photo"'],
  ] as const)
    expect((await send('POST', 'events', { ...event, links: [link] })).body.errors).toEqual([{ pointer, message }]);
});

describe('a figure is refused', () => {
  const figure = { label: 'deaths', unit: 'person', qualifier: 'estimate' };
  test.each<[what: string, range: object, pointer: string, message: string]>([
    ['without a number', {}, '/figures/0', 'states no number: give value, or both low and high'],
    ['with one end only', { low: 1 }, '/figures/0', 'states no number: give value, or both low and high'],
    ['with its ends the other way round', { low: 3, high: 1 }, '/figures/0/low', 'is above high 1: give low, then high, in order'],
    ['with a low above its value', { low: 3, value: 1 }, '/figures/0/low', 'is above value 1: give one that is not above it'],
    ['with a high below its value', { high: 0, value: 1 }, '/figures/0/high', 'is below value 1: give one that is not below it'],
  ])('%s', async (_what, range, pointer, message) => {
    const { status, body } = await send('POST', 'events', { ...event, figures: [{ ...figure, ...range }] });
    expect([status, body.errors]).toEqual([400, [{ pointer, message }]]);
  });

  test('but not as a value, a value with a range, a range of one number, or a range', async () => {
    const figures = [{ value: 1 }, { value: 2, low: 1 }, { low: 5, high: 5 }, { low: -1, value: 0, high: 7.5 }].map((range) => ({
      ...figure,
      ...range,
    }));
    expect((await send('POST', 'events', { ...event, figures })).body.figures).toEqual(figures);
  });
});

test('an event is found by each of its names, and by search, and they keep their languages and periods', async () => {
  const names = [
    { name: 'Vwxyz Uprising', kind: 'official', period: '1990/1999' },
    { name: 'Vwxyz War of Liberation', period: { edtf: '1999/..', asStated: 'since 1999' } },
    { name: 'Восстание вщщз', language: 'ru' },
  ];
  const { status, body } = await send('POST', 'events', { ...event, id: 'uprising', names });
  expect(status).toBe(201);
  expect(body.names).toMatchObject([
    { name: 'Vwxyz Uprising', kind: 'official', period: { edtf: '1990/1999', label: '1990 to 1999' } },
    { name: 'Vwxyz War of Liberation', period: { edtf: '1999/..', asStated: 'since 1999', open: 'end' } },
    { name: 'Восстание вщщз', language: 'ru' },
  ]);
  for (const { name } of names)
    expect((await service.ask({ url: `/v1/events/${encodeURIComponent(name)}` })).body.id, name).toBe('uprising');
  for (const q of ['vwxyz liberation', 'вщщз']) {
    const found = await service.ask({ url: `/v1/events?q=${encodeURIComponent(q)}` });
    expect(found.body.items.map(({ id }: Json) => id)).toEqual(['uprising']);
  }
  const refused = await send('POST', 'events', {
    ...event,
    names: [
      { name: 'A', period: '2013-02-29' },
      { name: 'B', period: { edtf: 'x' } },
    ],
  });
  expect(refused.body.errors.map(({ pointer }: Json) => pointer)).toEqual(['/names/0/period', '/names/1/period/edtf']);
});

test('a name that no document uses says so, finds its record, and keeps what it says through history and export', async () => {
  const names = [{ name: 'Ghjkl Rising', attested: false }, { name: 'Ghjkl Revolt', attested: true }, { name: 'Ghjkl Mutiny' }];
  expect((await send('POST', 'events', { ...event, id: 'rising', names })).body.names).toEqual(names);
  expect((await service.ask({ url: '/v1/events/Ghjkl%20Rising' })).body).toMatchObject({ id: 'rising', names });
  await send('PATCH', 'events/rising', { names: [{ name: 'Ghjkl Rising' }] });
  const { body } = await service.ask({ url: '/v1/events/rising/history' });
  expect(body.items.map(({ record }: Json) => record.names)).toEqual([names, [{ name: 'Ghjkl Rising' }]]);
  expect((await send('PATCH', 'events/rising', { names: [{ name: 'A', attested: 'no' }] })).body.errors).toMatchObject([
    { pointer: '/names/0/attested' },
  ]);
});
