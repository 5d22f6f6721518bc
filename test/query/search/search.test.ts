import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AnnalsError } from '../../../src/domain/errors.ts';
import type { Annals } from '../../../src/records/annals.ts';
import { listEntries } from '../../../src/query/execute/entries.ts';
import { listRecords } from '../../../src/query/named-records/named-records.ts';
import { search } from '../../../src/query/search/search.ts';
import { create } from '../../../src/records/create.ts';
import { remove } from '../../../src/records/remove.ts';
import { update } from '../../../src/records/update.ts';
import { modelOf } from '../../../src/model/models.ts';
import type { RecordType } from '../../../src/domain/record-type.ts';
import { temporaryAnnals } from '../../helpers/database.ts';

const { actor, agreement, event, place } = modelOf;

async function found(annals: Annals, q: string, type?: string): Promise<string[]> {
  const { items } = await search(annals.engine, { q, type });
  return items.map((item) => `${item.type}/${item.id}`);
}

/** A few records with texts of their own. */
async function library(): Promise<Annals> {
  const annals = await temporaryAnnals();
  await create(annals, actor, {
    id: 'guterres',
    kind: 'person',
    name: 'António Guterres',
    names: [{ name: 'A. Guterres', kind: 'short' }],
  });
  await create(annals, place, {
    id: 'lake',
    kind: 'region',
    name: 'Issyk-Kul',
    names: [{ name: 'Warm lake in the mountains', kind: 'variant' }],
  });
  await create(annals, event, {
    id: 'speech',
    kind: 'statement',
    title: 'A speech on the Aral Sea',
    summary: 'The speaker called for warm relations and clean water.',
    date: { edtf: '2018-03' },
    participants: [{ actor: 'guterres', role: 'speaker' }],
  });
  await create(annals, agreement, {
    id: 'water-treaty',
    kind: 'treaty',
    title: 'Treaty on rivers',
    summary: 'Sea and Aral stand here the other way round; waterways too.',
    dates: [
      { role: 'signed', edtf: '2001' },
      { role: 'ended', edtf: '2010' },
    ],
  });
  return annals;
}

test.each<[what: string, q: string, expected: string[]]>([
  ['a word, whatever its case and diacritics', 'ANTONIO', ['actor/guterres']],
  ['a word with diacritics that the text has', 'António', ['actor/guterres']],
  ['all of several words', 'warm lake', ['place/lake']],
  ['no more than all of them', 'warm treaty', []],
  ['a phrase', '"aral sea"', ['event/speech']],
  ['a beginning', 'wat*', ['agreement/water-treaty', 'event/speech']],
  ['a beginning with an accent', 'wät*', ['agreement/water-treaty', 'event/speech']],
  ['a beginning that no word has', 'watx*', []],
  ['a word and not what begins with it', 'water', ['event/speech']],
  ['the beginning of a phrase', '"clean wat"*', ['event/speech']],
  ['a record by the id of who takes part', 'guterres', ['actor/guterres', 'event/speech']],
  ['an agreement once, though it has two moments', 'rivers', ['agreement/water-treaty']],
  ['what punctuation joins', 'Issyk-Kul', ['place/lake']],
  ['an operator by itself as a word', 'AND', ['agreement/water-treaty', 'event/speech']],
])('a search finds %s: %s', async (_what, q, expected) => {
  expect((await found(await library(), q)).toSorted()).toEqual(expected);
});

test('a prefix is found with few words and with very many', async () => {
  const annals = await library();
  const words = Array.from({ length: 400 }, (_, index) => `glacier${index}`).join(' ');
  await create(annals, event, { id: 'glaciers', kind: 'statement', title: 'Glaciers', summary: words, date: { edtf: '2019' } });
  expect(await found(annals, 'glacier12*')).toEqual(['event/glaciers']);
  expect(await found(annals, 'glacier*')).toEqual(['event/glaciers']);
  expect(await found(annals, 'warm* rel*')).toEqual(['event/speech']);
});

