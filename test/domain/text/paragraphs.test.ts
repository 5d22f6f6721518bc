import { expect, test } from 'vitest';
import { paragraphsOf } from '../../../src/domain/text/paragraphs.ts';

test('paragraphs are the lines that are not empty, trimmed', () => {
  expect(paragraphsOf('\uFEFFone\n\n \t\n  two  words \r\nthree\rfour')).toEqual(['one', 'two  words', 'three', 'four']);
  expect(paragraphsOf(' \n\n')).toEqual([]);
});
