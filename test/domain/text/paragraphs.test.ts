import { expect, test } from 'vitest';
import { foldSpace, paragraphsOf } from '../../../src/domain/text/paragraphs.ts';

test('paragraphs are the lines that are not empty, without the white space around them', () => {
  expect(paragraphsOf('\uFEFFone\n\n \t\n  two  words \r\nthree\rfour')).toEqual(['one', 'two  words', 'three', 'four']);
  expect(paragraphsOf(' \n\n')).toEqual([]);
});

test('white space of any kind and length is one space', () => {
  expect(foldSpace('a \t\u00a0\n b')).toBe('a b');
});
