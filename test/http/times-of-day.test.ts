import { beforeAll, describe, expect, test } from 'vitest';
import { noProgress } from '../../src/domain/progress.ts';
import { MOMENT_MAX } from '../../src/domain/time/levels.ts';
import { check } from '../../src/records/check.ts';
import { reindex } from '../../src/records/reindex.ts';
import { statement } from '../../src/storage/port.ts';
import { sharedApp } from '../helpers/app.ts';
import { storeAt } from '../helpers/store.ts';

const service = sharedApp();

/** Meetings of one day by their id, in the order of recording: their dates and times of day. */
const RECORDED: Record<string, { edtf: string; startTime?: string }> = {
  'two-days': { edtf: '1931-03-02/1931-03-03', startTime: '00:01' },
  evening: { edtf: '1931-03-02', startTime: '18:30' },
  untimed: { edtf: '1931-03-02' },
  morning: { edtf: '1931-03-02', startTime: '09:05' },
  'next-day': { edtf: '1931-03-03', startTime: '00:00' },
  midnight: { edtf: '1931-03-02', startTime: '00:00' },
  'also-in-the-morning': { edtf: '1931-03-02', startTime: '09:05' },
  'last-minute': { edtf: '1931-03-02', startTime: '23:59' },
};

/** The same in the order of the timeline. */
const IN_ORDER = ['untimed', 'midnight', 'morning', 'also-in-the-morning', 'evening', 'last-minute', 'two-days', 'next-day'];

const bodyOf = (id: string) => {
  const { edtf, startTime } = RECORDED[id]!;
  return {
    id,
    kind: 'session',
    title: `A session about clocks: ${id}`,
    date: { edtf },
    topics: ['clocks', 'bells'],
    ...(startTime !== undefined && { startTime }),
    participants: [
      { actor: 'csto', role: 'host' },
      { actor: 'kazakhstan', role: 'clockmaker' },
    ],
  };
};

beforeAll(async () => {
  // Above the number of moments that earlier releases could hold.
  await service.annals.engine.write([statement("UPDATE sequences SET next = ? WHERE name = 'moment'", MOMENT_MAX - 10_000)]);
  const ids = Object.keys(RECORDED);
  for (const id of ids.slice(0, 4)) expect((await service.ask({ method: 'POST', url: '/v1/meetings', body: bodyOf(id) })).status).toBe(201);
  const body = ids.slice(4).map((id) => JSON.stringify({ type: 'meeting', ...bodyOf(id) }));
  const headers = { 'content-type': 'application/x-ndjson' };
  expect((await service.ask({ method: 'POST', url: '/v1/import', body: body.join('\n'), headers })).body.created).toBe(4);
});

type Listed = { id?: string; entry?: { id: string } };

/** The ids on the pages of a list, of so many items each. */
async function pagesOf(url: string, limit: number): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const { status, body } = await service.ask({ url: `${url}&limit=${limit}${cursor && `&cursor=${cursor}`}` });
    expect(status).toBe(200);
    ids.push(...(body.items as Listed[]).map(({ id, entry }) => (entry?.id ?? id)!));
    cursor = body.next as string | undefined;
  }
  return ids;
}

/** Lists of the meetings by each way in which the index finds them. */
const LISTS = [
  '/v1/timeline?topic=clocks',
  '/v1/timeline?topic=clocks&from=1931-03-02&to=1931-03-03',
  '/v1/timeline?from=1931-03&to=1931-03',
  '/v1/timeline?topic=clocks,bells&match=certain&on=1931-03',
  '/v1/timeline?topic=clocks&place=!tashkent',
  '/v1/timeline?q=clocks',
  '/v1/timeline?q=clocks&from=1931-03-02',
  '/v1/timeline?actor=csto&actor=kazakhstan&role=host,clockmaker',
  '/v1/timeline?topic=clocks&updatedSince=2000-01-01',
  '/v1/actors/kazakhstan/timeline?topic=clocks',
  '/v1/meetings?topic=clocks',
  '/v1/meetings?q=clocks&sort=date',
];

describe('moments of one day stand in the order of their times of day, those without a time before them and longer ones after them:', () => {
  test.each(LISTS)('%s', async (url) => {
    for (const limit of [1, 3, 200]) {
      expect(await pagesOf(url, limit)).toEqual(IN_ORDER);
      const backward = url.includes('sort=date') ? url.replace('sort=date', 'sort=-date') : `${url}&sort=-date`;
      expect(await pagesOf(backward, limit)).toEqual(IN_ORDER.toReversed());
    }
  });
});

test('search and lists by relevance find them on all pages', async () => {
  for (const url of ['/v1/search?q=clocks', '/v1/meetings?q=clocks&sort=relevance']) {
    const found = await pagesOf(url, 3);
    expect(found.toSorted()).toEqual(IN_ORDER.toSorted());
  }
});

test('counts and histograms count them', async () => {
  const days = await service.ask({ url: '/v1/timeline/histogram?topic=clocks&by=day&from=1931-03&to=1931-03' });
  expect(days.body.buckets.map(({ count }: { count: number }) => count)).toEqual([7, 1]);
  const years = await service.ask({ url: '/v1/timeline/histogram?topic=clocks&by=year&count=ongoing' });
  expect(years.body.buckets.map(({ count }: { count: number }) => count)).toEqual([8]);
  expect((await service.ask({ url: '/v1/timeline?topic=clocks&on=1931-03-02&limit=1' })).body.total).toBe(7);
});

test('a moment moves with its time of day, and a rebuild leaves it there', async () => {
  const orderAfter = async (body: object) => {
    expect((await service.ask({ method: 'PATCH', url: '/v1/meetings/morning', body })).status).toBe(200);
    return pagesOf('/v1/timeline?q=clocks', 3);
  };
  const others = IN_ORDER.filter((id) => id !== 'morning');
  expect(await orderAfter({ startTime: '23:00' })).toEqual(others.toSpliced(4, 0, 'morning'));
  // Recorded after the one without a time.
  expect(await orderAfter({ startTime: null })).toEqual(others.toSpliced(1, 0, 'morning'));
  expect(await orderAfter({ startTime: '09:05' })).toEqual(IN_ORDER);
  expect((await check(storeAt(service.path), noProgress)).findings).toEqual([]);
  await reindex(service.annals, noProgress);
  expect(await pagesOf('/v1/timeline?q=clocks', 3)).toEqual(IN_ORDER);
});

test('a cursor of an earlier release is refused', async () => {
  const { next } = (await service.ask({ url: '/v1/timeline?limit=1' })).body;
  const { status, body } = await service.ask({ url: `/v1/timeline?limit=1&cursor=${String(next).replace(/^2\./, '1.')}` });
  expect([status, body.type]).toEqual([400, '/problems/invalid-cursor']);
});
