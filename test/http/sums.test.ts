import { beforeAll, describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import type { Json } from '../helpers/contract.ts';
import { createdOn, readFrom } from '../helpers/requests.ts';

const service = sharedApp();

const post = createdOn(service);
const ask = readFrom(service, '/v1/timeline/counts');

const figure = (label: string, numbers: { value?: number; low?: number; high?: number }, unit = 'sheep') => ({
  label,
  ...numbers,
  unit,
  qualifier: 'about',
});

/** Floods of three years, of which a dam broke in two, and an agreement with two moments in one year and one in the next. */
beforeAll(async () => {
  const flood = (id: string, date: string, figures: object[]) => post('events', { id, kind: 'flood', title: `Flood ${id}`, date, figures });
  await flood('flood-1', '1881-03', [
    figure('Drowned flocks', { value: 10, low: 8, high: 15 }),
    figure('drowned flocks', { value: 0.1 }, 'tonne'),
  ]);
  await flood('flood-2', '1881-04', [figure('drowned flocks', { value: 0.2 }, 'tonne'), figure('drowned flocks', { low: 5, high: 7 })]);
  await flood('flood-3', '1882', [figure('drowned flocks', { low: 1, high: 3 })]);
  await flood('flood-4', '1883', [figure('broken dams', { value: 2 }, 'dam')]);
  await post('agreements', {
    id: 'dyke-treaty',
    kind: 'flood',
    title: 'Treaty of the dykes',
    dates: [
      { role: 'signed', edtf: '1882-05' },
      { role: 'ratified', edtf: '1882-06' },
      { role: 'entered-into-force', edtf: '1883' },
    ],
    figures: [figure('drowned flocks', { value: 100 }), figure('drowned flocks', { value: -40, low: -60 })],
  });
});

describe('sums of figures', () => {
  test('are those of the groups and of all, by unit, each entry once', async () => {
    expect(await ask('by=year&sum=drowned-flocks&kind=flood')).toEqual({
      by: ['year'],
      sum: 'drowned-flocks',
      items: [
        {
          time: { start: '1881-01-01', end: '1881-12-31', label: '1881' },
          moments: 2,
          entries: 2,
          sums: [
            { unit: 'sheep', value: 10, low: 13, high: 22, figures: 2 },
            { unit: 'tonne', value: 0.3, low: 0.3, high: 0.3, figures: 2 },
          ],
        },
        {
          time: { start: '1882-01-01', end: '1882-12-31', label: '1882' },
          moments: 3,
          entries: 2,
          sums: [{ unit: 'sheep', value: 60, low: 41, high: 63, figures: 3 }],
        },
        {
          time: { start: '1883-01-01', end: '1883-12-31', label: '1883' },
          moments: 2,
          entries: 2,
          sums: [{ unit: 'sheep', value: 60, low: 40, high: 60, figures: 2 }],
        },
      ],
      groups: 3,
      without: 0,
      total: 7,
      sums: [
        { unit: 'sheep', value: 70, low: 54, high: 85, figures: 5 },
        { unit: 'tonne', value: 0.3, low: 0.3, high: 0.3, figures: 2 },
      ],
      query: { kind: ['flood'] },
    });
  });

  test('have no value where no figure has a best one, and are empty in a group without figures', async () => {
    const { items, sums } = await ask('by=year,type&sum=Drowned flocks&kind=flood&type=event&from=1882');
    expect(items.map((item: Json) => item.sums)).toEqual([[{ unit: 'sheep', low: 1, high: 3, figures: 1 }], []]);
    expect(sums).toEqual([{ unit: 'sheep', low: 1, high: 3, figures: 1 }]);
  });

  test('add the figures of each page, and of all on every page', async () => {
    const items: Json[] = [];
    let cursor = '';
    do {
      const page = await ask(`by=year,kind&sum=drowned-flocks&kind=flood&limit=1${cursor && `&cursor=${cursor}`}`);
      expect(page.sums).toHaveLength(2);
      items.push(...page.items);
      cursor = page.next ?? '';
    } while (cursor !== '');
    expect(items.map((item: Json) => item.sums.map(({ value }: Json) => value))).toEqual([[10, 0.3], [60], [60]]);
  });

  test('need no filter, where the moments are few enough to be read', async () => {
    const { items, sums, sum } = await ask('by=kind&sum=drowned-flocks&limit=200');
    expect(sum).toBe('drowned-flocks');
    expect(sums[0]).toEqual({ unit: 'sheep', value: 70, low: 54, high: 85, figures: 5 });
    expect(items.find(({ kind }: Json) => kind === 'flood').sums).toEqual(sums);
    expect(items.find(({ kind }: Json) => kind !== 'flood').sums).toEqual([]);
  });

  test('warn of a label that no figure has, with the nearest', async () => {
    expect(await ask('by=kind&sum=drowned-flock&kind=flood')).toMatchObject({
      sums: [],
      warnings: [{ parameter: 'sum', value: 'drowned-flock', didYouMean: ['drowned-flocks'] }],
    });
    expect(await ask('by=kind&sum=drowned-flocks&kind=floodd')).toMatchObject({ items: [], sums: [], warnings: [{ parameter: 'kind' }] });
  });
});
