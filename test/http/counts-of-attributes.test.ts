import { beforeAll, describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import type { Json } from '../helpers/contract.ts';
import { createdOn, readFrom } from '../helpers/requests.ts';

const service = sharedApp();

const post = createdOn(service);
const ask = readFrom(service, '/v1/timeline/counts');

/** The values of groups with their moments. */
const valuesOf = ({ items }: Json): [string, number][] => items.map(({ attribute, moments }: Json) => [attribute.value, moments]);

/** Two hundred UTF-16 units, in half as many characters. */
const LONGEST = '😀'.repeat(100);

/** The attribute of each skirmish. */
const CODED = [1, '1', 1.5, 1e-7, true, ['b', 'a', 'b'], 'caf\u00e9', 'cafe\u0301', 'a/b c', '', LONGEST, `${LONGEST}😀`, 'x'.repeat(201)];

beforeAll(async () => {
  for (const [index, coded] of CODED.entries())
    await post('events', {
      id: `skirmish-${index}`,
      kind: 'skirmish',
      title: `Skirmish ${index}`,
      date: index < 5 ? '1871' : '1872-02',
      attributes: { 'pitch.code-a': coded, 'pitch.code-ab': 'other', other: 'pitch.code-a:1' },
      topics: index % 2 === 0 ? ['even'] : [],
    });
  await post('agreements', {
    id: 'truce',
    kind: 'skirmish',
    title: 'Truce',
    dates: [
      { role: 'signed', edtf: '1872-03' },
      { role: 'ended', edtf: '1873' },
    ],
    attributes: { 'pitch.code-a': true },
  });
});

/** What is counted in each way: 12 values of 15 moments, of which two have none. */
const GROUPS = [
  ['true', 3],
  ['1', 2],
  ['café', 2],
  ['', 1],
  ['1.5', 1],
  ['1e-7', 1],
  ['a', 1],
  ['a/b c', 1],
  ['b', 1],
  [LONGEST, 1],
];

describe('counts by an attribute', () => {
  test('have its key and each of its values, as text', async () => {
    expect(await ask('by=attribute:pitch.code-a&limit=1')).toEqual({
      by: ['attribute:pitch.code-a'],
      items: [{ attribute: { key: 'pitch.code-a', value: 'true' }, moments: 3, entries: 2 }],
      next: expect.any(String),
      groups: 10,
      without: expect.any(Number),
      total: expect.any(Number),
      query: {},
    });
  });

  test.each([
    '',
    '&type=event,agreement',
    '&kind=skirmish',
    '&kind=skirmish&from=1800&to=1900',
    '&attribute=other:"pitch.code-a:1",pitch.code-a:true',
  ])('are the same by the terms of the index and by the records: %s', async (filter) => {
    const counts = await ask(`by=attribute:pitch.code-a${filter}`);
    expect(valuesOf(counts)).toEqual(GROUPS);
    // Two values of more than 200 characters are in no group.
    if (filter.startsWith('&kind')) expect(counts).toMatchObject({ total: 15, without: 2 });
  });

  test('stand beside a unit of time or another dimension', async () => {
    const byYear = await ask('by=year,attribute:pitch.code-a&kind=skirmish&from=1871&to=1871');
    expect(byYear.items.map(({ time, attribute, moments }: Json) => [time.label, attribute.value, moments])).toEqual([
      ['1871', '1', 2],
      ['1871', '1.5', 1],
      ['1871', '1e-7', 1],
      ['1871', 'true', 1],
    ]);
    const byTopic = await ask('by=attribute:pitch.code-a,topic&kind=skirmish&type=event&limit=2');
    expect(byTopic).toMatchObject({
      items: [
        { attribute: { key: 'pitch.code-a', value: '1' }, topic: 'even', moments: 1, entries: 1 },
        { attribute: { key: 'pitch.code-a', value: '1.5' }, topic: 'even', moments: 1, entries: 1 },
      ],
      groups: 6,
      without: 7,
      total: 13,
    });
    const decades = await ask('by=decade,attribute:pitch.code-a');
    expect(valuesOf(decades)).toEqual(GROUPS);
  });

  test('come in pages whose cursors keep values with spaces and strokes', async () => {
    const items: Json[] = [];
    let cursor = '';
    do {
      const page = await ask(`by=attribute:pitch.code-a&kind=skirmish&limit=1${cursor && `&cursor=${cursor}`}`);
      items.push(...page.items);
      cursor = page.next ?? '';
    } while (cursor !== '');
    expect(valuesOf({ items } as Json)).toEqual(GROUPS);
  });

  test('warn of a key that no entry has, with the nearest', async () => {
    expect(await ask('by=attribute:pitch.code-b&kind=skirmish')).toMatchObject({
      items: [],
      without: 15,
      total: 15,
      warnings: [{ parameter: 'by', value: 'attribute:pitch.code-b', didYouMean: expect.arrayContaining(['attribute:pitch.code-a']) }],
    });
  });

  test('are about entries: the moments of actors are refused, with advice', async () => {
    const { status, body } = await service.ask({ url: '/v1/timeline/counts?by=kind&type=actor' });
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ parameter: 'type', message: expect.stringContaining('histogram?type=actor') }]);
    expect((await service.ask({ url: '/v1/timeline/histogram?type=actor' })).status).toBe(200);
    expect(await ask('by=type&type=!actor&kind=skirmish')).toMatchObject({ total: 15 });
  });
});
