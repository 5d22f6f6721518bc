import { describe, expect, test } from 'vitest';
import { hasAll, snippetOf } from '../../../src/domain/full-text/snippet.ts';
import { spellOut } from '../../../src/domain/full-text/spell-out.ts';
import { parseTextQuery } from '../../../src/domain/full-text/text-query.ts';

const numbered = (count: number): string => Array.from({ length: count }, (_, index) => `w${index}`).join(' ');
const spelledOut = (q: string) => spellOut(parseTextQuery(q), () => []).clauses;
const snippet = (text: string, q: string) => snippetOf([text], spelledOut(q));
const beginning = (words: string[]) => snippetOf(['central asian centre'], [{ words, prefix: true }]);

describe('a snippet', () => {
  test('begins eight words before the first hit and has thirty', () => {
    const words = snippet(numbered(100), 'w20')!.split(' ');
    expect([words[0], words[1], words[9], words.at(-2), words.at(-1), words.length]).toEqual(['…', 'w12', '**w20**', 'w41', '…', 32]);
  });

  test('marks every hit, also a hit that the end of the snippet cuts', () => {
    expect(snippet(numbered(100), '"w20 w21" w30 "w40 w41 w42 w43" w44')).toMatch(
      /^… w12 .* \*\*w20\*\* \*\*w21\*\* .* \*\*w30\*\* .* \*\*w40\*\* \*\*w41\*\* …$/,
    );
  });

  test('marks overlapping phrases', () => {
    expect(snippet('a b c d', '"a b c" "b c d"')).toBe('**a** **b** **c** **d**');
  });

  test('is the whole text when the text is short', () => {
    expect(snippet('One, two. Three!', 'two')).toBe('One, **two**. Three!');
    expect(snippet(numbered(30), 'w3')!.endsWith(' w29')).toBe(true);
  });

  test('matches a prefix with the last word of a phrase only', () => {
    expect(beginning(['cent', 'asia'])).toBeUndefined();
    expect(beginning(['central', 'asia'])).toBe('**central** **asian** centre');
  });

  test('comes from the first text that has a hit, also at the very end of that text', () => {
    expect(snippetOf(['nothing', numbered(200), 'w199'], spelledOut('"w198 w199"'))).toMatch(/^… w190 .* \*\*w198\*\* \*\*w199\*\*$/);
  });

  test('finds a hit far into a text, also where folding changes lengths, and shows the words before it', () => {
    const far = `${'straße '.repeat(300)}the long road to Samarkand goes on`;
    expect(snippetOf([far], spelledOut('samarkand'))).toBe('… straße straße straße straße the long road to **Samarkand** goes on');
    const words = `${'word '.repeat(2000)}${'x'.repeat(450)} hit`;
    expect(snippetOf([words], spelledOut('hit'))).toBe('… **hit**');
    expect(snippetOf(['first ﬃ ½ Ⅻ last'], spelledOut('last fir*'))).toBe('**first** ﬃ ½ Ⅻ **last**');
  });
});

test('a text matches when it holds every search term', () => {
  expect(hasAll(spelledOut('w49 "w3 w4"'))(numbered(50))).toBe(true);
  expect(hasAll(spelledOut('w49 "w4 w3"'))(numbered(50))).toBe(false);
  expect(hasAll(spelledOut('ÉTÉ w*'))('Un ete, deux W3')).toBe(true);
  expect(hasAll(spelledOut('w'))('w3')).toBe(false);
});
