import { describe, expect, test } from 'vitest';
import { sortKey } from '../../../src/domain/text/name.ts';
import { noProgress } from '../../../src/domain/progress.ts';
import { reindex } from '../../../src/records/reindex.ts';
import { statement } from '../../../src/storage/port.ts';
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

/** The keys of all titles, by record. */
const keys = () => service.annals.engine.read([statement('SELECT id, sort_title FROM records ORDER BY id')]);

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

  test('is listed on every page also when an earlier release split the character, and `reindex` repairs it', async () => {
    const good = await keys();
    const cut = Buffer.concat([Buffer.from(`zzzword ${'a'.repeat(191)}`), Buffer.from([0xed, 0xa0, 0x80])]);
    await service.annals.engine.write([statement("UPDATE records SET sort_title = CAST(? AS TEXT) WHERE title LIKE 'zzzword %a𐍈 0'", cut)]);
    expect(await keys()).not.toEqual(good);
    for (const sort of ['title', '-title']) expect(new Set(await titlesBy(sort))).toEqual(new Set(titles));
    await reindex(service.annals, noProgress);
    expect(await keys()).toEqual(good);
  });
});
