import { expect, test } from 'vitest';
import { leavesOf, toRowQuery, toTsquery } from '../../src/storage/full-text/tsquery.ts';
import { toFts5 } from '../../src/storage/full-text/fts5.ts';
import { anyTag, butNot, matchOf, type TextMatch } from '../../src/storage/full-text/text-match.ts';

const peace = { words: ['peace'] };
const treaties = { any: [{ words: ['treaty'] }, { words: ['treaties', 'of'], prefix: true as const }] };

test.each<[title: string, match: TextMatch, fts5: string, tsquery: string]>([
  ['a word', peace, '"peace"', "'peace'"],
  ['a query of one word', matchOf({ clauses: [peace], excluded: [] }), '"peace"', "'peace'"],
  [
    'words, one with other forms, and a word that is left out',
    matchOf({ clauses: [peace, treaties], excluded: [{ words: ['war'] }] }),
    '(("peace" AND ("treaty" OR "treaties of" *)) NOT "war")',
    "(('peace' & ('treaty' | ('treaties' <-> 'of':*))) & !'war')",
  ],
  [
    'words that spell out a beginning',
    { any: [peace, { words: ['peaceful'] }], beginning: { words: ['peace'], prefix: true } },
    '("peace" OR "peaceful")',
    "'peace':*",
  ],
  ['a phrase', { words: ['peace', 'of', 'amiens'] }, '"peace of amiens"', "('peace' <-> 'of' <-> 'amiens')"],
  ['tags', { all: [peace, anyTag(['_t1', '_t2'])] }, '("peace" AND (_t1 OR _t2))', "('peace' & ('_t1' | '_t2'))"],
  ['tags that are left out', butNot(peace, [anyTag(['_t1', '_t2'])]), '("peace" NOT (_t1 OR _t2))', "('peace' & !('_t1' | '_t2'))"],
  ['a word of the title', { inTitle: peace }, 'title : ("peace")', "'peace':A"],
  [
    'a beginning in the title or the names',
    { inTitleOrNames: { words: ['new', 'y'], prefix: true } },
    '{title names} : ("new y" *)',
    "('new':AB <-> 'y':*AB)",
  ],
  ['letters of a name', { words: ["o'\\"] }, `"o'\\"`, `'o''\\\\'`],
])('%s is rendered for each engine', (_, match, fts5, tsquery) => {
  expect(toFts5(match)).toBe(fts5);
  expect(toTsquery(match)).toBe(tsquery);
});

test('rows in parts meet a condition where they may, and the rest is asked of its leaves', () => {
  const match = butNot({ all: [peace, treaties] }, [{ words: ['war', 'crimes'] }, { tag: '_t1' }]);
  expect(toRowQuery(match)).toBe(
    "(('peace' & ('treaty' | (('treaties' <-> 'of':*) | '_parts' & 'treaties'))) & !((('war' <-> 'crimes') & !'_parts') | '_t1'))",
  );
  expect(leavesOf(match)).toEqual({
    leaves: ["'peace'", "'treaty'", "('treaties' <-> 'of':*)", "('war' <-> 'crimes')", "'_t1'"],
    formula: '((p1 & (p2 | p3)) & !(p4 | p5))',
  });
});
