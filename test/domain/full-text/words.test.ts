import { describe, expect, it } from 'vitest';
import { segmented, wordsOf } from '../../../src/domain/full-text/words.ts';

const folded = (text: string) => wordsOf(text).map((word) => word.folded);

describe('the words of a text', () => {
  it.each([
    ['abbreviations with and without dots are one word', 'U.N. and UN, e.g. J.F.Kennedy', ['un', 'and', 'un', 'eg', 'jf', 'kennedy']],
    ['a number with separators of thousands is one word', '3,800 men, 1\u00A0234\u00A0567, 12,34', ['3800', 'men', '1234567', '12', '34']],
    [
      'the possessive is left out',
      "Kazakhstan's and Kazakhstan’s Ｋａｚａｋｈｓｔａｎ＇ｓ",
      ['kazakhstan', 'and', 'kazakhstan', 'kazakhstan'],
    ],
    ['an elided article is a word of its own', "l'accord de l’ONU, dell'ONU", ['l', 'accord', 'de', 'l', 'onu', 'dell', 'onu']],
    ['an apostrophe within a word is left out', "G'ijduvon Gʻijduvon G’ijduvon don't", ['gijduvon', 'gijduvon', 'gijduvon', 'dont']],
    ['quotation marks are not apostrophes', "'belt' ‘road’ “way”", ['belt', 'road', 'way']],
    ['hyphens and slashes separate words', 'counter-terrorism S/2007/279', ['counter', 'terrorism', 's', '2007', '279']],
    ['& is "and"', 'Trade & Aid R&D', ['trade', 'and', 'aid', 'r', 'and', 'd']],
    ['an ideograph is a word, and Latin beside it another', '第三届中亚C5峰会', ['第', '三', '届', '中', '亚', 'c5', '峰', '会']],
    ['kana, Hangul and Thai give a word for each character', 'ガス 한국 น้ำ', ['ガ', 'ス', '한', '국', 'น้', 'ํา']],
    ['soft hyphens and zero-width characters do not separate', 'co\u00ADoper\u200Bation', ['cooperation']],
    ['vowel signs of Hindi stay', 'का की', ['का', 'की']],
    ['Hebrew abbreviations are one word', 'צה״ל', ['צהל']],
    ['width forms and ligatures', 'ＳＣＯ ﬁnal', ['sco', 'final']],
  ])('%s', (_, text, words) => {
    expect(folded(text)).toEqual(words);
  });

  it('have their places in the text', () => {
    const text = "Ёлки, l'accord: Kazakhstan's 中亚 U.N.";
    expect(wordsOf(text).map(({ start, end }) => text.slice(start, end))).toEqual(['Ёлки', 'l', 'accord', 'Kazakhstan', '中', '亚', 'U.N']);
  });

  it('are the same, folded once more', () => {
    for (const text of ['½ ² ﷺ № 1', 'ǆ ǅ Ǆ', '１２３']) expect(folded(folded(text).join(' '))).toEqual(folded(text));
  });
});

it('a run of ideographs is segmented into words', () => {
  expect(segmented('中亚峰会')).toEqual(['中亚', '峰会']);
});

it('long lists of numbers take linear time', () => {
  const start = performance.now();
  for (const first of ['', 'é ']) expect(wordsOf(`${first}${'111,'.repeat(50_000)}1111`).length).toBeGreaterThan(5000);
  expect(performance.now() - start).toBeLessThan(2000);
});
