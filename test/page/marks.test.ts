import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formsIn, markedParts, partsOfSnippet, wantedOf } from '../../src/page/client/text/marks.ts';

/** The text with its hits in brackets. */
const marked = (text: string, q: string, forms: string[] = []) =>
  markedParts(text, wantedOf(q, forms))
    .map((part) => (part.isHit ? `[${part.text}]` : part.text))
    .join('');

describe('words that were asked for are marked:', () => {
  test.each([
    ['Drug seizures in Tajikistan', 'drug', '[Drug] seizures in Tajikistan'],
    ['Drug seizures in Tajikistan', 'tajik*', 'Drug seizures in [Tajikistan]'],
    ['Drug seizures in Tajikistan', 'tajik', 'Drug seizures in Tajikistan'],
    ['Talks with António Guterres', 'antonio', 'Talks with [António] Guterres'],
    ['Talks with Anto\u0301nio', 'ANTÓNIO', 'Talks with [Anto\u0301nio]'],
    ['Straße nach Łódź', 'strasse lodz', '[Straße] nach [Łódź]'],
    ['The Central Asian states of Central Asia', '"central asia"', 'The Central Asian states of [Central Asia]'],
    ['The Central Asian states of Central Asia', '"central asi"*', 'The [Central Asian] states of [Central Asia]'],
    ['Party of parties', 'party', '[Party] of parties'],
    ['The war on drugs', 'drugs -war', 'The war on [drugs]'],
    ['OR stands for Oregon', 'oregon OR washington', 'OR stands for [Oregon]'],
    ['Kazakhstan’s partners', 'kazakhstan', '[Kazakhstan]’s partners'],
    ['Oʻzbekiston va O‘zbek', "o'zbek*", '[Oʻzbekiston] va [O‘zbek]'],
    ['Ежегодный ёж', 'еж', 'Ежегодный [ёж]'],
    ['第三次安全峰会开幕', '峰会', '第三次安全[峰会]开幕'],
    ['Resolution 2254 (2015)', '2254', 'Resolution [2254] (2015)'],
    ['Anything', '', 'Anything'],
  ])('%s, for %s', (text, q, expected) => expect(marked(text, q)).toBe(expected));

  test('other forms of a word, where they are known', () => {
    expect(marked('Party of parties', 'party', ['parties'])).toBe('[Party] of [parties]');
  });
});

test('the parts of a text are the text, whatever it holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary', maxLength: 20 }), (text, q) => {
      const parts = markedParts(text, wantedOf(q));
      expect(parts.map((part) => part.text).join('')).toBe(text);
    }),
    { numRuns: 40 },
  );
});

test('the forms of words are read from snippets, each once', () => {
  expect(formsIn(['… seized **drugs** and', '**Drug** seizures, **drugs**', 'none'])).toEqual(['drugs', 'Drug']);
});

test('the asterisks of a snippet become marks', () => {
  expect(partsOfSnippet('… seized **drugs** and **arms**.')).toEqual([
    { text: '… seized ', isHit: false },
    { text: 'drugs', isHit: true },
    { text: ' and ', isHit: false },
    { text: 'arms', isHit: true },
    { text: '.', isHit: false },
  ]);
});
