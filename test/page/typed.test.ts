import { describe, expect, test } from 'vitest';
import {
  asBeginning,
  askedOfNames,
  askedWhileTyping,
  completed,
  withWordReplaced,
  wordBeingTyped,
} from '../../src/page/client/text/typed.ts';

describe('the last word being typed is asked as a beginning:', () => {
  test.each([
    ['', ''],
    ['k', ''],
    ['ka', 'ka*'],
    ['drug traf', 'drug traf*'],
    ['drug t', 'drug'],
    ['drug ', 'drug'],
    ['kaz*', 'kaz*'],
    ['"central asia"', '"central asia"'],
    ['"central asi', '"central asi"*'],
    ['drug "c', 'drug'],
    ['“central asi', '"central asi"*'],
    ['drug -war', 'drug'],
    ['drug -"cold wa', 'drug'],
    ['drug -war ', 'drug -war'],
    ['drug OR', 'drug'],
    ['drug OR ', 'drug'],
    ['drug OR t', 'drug'],
    ['drug OR tra', 'drug OR tra*'],
    ['S/2007/', 'S/2007/'],
    ['8967', '8967*'],
    ['оон', 'оон*'],
    ['峰', '峰*'],
    ['Oʻzb', 'Oʻzb*'],
  ])('%j asks %j', (typed, asked) => expect(askedWhileTyping(typed)).toBe(asked));
});

test.each([
  ['drug traf', 'traf'],
  ['drug ', ''],
  ["O'zb", "O'zb"],
  ['"central asi', 'asi'],
])('the word being typed in %j is %j', (typed, word) => expect(wordBeingTyped(typed)).toBe(word));

test('a completion takes the place of the word being typed', () => {
  expect(completed('drug traf', 'trafficking')).toBe('drug trafficking ');
  expect(completed('drug "central asi', 'Asia')).toBe('drug "central Asia ');
});

describe('names are asked by the beginnings of their words:', () => {
  test.each([
    ['kaz', 'kaz*'],
    ['k', ''],
    ['United Nat', 'united nat*'],
    ['Rakhmon, Emomali', 'rakhmon emomali*'],
    ['"guter* -x', 'guter x*'],
    ['NOT OR', 'not or*'],
    ['U.N.', 'u.n*'],
    ['ООН', 'оон*'],
    ['!?', ''],
  ])('%j asks %j', (typed, asked) => expect(askedOfNames(typed)).toBe(asked));
});

test.each([
  ['kazakstan drugs', 'kazakstan', 'kazakhstan', 'kazakhstan drugs'],
  ['drugs Kazakstan', 'kazakstan', 'kazakhstan', 'drugs kazakhstan'],
  ['art party', 'art', 'act', 'act party'],
  ['party', 'art', 'act', 'act'],
  ['c++ code', 'c++', 'c', 'c code'],
  ['$1 a', 'a', '$&', '$1 $&'],
])('in %j the word %j is replaced by %j', (q, word, other, replaced) => expect(withWordReplaced(q, word, other)).toBe(replaced));

test.each([
  ['kaz', 'kaz*'],
  ['drug kaz', 'drug kaz*'],
  ['kaz*', undefined],
  ['"kaz"', undefined],
  ['-kaz', undefined],
  ['k', undefined],
  ['', undefined],
])('%j as a beginning is %j', (q, beginning) => expect(asBeginning(q)).toBe(beginning));
