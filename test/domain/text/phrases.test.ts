import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comparable, hasPhrase, quoteIn } from '../../../src/domain/text/phrases.ts';

const stands = (text: string, phrase: string): boolean => hasPhrase(comparable(text), phrase);

test('each run of white space is one space', () => {
  expect(comparable('a \t\u00a0\n b')).toBe('a b');
});

describe('a phrase stands in a text', () => {
  test.each([
    ['the same characters', 'The café in Nukus', 'café in'],
    ['a composed letter for a decomposed one', 'The cafe\u0301 in Nukus', 'caf\u00e9 in'],
    ['a decomposed letter for a composed one', 'The caf\u00e9 in Nukus', 'cafe\u0301 in'],
    ['marks in another order', 'q\u0307\u0323 here', 'q\u0323\u0307'],
    ['Cyrillic й and its parts', 'Кыргызско-\u0438\u0306', '\u0439'],
    ['Hangul letters for a syllable', '\u1112\u1161\u11ab\u1100\u1173\u11af', '\ud55c\uae00'],
    ['the Ångström sign for the letter', 'ten \u212b', 'ten \u00c5'],
    ['other white space', 'First  paragraph,\u00a0with\twords', 'First paragraph, with words'],
  ])('%s', (_what, text, phrase) => {
    expect(stands(text, phrase)).toBe(true);
    const { prefix, exact, suffix } = quoteIn(text, phrase)!;
    expect(prefix + exact + suffix).toBe(text);
    expect(comparable(exact)).toBe(comparable(phrase));
  });

  test.each([
    ['without the accent', 'cafe\u0301', 'cafe'],
    ['in another case', 'Nukus', 'nukus'],
    ['with other quotation marks', '“quoted”', '"quoted"'],
    ['of a compatible form only', 'ﬁne', 'fine'],
  ])('but not %s', (_what, text, phrase) => {
    expect([stands(text, phrase), quoteIn(text, phrase)]).toEqual([false, undefined]);
  });
});

const character = fc.constantFrom(
  ...'ab é\u00e9e\u0301\u0323\u0307\u1112\u1161\u11ab\u00a0\t\u2028\u0439\u0438\u0306\ud83d\ude00'.match(/./gsu)!,
);
const texts = fc.array(character, { maxLength: 40 }).map((characters) => characters.join(''));

test('property: the quote of any phrase that a text holds is that part of the text', () => {
  fc.assert(
    fc.property(texts, fc.nat(40), fc.nat(10), fc.constantFrom('NFC', 'NFD'), (text, from, length, form) => {
      const phrase = comparable(text)
        .slice(from, from + length)
        .normalize(form);
      const quote = quoteIn(text, phrase);
      // A part that begins with a mark composes with nothing, and the mark may be another's in the text.
      if (!stands(text, phrase)) return quote === undefined;
      expect(quote!.prefix + quote!.exact + quote!.suffix).toBe(text);
      expect(comparable(quote!.exact)).toContain(comparable(phrase));
      return true;
    }),
  );
});
