import { beforeAll, describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import type { Answered, Json } from '../helpers/contract.ts';

const service = sharedApp();

const send = (method: 'POST' | 'PATCH', url: string, body: unknown): Promise<Answered> => service.ask({ method, url: `/v1/${url}`, body });

const importPlaces = (places: Record<string, string[] | undefined>): Promise<Answered> =>
  service.ask({
    method: 'POST',
    url: '/v1/import?onExisting=replace',
    headers: { 'content-type': 'application/x-ndjson' },
    body: Object.entries(places)
      .map(([id, partOf]) => `${JSON.stringify({ type: 'place', id, kind: 'region', name: `Region ${id}`, partOf })}\n`)
      .join(''),
  });

const idsOf = ({ body }: Answered): string[] => body.items.map(({ id, entry }: Json) => (entry ?? { id }).id as string).toSorted();

beforeAll(async () => {
  await importPlaces({ ruritania: undefined, graustark: undefined, border: ['ruritania', 'graustark'], pass: ['Region border'] });
  for (const [id, places] of [
    ['at-the-pass', ['pass']],
    ['in-graustark', ['graustark']],
    ['everywhere', ['ruritania', 'pass', 'ruritania']],
  ] as const)
    expect((await send('POST', 'events', { id, kind: 'skirmish', title: `Skirmish ${id}`, places })).status).toBe(201);
});

test.each([
  ['ruritania', ['at-the-pass', 'everywhere']],
  ['graustark', ['at-the-pass', 'everywhere', 'in-graustark']],
  ['border', ['at-the-pass', 'everywhere']],
  ['!ruritania', ['in-graustark']],
  ['ruritania,graustark', ['at-the-pass', 'everywhere', 'in-graustark']],
])('place=%s finds what happened in a place that lies in it, by any of the places in which that one lies', async (place, ids) => {
  for (const list of ['events', 'timeline'])
    expect(idsOf(await service.ask({ url: `/v1/${list}?kind=skirmish&place=${place}` }))).toEqual(ids);
});

test('a place that an entry names twice stays in the record, and stands on the timeline once', async () => {
  expect((await service.ask({ url: '/v1/events/everywhere' })).body.places).toEqual(['ruritania', 'pass', 'ruritania']);
  const { body } = await service.ask({ url: '/v1/timeline?kind=skirmish&q=everywhere' });
  expect(body.items.map(({ places }: Json) => places)).toEqual([['ruritania', 'pass']]);
});

test('places are listed by any of the places in which they lie', async () => {
  for (const whole of ['ruritania', 'Region graustark'])
    expect(idsOf(await service.ask({ url: `/v1/places?partOf=${whole}` }))).toEqual(['border']);
});

test('a place in which another lies, or at which something happened, is not deleted', async () => {
  const refused = await service.ask({ method: 'DELETE', url: '/v1/places/graustark' });
  expect([refused.status, refused.body.type]).toEqual([409, '/problems/still-referenced']);
  expect(JSON.stringify(refused.body)).toContain('border');
});

describe('a place that would lie in itself is refused with the chain of places:', () => {
  const message = 'makes the place "graustark" part of itself: graustark → pass → border → graustark: name another, or leave it out';

  test('when one is changed', async () => {
    const refused = await send('PATCH', 'places/graustark', { partOf: ['ruritania', 'pass'] });
    expect([refused.status, refused.body.errors]).toEqual([400, [{ pointer: '/partOf', message }]]);
    expect((await send('PATCH', 'places/graustark', { partOf: ['ruritania'] })).status, 'two ways to one place are no cycle').toBe(200);
    expect((await send('PATCH', 'places/graustark', { partOf: null })).status).toBe(200);
  });

  test('when two are changed at once', async () => {
    await importPlaces({ 'one-half': undefined, 'other-half': undefined });
    for (let round = 0; round < 3; round += 1) {
      for (const id of ['one-half', 'other-half']) await send('PATCH', `places/${id}`, { partOf: null });
      const answers = await Promise.all([
        send('PATCH', 'places/one-half', { partOf: ['ruritania', 'other-half'] }),
        send('PATCH', 'places/other-half', { partOf: ['one-half'] }),
      ]);
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400]);
    }
  });

  test('when several are imported, among themselves and with stored places', async () => {
    const refused = await importPlaces({
      own: ['ruritania', 'first'],
      first: ['second'],
      second: ['ruritania', 'first'],
      graustark: ['pass'],
    });
    expect([refused.status, refused.body.type]).toEqual([400, '/problems/invalid-import']);
    expect(refused.body.errors).toEqual([
      {
        line: 2,
        pointer: '/partOf',
        message: 'makes the place "first" part of itself: first → second → first: name another, or leave it out',
        sent: '"second"',
      },
      { line: 4, pointer: '/partOf', message, sent: '"pass"' },
    ]);
  });

  test('except when the same import breaks the cycle', async () => {
    expect((await importPlaces({ graustark: ['pass'], pass: ['border'], border: ['ruritania'] })).body).toMatchObject({ updated: 2 });
  });
});
