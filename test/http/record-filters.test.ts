import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { distance } from '../../src/domain/area.ts';
import { sharedApp } from '../helpers/app.ts';

const service = sharedApp();

type Attributes = Record<string, string | number | boolean | string[]>;
type Figure = { label: string; value?: number; low?: number; high?: number; unit: string; qualifier: string };
type Event = { id: string; date: string; places: string[]; attributes: Attributes; figures: Figure[] };

/** Cities with coordinates, a square without, and a country. */
const PLACES = [
  { id: 'plain', kind: 'country', name: 'Plain' },
  { id: 'north-town', kind: 'city', name: 'North Town', partOf: ['plain'], coordinates: { latitude: 40.5, longitude: 60.25 } },
  { id: 'south-town', kind: 'city', name: 'South Town', partOf: ['plain'], coordinates: { latitude: 40.1, longitude: 60.25 } },
  { id: 'east-cape', kind: 'cape', name: 'East Cape', coordinates: { latitude: -17, longitude: 179.5 } },
  { id: 'west-cape', kind: 'cape', name: 'West Cape', coordinates: { latitude: -17, longitude: -179.5 } },
  { id: 'north-square', kind: 'square', name: 'North Square', partOf: ['north-town'] },
] as const;

const attributes = fc.record(
  {
    clarity: fc.constantFrom(1, 2, 0.5, 1e-7),
    coded: fc.boolean(),
    dyad: fc.constantFrom('Government, Opposition', 'Government: "North"', 'Nord', '1'),
    codes: fc.uniqueArray(fc.constantFrom('a', 'b', 'c,d'), { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: [] },
);

const number = fc.integer({ min: 0, max: 20 });
const figure = fc.oneof(
  number.map((value) => ({ value })),
  fc.tuple(number, number).map((ends) => ({ low: Math.min(...ends), high: Math.max(...ends) })),
);

const events: Event[] = fc
  .sample(
    fc.record({
      date: fc.constantFrom(
        '1990-01-10',
        '2020-01-10',
        '2020-01',
        '2020-01-10?',
        '2020-01-10/2020-02',
        '2020-02-29',
        '2019-12-31/2020-01-10',
      ),
      places: fc.uniqueArray(fc.constantFrom(...PLACES.map(({ id }) => id)), { maxLength: 2 }),
      attributes,
      figures: fc.array(
        fc
          .tuple(fc.constantFrom('Deaths', 'troops'), figure)
          .map(([label, range]) => ({ label, ...range, unit: 'person', qualifier: 'estimate' })),
        { maxLength: 2 },
      ),
    }),
    { seed: 17, numRuns: 80 },
  )
  .map((event, index) => ({ ...event, id: `filtered-${index}` }));

const post = async (path: string, body: object) => {
  const answer = await service.ask({ method: 'POST', url: `/v1/${path}`, body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
};

beforeAll(async () => {
  for (const place of PLACES) await post('places', place);
  for (const event of events) await post('events', { ...event, kind: 'attack', title: event.id, topics: ['filtered'] });
});

/** Returns the parameter that asks for an attribute, as the manual says that it is written. */
const asked = (key: string, value: string): string =>
  encodeURIComponent(`${key}:${/[",]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value}`);

const has = ({ attributes: all }: Event, key: string, value: string): boolean =>
  [all[key] ?? []].flat().some((each) => String(each) === value);

const deaths = ({ figures }: Event, [least, most]: [number, number]): boolean =>
  figures.some(({ label, value, low, high }) => label === 'Deaths' && (value ?? high!) >= least && (value ?? low!) <= most);

const pointOf = (id: string) => {
  const place = PLACES.find((each) => each.id === id)!;
  if ('coordinates' in place) return place.coordinates;
  return id === 'north-square' ? PLACES[1].coordinates : undefined;
};

const isWithin = (kilometres: number, center: { latitude: number; longitude: number }) => (event: Event) =>
  event.places.some((id) => {
    const point = pointOf(id);
    return point !== undefined && distance(center, point) <= kilometres;
  });

const QUESTIONS: [query: string, isAsked: (event: Event) => boolean][] = [
  ['attribute=clarity:1', (event) => has(event, 'clarity', '1')],
  ['attribute=clarity:1.0', (event) => has(event, 'clarity', '1')],
  ['attribute=clarity:0.0000001', (event) => has(event, 'clarity', '1e-7')],
  ['attribute=clarity:0.50,clarity:2', (event) => has(event, 'clarity', '0.5') || has(event, 'clarity', '2')],
  ['attribute=coded:true', (event) => has(event, 'coded', 'true')],
  ['attribute=!coded:true', (event) => !has(event, 'coded', 'true')],
  [`attribute=${asked('dyad', 'Government, Opposition')}`, (event) => has(event, 'dyad', 'Government, Opposition')],
  [`attribute=${asked('dyad', 'Government: "North"')}`, (event) => has(event, 'dyad', 'Government: "North"')],
  [`attribute=codes:a&attribute=${asked('codes', 'c,d')}`, (event) => has(event, 'codes', 'a') && has(event, 'codes', 'c,d')],
  ['attribute=dyad:nord', () => false],
  ['attribute=clarity:1&figure=deaths', (event) => has(event, 'clarity', '1') && event.figures.some(({ label }) => label === 'Deaths')],
  ['monthDay=01-10', ({ date }) => date.startsWith('1990-01-10') || date.startsWith('2020-01-10')],
  ['monthDay=--01-10', ({ date }) => date.startsWith('1990-01-10') || date.startsWith('2020-01-10')],
  ['monthDay=02-29,12-31', ({ date }) => date === '2020-02-29' || date.startsWith('2019-12-31')],
  ['monthDay=!01-10', ({ date }) => !/^\d{4}-01-10/.test(date)],
  ['figure=deaths', ({ figures }) => figures.some(({ label }) => label === 'Deaths')],
  ['figure=deaths&figureMin=10', (event) => deaths(event, [10, Infinity])],
  ['figure=deaths&figureMin=5&figureMax=7', (event) => deaths(event, [5, 7])],
  ['figure=deaths,troops&figureMax=3', ({ figures }) => figures.some(({ value, low }) => (value ?? low!) <= 3)],
  ['figure=!deaths', ({ figures }) => figures.every(({ label }) => label !== 'Deaths')],
  ['near=40.5,60.25,1', isWithin(1, { latitude: 40.5, longitude: 60.25 })],
  ['near=40.3,60.25,30', isWithin(30, { latitude: 40.3, longitude: 60.25 })],
  ['near=-17,180,60', isWithin(60, { latitude: -17, longitude: 180 })],
  ['near=-90,0,20038', ({ places }) => places.some((id) => pointOf(id) !== undefined)],
  ['bbox=60,40.2,61,41', ({ places }) => places.some((id) => id === 'north-town' || id === 'north-square')],
  ['bbox=179,-18,-179,-16', ({ places }) => places.some((id) => id.endsWith('cape'))],
  ['bbox=0,0,1,1', () => false],
  ['place=plain', ({ places }) => places.some((id) => !id.endsWith('cape'))],
];

/** The ids of all items of a list, page by page. */
async function found(path: string, query: string): Promise<string[]> {
  const ids: string[] = [];
  for (let url: string | undefined = `/v1/${path}?topic=filtered&limit=7&${query}`; url !== undefined; ) {
    const { status, body } = await service.ask({ url });
    expect(status, JSON.stringify(body)).toBe(200);
    const { items, next, total } = body as { items: { id?: string; entry?: { id: string } }[]; next?: string; total: number };
    ids.push(...items.map(({ id, entry }) => id ?? entry!.id));
    if (next === undefined) expect(total).toBe(ids.length);
    url = next === undefined ? undefined : `/v1/${path}?topic=filtered&limit=7&${query}&cursor=${next}`;
  }
  return ids.toSorted();
}

describe.each(['timeline', 'events'])('%s answers as plain counting does to', (path) => {
  test.each(QUESTIONS)('%s', async (query, isAsked) => {
    const expected = events.filter(isAsked).map(({ id }) => id);
    expect(await found(path, query)).toEqual(expected.toSorted());
  });
});

test('the histogram counts what the timeline lists', async () => {
  for (const [query, isAsked] of QUESTIONS) {
    const { body } = await service.ask({ url: `/v1/timeline/histogram?topic=filtered&by=year&${query}` });
    expect([query, body.total]).toEqual([query, events.filter(isAsked).length]);
  }
});

const idsOf = async (query: string): Promise<string[]> =>
  (await service.ask({ url: `/v1/places?${query}` })).body.items.map(({ id }: { id: string }) => id);

test('places are listed near a point and in a box by their own coordinates', async () => {
  expect(await idsOf('near=40.5,60.25,1&kind=city,square')).toEqual(['north-town']);
  expect(await idsOf('bbox=60,40,61,41&kind=city')).toEqual(['north-town', 'south-town']);
  expect(await idsOf('bbox=179,-18,-179,-16')).toEqual(['east-cape', 'west-cape']);
  expect(await idsOf('partOf=plain&bbox=60,40.2,61,41')).toEqual(['north-town']);
});

describe('actors, places and sources by attributes', () => {
  beforeAll(async () => {
    const attributed = { attributes: { stateabb: 'PLN', ccode: 900, codes: ['x', 'y,z'] } };
    for (const [path, body] of [
      ['actors', { id: 'state-of-plain', kind: 'state', name: 'State of Plain', ...attributed }],
      ['places', { id: 'attributed-hill', kind: 'hill', name: 'Attributed Hill', ...attributed }],
      ['sources', { id: 'attributed-book', kind: 'book', title: 'Attributed Book', ...attributed }],
    ] as const)
      expect((await service.ask({ method: 'POST', url: `/v1/${path}`, body })).status).toBe(201);
  });

  test.each([
    ['actors', 'state-of-plain'],
    ['places', 'attributed-hill'],
    ['sources', 'attributed-book'],
  ])('%s', async (path, id) => {
    const listed = async (query: string) =>
      (await service.ask({ url: `/v1/${path}?${query}` })).body.items.map((each: { id: string }) => each.id);
    for (const query of ['attribute=ccode:900', `attribute=${asked('codes', 'y,z')}&attribute=stateabb:PLN`, 'attribute=ccode:9.0e2'])
      expect([query, await listed(query)]).toEqual([query, [id]]);
    for (const query of ['attribute=ccode:901', 'attribute=stateabb:pln', 'attribute=ccode:900&attribute=codes:q'])
      expect([query, await listed(query)]).toEqual([query, []]);
    expect(await listed('attribute=!ccode:900&limit=200')).not.toContain(id);
    await service.ask({ method: 'PATCH', url: `/v1/${path}/${id}`, body: { attributes: { ccode: null } } });
    expect(await listed('attribute=ccode:900')).toEqual([]);
    expect(await listed('attribute=stateabb:PLN')).toEqual([id]);
  });
});

test.each([
  ['timeline?attribute=clarity', 'attribute', 'attribute=clarity is not key:value'],
  ['timeline?attribute=9x:1', 'attribute', 'is not key:value'],
  ['timeline?attribute=a:%22b', 'attribute', 'is not key:value'],
  [`timeline?attribute=a:${'b'.repeat(201)}`, 'attribute', 'has 201 characters'],
  [`actors?attribute=${Array.from({ length: 51 }, (_, index) => `a:${index}`).join(',')}`, 'attribute', 'more than 50 alternatives'],
  ['timeline?monthDay=1-10', 'monthDay', 'write 01-10'],
  ['timeline?monthDay=-01-10', 'monthDay', 'begins with a hyphen: write !01-10'],
  ['timeline?monthDay=02-30', 'monthDay', 'not a day of a year'],
  ['timeline?monthDay=13-01', 'monthDay', 'write the month and the day, such as 01-10'],
  ['timeline?figureMin=5', 'figureMin', 'add figure'],
  ['timeline?figureMax=5', 'figureMax', 'add figure'],
  ['timeline?figure=!deaths&figureMax=5', 'figure', 'add figure'],
  ['timeline?figure=deaths&figureMin=many', 'figureMin', 'give a number'],
  ['timeline?figure=deaths&figureMin=5&figureMax=4', 'figureMin', 'write the smaller number in figureMin'],
  ['events?near=41.31,69.28', 'near', 'write latitude, longitude and kilometres'],
  ['events?near=91,69.28,1', 'near', 'beyond 90'],
  ['events?near=41,181,1', 'near', 'beyond 180'],
  ['places?near=41,69,0', 'near', 'more than 0'],
  ['places?bbox=1,2,3', 'bbox', 'write west, south, east and north'],
  ['timeline?bbox=55,45,75,35', 'bbox', 'has the south 45 beyond the north 35'],
  ['timeline?bbox=55,35,75,95', 'bbox', 'beyond 180 degrees'],
])('%s is refused', async (address, parameter, message) => {
  const { status, body } = await service.ask({ url: `/v1/${address}` });
  expect([status, body.errors[0].parameter]).toEqual([400, parameter]);
  expect(body.errors[0].message).toContain(message);
});

test('the echo can be sent again, and words that nothing has are warned of', async () => {
  const { body } = await service.ask({ url: `/v1/timeline?attribute=${asked('dyad', 'Government, Opposition')}` });
  expect(body.query.attribute).toEqual(['dyad:"Government, Opposition"']);
  const warned = async (query: string) => (await service.ask({ url: `/v1/timeline?${query}` })).body.warnings;
  expect(await warned('attribute=clarty:1')).toMatchObject([
    { parameter: 'attribute', message: 'no entry has the attribute clarty:1' },
    { parameter: 'attribute', value: 'clarty', didYouMean: ['clarity'] },
  ]);
  expect(await warned('attribute=clarity:7')).toMatchObject([{ parameter: 'attribute', message: 'no entry has the attribute clarity:7' }]);
  expect(await warned('attribute=clarity:7&type=actor')).toContainEqual(
    expect.objectContaining({ parameter: 'attribute', message: 'no moment of an actor has the attribute clarity:7' }),
  );
  expect(await warned('figure=death')).toMatchObject([{ parameter: 'figure', didYouMean: ['deaths'] }]);
  expect(await warned('bbox=0,0,1,1')).toMatchObject([{ parameter: 'bbox', message: 'no place with coordinates lies in bbox=0,0,1,1' }]);
});
