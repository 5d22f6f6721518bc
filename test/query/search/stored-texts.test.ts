import { describe, expect, test } from 'vitest';
import { modelOf } from '../../../src/model/models.ts';
import { listRecords } from '../../../src/query/named-records/named-records.ts';
import { search } from '../../../src/query/search/search.ts';
import type { Annals } from '../../../src/records/annals.ts';
import { temporaryAnnals } from '../../helpers/database.ts';
import { importLines } from '../../helpers/transfer.ts';

/** A database with three sources, each of whose 1,500 paragraphs has a word, and an event with it. */
async function library(): Promise<Annals> {
  const annals = await temporaryAnnals();
  const text = Array.from({ length: 1500 }, (_, index) => `Border number ${index}.`).join('\n');
  await importLines(annals, [
    ...['a', 'b', 'c'].map((id) => ({ type: 'source', id, kind: 'book', title: `Book ${id}`, text })),
    { type: 'event', id: 'opening', kind: 'visit', title: 'A border opens' },
  ]);
  return annals;
}

describe('with three sources, each of whose 1,500 paragraphs has a word,', () => {
  test.each([
    ['border', undefined, ['opening', 'a', 'b', 'c']],
    ['"border number"', undefined, ['a', 'b', 'c']],
    ['bord*', 'source', ['a', 'b', 'c']],
    ['1499', undefined, ['a', 'b', 'c']],
  ])('a search for %s of type %s finds each once, page by page, and all of them', async (q, type, expected) => {
    const annals = await library();
    const ids: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await search(annals.engine, { q, limit: '2', cursor, type });
      expect(page).toMatchObject({ ranked: 'all', total: { total: expected.length } });
      ids.push(...page.items.map(({ id }) => id));
      if (page.next === undefined) break;
      cursor = page.next;
    }
    expect(ids.toSorted()).toEqual(expected.toSorted());
  });

  test('a hit names the first paragraph that matches', async () => {
    const { items } = await search((await library()).engine, { q: '"number 1499"', limit: '1' });
    expect(items).toMatchObject([{ type: 'source', paragraph: 1500, snippet: 'Border **number** **1499**.' }]);
  });

  test.each(['title', 'relevance', '-updated'])('a list of sources by %s has all of them', async (sort) => {
    const { items, total } = await listRecords((await library()).engine, modelOf.source, { q: 'border number', sort });
    expect([items.length, total]).toEqual([3, { total: 3 }]);
  });
});
