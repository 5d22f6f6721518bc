import { expect, test } from 'vitest';
import { noProgress } from '../../src/domain/progress.ts';
import type { Annals } from '../../src/records/annals.ts';
import { reindex } from '../../src/records/reindex.ts';
import { statement } from '../../src/storage/port.ts';
import { temporaryAnnals } from '../helpers/database.ts';
import { importLines } from '../helpers/transfer.ts';

/** An event of a year that follows others. */
const event = (id: string, edtf: string, ...others: string[]) => ({
  type: 'event',
  id,
  kind: 'visit',
  title: id,
  date: { edtf },
  relations: others.map((other) => ({ type: 'follows', record: { type: 'event', id: other } })),
});

/** The postings of related records, and the counts of their terms, by value. */
async function relatedIn(annals: Annals): Promise<unknown> {
  return annals.engine.read([
    statement(`SELECT r.slug, t.value, p.level, CAST(p.position AS TEXT), p.end_day FROM terms t JOIN postings p ON p.term = t.id
      JOIN moments m ON m.position = p.position JOIN records r ON r.id = m.record_id WHERE t.field = 'related' ORDER BY 1, 2, 4`),
    statement(`SELECT value, count FROM terms WHERE field = 'related' AND count > 0 ORDER BY 1`),
    statement(`SELECT t.value, c.* FROM terms t JOIN monthly_counts c ON c.term = t.id WHERE t.field = 'related' ORDER BY 1, c.month`),
  ]);
}

/** Pairs of related records in the index, in order. */
async function pairsIn(annals: Annals): Promise<string[]> {
  const [rows] = await annals.engine.read([
    statement<[string, string]>(`SELECT r.slug, t.value FROM terms t JOIN postings p ON p.term = t.id
      JOIN moments m ON m.position = p.position JOIN records r ON r.id = m.record_id WHERE t.field = 'related' ORDER BY 1, 2`),
  ]);
  return rows.map(([id, related]) => `${id} ${related.slice('event/'.length)}`);
}

const pairs = (text: string): string[] =>
  text
    .split(' ')
    .flatMap(([one, other]) => [`${one} ${other}`, `${other} ${one}`])
    .toSorted();

test('relations of new, changed and stored records are indexed on both sides, as a rebuild does it', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [
    event('a', '2001', 'b'),
    event('b', '2002'),
    event('c', '2003', 'a'),
    event('x', '2004', 'c'),
    event('y', '2005'),
  ]);
  expect(await pairsIn(annals)).toEqual(pairs('ab ac cx'));
  const lines = [
    // It moves, drops b, which stays, and points to c, which drops it.
    event('a', '2011', 'c', 'd'),
    event('c', '2003'),
    // It moves, and others point to it.
    event('y', '1999-05'),
    // New ones, of each other and of stored ones.
    event('d', '2006', 'b', 'e'),
    event('e', '2007/2009', 'a', 'y', 'd'),
    event('f', '2008'),
  ];
  expect(await importLines(annals, lines, { onExisting: 'replace' })).toMatchObject({ created: 3, updated: 3 });
  expect(await pairsIn(annals)).toEqual(pairs('ac ad ae bd cx de ey'));
  const imported = await relatedIn(annals);
  await reindex(annals, noProgress);
  expect(await relatedIn(annals)).toEqual(imported);
});

test('relations that are imported again change nothing', async () => {
  const annals = await temporaryAnnals();
  const lines = [event('a', '2001', 'b'), event('b', '2002', 'a', 'c'), event('c', '2003')];
  await importLines(annals, lines);
  const before = await relatedIn(annals);
  expect(await importLines(annals, lines)).toMatchObject({ unchanged: 3 });
  await importLines(annals, [{ ...event('b', '2002', 'a', 'c'), note: 'Another note.' }], { onExisting: 'replace' });
  expect(await relatedIn(annals)).toEqual(before);
});
