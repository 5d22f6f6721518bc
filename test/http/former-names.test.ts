import { expect, test } from 'vitest';
import { statement } from '../../src/storage/port.ts';
import { sharedApp } from '../helpers/app.ts';
import type { Answered, Json } from '../helpers/contract.ts';

const service = sharedApp();

const send = (method: 'POST' | 'PATCH', url: string, body: unknown): Promise<Answered> => service.ask({ method, url: `/v1/${url}`, body });

const read = async (url: string): Promise<Json> => (await service.ask({ url: `/v1/${url}` })).body;

const importLines = (...lines: object[]): Promise<Answered> =>
  service.ask({
    method: 'POST',
    url: '/v1/import',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines.map((line) => JSON.stringify(line)).join('\n'),
  });

const renamed = (before: string, now: string) => [
  {
    pointer: `/${before}`,
    message: `field "${before}" is called "${now}" now, and holds a list: "${now}": ["..."]`,
    didYouMean: [now],
  },
];

test.each([
  ['events', 'title', 'place', 'places'],
  ['meetings', 'title', 'place', 'places'],
  ['places', 'name', 'country', 'partOf'],
])('%s: a field is refused under the name of an earlier release, and its name of today is told', async (path, title, before, now) => {
  const created = await send('POST', path, { id: 'renamed', kind: 'sample', [title]: 'Renamed', [before]: 'tashkent' });
  expect([created.status, created.body.errors]).toEqual([400, renamed(before, now)]);
  expect((await send('POST', path, { id: 'renamed', kind: 'sample', [title]: 'Renamed' })).status).toBe(201);
  for (const value of ['tashkent', null]) {
    const patched = await send('PATCH', `${path}/renamed`, { [before]: value });
    expect([patched.status, patched.body.errors]).toEqual([400, renamed(before, now)]);
  }
});

test('the dates of agreements keep their place, and agreements have places as entries do', async () => {
  const dates = [{ role: 'signed', edtf: '2020', place: 'tashkent' }, { role: 'ended' }];
  const created = await send('POST', 'agreements', {
    id: 'placed',
    kind: 'treaty',
    title: 'Placed',
    places: ['termez', 'TASHKENT'],
    dates,
  });
  expect(created.body).toMatchObject({ places: ['termez', 'tashkent'], dates: [{ place: 'tashkent' }, { role: 'ended' }] });
  const { body } = await service.ask({ url: '/v1/timeline?type=agreement&q=placed' });
  expect(body.items.map(({ places }: Json) => places)).toEqual([
    ['tashkent', 'termez'],
    ['termez', 'tashkent'],
  ]);
});

test('a parameter is refused under the name of an earlier release, and its name of today is told', async () => {
  const refused = await service.ask({ url: '/v1/places?country=uzbekistan' });
  expect([refused.status, refused.body.errors]).toEqual([
    400,
    [{ parameter: 'country', message: 'parameter "country" is called "partOf" now', didYouMean: ['partOf'] }],
  ]);
  const { body } = await service.ask({ url: '/v1/places?partOf=Uzbekistan&limit=200' });
  expect(body.items.map(({ id }: Json) => id)).toContain('termez');
  expect(body.query).toEqual({ partOf: 'uzbekistan' });
});

test('an import reads the lines that an earlier release exported', async () => {
  const imported = await importLines(
    { type: 'place', id: 'old-town', kind: 'city', name: 'Old Town', country: 'Uzbekistan' },
    { type: 'event', id: 'old-event', kind: 'visit', title: 'Old event', place: 'Old Town' },
    { type: 'meeting', id: 'old-meeting', kind: 'summit', title: 'Old meeting', place: 'nowhere-else' },
  );
  expect([imported.status, imported.body.errors]).toMatchObject([400, [{ line: 3, pointer: '/places/0', sent: '"nowhere-else"' }]]);
  const without = await importLines(
    { type: 'place', id: 'old-town', kind: 'city', name: 'Old Town', country: 'Uzbekistan' },
    { type: 'event', id: 'old-event', kind: 'visit', title: 'Old event', place: 'Old Town' },
  );
  expect(without.body).toMatchObject({ created: 2 });
  expect((await read('places/old-town')).partOf).toEqual(['uzbekistan']);
  expect((await read('events/old-event')).places).toEqual(['old-town']);
  const both = await importLines({ type: 'event', id: 'both', kind: 'visit', title: 'Both', place: 'termez', places: ['tashkent'] });
  expect([both.status, both.body.errors]).toMatchObject([400, renamed('place', 'places')]);
});

test('the history shows revisions of an earlier release with the fields of today', async () => {
  await send('POST', 'events', { id: 'revised', kind: 'visit', title: 'Revised', places: ['termez'] });
  await send('PATCH', 'events/revised', { places: ['tashkent'], note: 'a "place":' });
  // The revision that was replaced, as an earlier release rendered it.
  const OF_FIRST = "FROM changes WHERE type = 'event' AND slug = 'revised' AND revision = 2";
  const [[first]] = await service.annals.engine.read([statement<[replaced: Buffer]>(`SELECT replaced ${OF_FIRST}`)]);
  const before = first![0].toString().replace('"places":["termez"]', '"place":"termez"');
  expect(before).toContain('"place":"termez"');
  await service.annals.engine.write([
    statement("UPDATE changes SET replaced = ? WHERE type = 'event' AND slug = 'revised' AND revision = 2", Buffer.from(before)),
  ]);
  const answer = await service.app.inject('/v1/events/revised/history');
  expect(answer.statusCode, answer.body).toBe(200);
  const { items } = (await service.app.inject('/v1/events/revised/history')).json();
  expect(items.map(({ record }: Json) => record)).toMatchObject([
    { places: ['termez'], revision: 1 },
    { places: ['tashkent'], note: 'a "place":', revision: 2 },
  ]);
  expect(items[0].record).not.toHaveProperty('place');
});
