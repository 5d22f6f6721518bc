import fc from 'fast-check';
import { expect, test } from 'vitest';
import { markedParts, partsOfSnippet, wantedOf } from '../../src/page/client/text/marks.ts';

/** The text with its hits in brackets. */
const marked = (text: string, ...words: string[]) =>
  markedParts(text, wantedOf(words))
    .map((part) => (part.isHit ? `[${part.text}]` : part.text))
    .join('');

test.each([
  ['Drug seizures in Tajikistan', ['drug'], '[Drug] seizures in Tajikistan'],
  ['Drug seizures in Tajikistan', ['tajik*'], 'Drug seizures in [Tajikistan]'],
  ['Drug seizures in Tajikistan', ['tajik'], 'Drug seizures in Tajikistan'],
  ['Party of parties', ['party', 'parties'], '[Party] of [parties]'],
  ['Talks with António Guterres', ['antonio'], 'Talks with [António] Guterres'],
  ['Talks with Anto\u0301nio', ['antonio'], 'Talks with [Anto\u0301nio]'],
  ['Straße nach Łódź', ['strasse', 'lodz'], '[Straße] nach [Łódź]'],
  ['The Central Asian states of Central Asia', ['central asia'], 'The Central Asian states of [Central Asia]'],
  ['The Central Asian states of Central Asia', ['central asi*'], 'The [Central Asian] states of [Central Asia]'],
  ['Kazakhstan’s partners', ['kazakhstan'], '[Kazakhstan]’s partners'],
  ['Oʻzbekiston va O‘zbek', ['ozbek*'], '[Oʻzbekiston] va [O‘zbek]'],
  ['Ежегодный ёж', ['еж'], 'Ежегодный [ёж]'],
  ['第三次安全峰会开幕', ['峰 会'], '第三次安全[峰会]开幕'],
  ['Resolution 2254 (2015)', ['2254'], 'Resolution [2254] (2015)'],
  ['Anything', ['*'], 'Anything'],
  ['Anything', [], 'Anything'],
])('of %s, %j are marked', (text, words, expected) => expect(marked(text, ...words)).toBe(expected));

test('the parts of a text are the text, whatever it holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string({ unit: 'binary', maxLength: 20 })), (text, words) => {
      const parts = markedParts(text, wantedOf(words));
      expect(parts.map((part) => part.text).join('')).toBe(text);
    }),
    { numRuns: 40 },
  );
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
