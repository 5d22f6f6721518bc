import { describe, expect, test } from 'vitest';
import { sortKey } from '../../../src/domain/text/sort-key.ts';
import { sharedApp } from '../../helpers/app.ts';
import { samples } from '../../helpers/samples.ts';

const service = sharedApp();

/** The titles of all events, page by page of two. */
async function titlesBy(sort: string): Promise<string[]> {
  const titles: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const { status, body } = await service.ask({ url: `/v1/events?sort=${sort}&limit=2&q=zzzword${cursor && `&cursor=${cursor}`}` });
    expect([status, body.detail]).toEqual([200, undefined]);
    titles.push(...body.items.map(({ title }: { title: string }) => title));
    cursor = body.next ?? undefined;
  }
  return titles;
}

describe('a title whose key is cut at a character of two code units', () => {
  const titles = ['𐍈', '𐍉', 'a', 'z'].map((letter, index) => `zzzword ${'a'.repeat(191)}${letter} ${index}`);

  test('is listed in order, on every page', async () => {
    for (const title of titles) {
      const { status } = await service.ask({ method: 'POST', url: '/v1/events', body: { ...samples.event.least, title } });
      expect(status).toBe(201);
    }
    expect((await titlesBy('title')).toSorted()).toEqual(titles.toSorted());
    expect((await titlesBy('-title')).toSorted()).toEqual(titles.toSorted());
    expect(titles.every((title) => sortKey(title).isWellFormed())).toBe(true);
  });
});