test('a prefix is found with any next letter', async () => {
  const annals = await library();
  await create(annals, place, { id: 'boerselv', kind: 'city', name: 'Børselv' });
  await create(annals, place, { id: 'boris', kind: 'city', name: 'Boris' });
  expect(await found(annals, 'b*')).toEqual(['place/boerselv', 'place/boris']);
});

test.each(['t1', 'T2', 'l0', 'yevent', 'y*', '"t1"', 'sea t1'])('a search does not find the tags of the index: %s', async (q) => {
  expect(await found(await library(), q)).toEqual([]);
});

test('a search filters by type, and ranks a hit in a name before one in a text', async () => {
  const annals = await library();
  expect(await found(annals, 'guterres')).toEqual(['actor/guterres', 'event/speech']);
  expect(await found(annals, 'guterres', 'event,agreement')).toEqual(['event/speech']);
  expect(await found(annals, 'warm', 'place')).toEqual(['place/lake']);
});

test('a hit has a snippet with marks and the date of the entry', async () => {
  const annals = await library();
  const { items } = await search(annals.engine, { q: 'WARM wat*' });
  expect(items).toEqual([
    {
      type: 'event',
      id: 'speech',
      kind: 'statement',
      title: 'A speech on the Aral Sea',
      date: { edtf: '2018-03', earliest: '2018-03-01', latest: '2018-03-31', precision: 'month', label: 'March 2018' },
      snippet: 'The speaker called for **warm** relations and clean **water**.',
    },
  ]);
});

test('a search is read page by page, each record once', async () => {
  const annals = await library();
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await search(annals.engine, { q: 'guter* ', limit: '1', cursor });
    expect(page).toMatchObject({ total: { total: 2 }, ranked: 'all' });
    pages.push(page.items.map(({ id }) => id));
    cursor = page.next;
  } while (cursor);
  expect(pages).toEqual([['guterres'], ['speech']]);
});

test('a search finds only the present texts of changed and deleted records', async () => {
  const annals = await library();
  await update(annals, event, 'speech', { summary: 'Now about railways.' });
  expect([await found(annals, 'clean'), await found(annals, 'railways')]).toEqual([[], ['event/speech']]);
  await remove(annals, event, 'speech');
  expect(await found(annals, 'railways')).toEqual([]);
});

test('any text returns a page or an invalid-request error, never an error of FTS5', async () => {
  const annals = await library();
  const piece = fc.oneof(
    fc.constantFrom(
      '"',
      '*',
      '(',
      ')',
      '^',
      ':',
      '-',
      '+',
      '{',
      '}',
      'NEAR(',
      'AND',
      'OR',
      'NOT',
      'title:',
      '\u0000',
      '\ud800',
      "'",
      ';',
      ',',
      'water',
      'wat*',
      ' ',
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
  const asks = [
    (q: string) => search(annals.engine, { q }),
    (q: string) => listEntries(annals.engine, event, { q, sort: 'relevance' }),
    (q: string) => listRecords(annals.engine, actor, { q }),
  ];
  await fc.assert(
    fc.asyncProperty(text, fc.constantFrom(...asks), async (q, ask) => {
      try {
        expect((await ask(q)).items.length).toBeLessThanOrEqual(50);
      } catch (error) {
        expect(error).toBeInstanceOf(AnnalsError);
        expect(error).toMatchObject({ code: 'invalid-request', issues: [{ parameter: 'q' }] });
      }
    }),
    { seed: 31, numRuns: 1500 },
  );
});

test.each<[RecordType, string, string[]]>([
  ['actor', 'antonio', ['guterres']],
  ['place', 'mount*', ['lake']],
  ['event', '"aral sea"', ['speech']],
])('the list of %ss filters by text: %s', async (type, q, expected) => {
  const annals = await library();
  const list = type === 'event' ? listEntries : listRecords;
  const page = await list(annals.engine, modelOf[type], { q });
  expect(page.items.map(({ document }) => (JSON.parse(document.toString()) as { id: string }).id)).toEqual(expected);
  expect(page.total).toEqual({ total: expected.length });
});
