import { beforeAll, describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import type { Json } from '../helpers/contract.ts';
import { lines } from '../helpers/imports.ts';

/** Records as long as they may be: pages of them end before they hold more than 8 MiB, and nothing is lost. */

const service = sharedApp();

const MIB = 2 ** 20;

/** The longest prose: 100,000 letters of three bytes each but for the spaces. */
const PROSE = 'ქართული '.repeat(12_500);

/** Records of each kind of list: together more than a page holds. */
const COUNT = 20;

/** The ids of records of a name, in order. */
const ids = (name: string): string[] => Array.from({ length: COUNT }, (_, index) => `${name}-${String(index).padStart(2, '0')}`);

async function imported(records: readonly object[]): Promise<void> {
  const headers = { 'content-type': 'application/x-ndjson' };
  const { status, text } = await service.ask({ method: 'POST', url: '/v1/import', body: lines(records), headers });
  expect(status, text.slice(0, 300)).toBe(200);
}

beforeAll(async () => {
  await imported([
    ...ids('long-source').map((id) => ({ type: 'source', id, kind: 'ledger', title: `Longest ledger ${id}`, summary: PROSE, note: PROSE })),
    ...ids('long-actor').map((id) => ({ type: 'actor', id, kind: 'guild', name: `Longest guild ${id}`, description: PROSE, note: PROSE })),
    ...ids('long-event').map((id) => ({
      type: 'event',
      id,
      kind: 'fair',
      title: `Longest fair ${id}`,
      date: { edtf: '1901' },
      summary: PROSE,
      note: PROSE,
    })),
    ...ids('short-event').map((id, index) => ({
      type: 'event',
      id,
      kind: 'market',
      title: `A market ${id}`,
      date: { edtf: '1902' },
      participants: ids('long-actor')
        .slice(index, index + 4)
        .map((actor) => ({ actor, role: 'host' })),
    })),
    {
      type: 'event',
      id: 'all-guilds',
      kind: 'parade',
      title: 'All guilds',
      participants: ids('long-actor').map((actor) => ({ actor, role: 'host' })),
    },
  ]);
}, 120_000);

/** The pages of a list up to its last. */
async function pagesOf(url: string): Promise<{ body: Json; bytes: number }[]> {
  const pages: { body: Json; bytes: number }[] = [];
  for (let cursor = ''; ; ) {
    const { status, body, text } = await service.ask({ url: `${url}&limit=200${cursor}` });
    expect(status, text.slice(0, 300)).toBe(200);
    pages.push({ body, bytes: Buffer.byteLength(text) });
    if (body.next === undefined) return pages;
    cursor = `&cursor=${encodeURIComponent(body.next as string)}`;
  }
}

describe('a list of long records ends its pages before 8 MiB, and loses nothing:', () => {
  test.each([
    ['/v1/events?kind=fair', 'long-event'],
    ['/v1/events?kind=fair&sort=-date', 'long-event'],
    ['/v1/events?kind=fair&sort=title', 'long-event'],
    ['/v1/events?kind=fair&sort=updated', 'long-event'],
    ['/v1/events?kind=fair&sort=relevance&q=longest', 'long-event'],
    ['/v1/sources?kind=ledger', 'long-source'],
    ['/v1/sources?kind=ledger&sort=-updated', 'long-source'],
    ['/v1/sources?kind=ledger&q=longest', 'long-source'],
    ['/v1/actors?kind=guild', 'long-actor'],
  ])('%s', async (url, name) => {
    const pages = await pagesOf(url);
    expect(pages.length).toBeGreaterThan(1);
    for (const { bytes } of pages) expect(bytes).toBeLessThan(8.1 * MIB);
    for (const { body } of pages) expect(body.total).toBe(COUNT);
    const items = pages.flatMap(({ body }) => body.items as Json[]);
    expect(items.map(({ id }) => id as string).toSorted()).toEqual(ids(name));
    for (const item of items) expect(item.note).toBe(PROSE);
  });
});

test('the timeline and the search have short items, and find all', async () => {
  const timeline = await pagesOf('/v1/timeline?kind=fair');
  expect(timeline.map(({ body }) => (body.items as Json[]).length)).toEqual([COUNT]);
  const found = await pagesOf('/v1/search?q=longest');
  const items = found.flatMap(({ body }) => body.items as Json[]);
  expect(items.map(({ id }) => id as string).toSorted()).toEqual([...ids('long-actor'), ...ids('long-event'), ...ids('long-source')]);
  for (const { body } of found) expect(body.total).toBe(3 * COUNT);
});

test('the history of a long record ends its pages before 8 MiB', async () => {
  const url = '/v1/events/long-event-00';
  for (let revision = 2; revision <= COUNT; revision += 1) {
    const { status } = await service.ask({
      method: 'PATCH',
      url,
      body: { topics: [`t-${revision}`] },
      headers: { 'content-type': 'application/merge-patch+json' },
    });
    expect(status).toBe(200);
  }
  const pages = await pagesOf(`${url}/history?`);
  expect(pages.length).toBeGreaterThan(1);
  for (const { bytes } of pages) expect(bytes).toBeLessThan(8.1 * MIB);
  const items = pages.flatMap(({ body }) => body.items as Json[]);
  expect(items.map(({ revision }) => revision as number)).toEqual(Array.from({ length: COUNT }, (_, index) => index + 1));
  for (const { record } of items) expect(record.summary).toBe(PROSE);
});

describe('records that are included', () => {
  test('end a page before they hold more than 8 MiB, and each is there', async () => {
    const pages = await pagesOf('/v1/events?kind=market&include=actors');
    expect(pages.length).toBeGreaterThan(1);
    for (const { body, bytes } of pages) {
      expect(bytes).toBeLessThan(8.1 * MIB);
      expect(body.total).toBe(COUNT);
      const actors = new Set((body.included.actors as Json[]).map(({ id }) => id as string));
      for (const { participants = [] } of body.items as Json[])
        for (const { actor } of participants as Json[]) expect(actors).toContain(actor);
    }
    expect(pages.flatMap(({ body }) => (body.items as Json[]).map(({ id }) => id as string))).toEqual(ids('short-event'));
  });

  test('are refused where those of one item are too long', async () => {
    const refused = await service.ask({ url: '/v1/events?kind=parade&include=actors,sources' });
    expect(refused.status).toBe(400);
    expect(refused.body.errors).toEqual([
      {
        parameter: 'include',
        message:
          'the records of include=actors,sources to which one item of this page refers hold more than 8 MiB together: ask for this page without include, and for these records by their ids',
      },
    ]);
    expect((await service.ask({ url: '/v1/events?kind=parade' })).status).toBe(200);
  });
});
