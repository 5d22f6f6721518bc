import { expect, test } from 'vitest';
import { spellOut } from '../../../src/domain/full-text/spell-out.ts';
import { parseTextQuery } from '../../../src/domain/full-text/text-query.ts';

/** The number of words whose forms a query asks for. */
function wordsAskedBy(query: string): number {
  const asked = new Set<string>();
  spellOut(parseTextQuery(query), ({ letters }) => {
    asked.add(letters);
    return [];
  });
  return asked.size;
}

/** A word of so many letters, which differs from others. */
const word = (index: number, letters: number): string =>
  Array.from({ length: letters }, (_, at) => 'abcdefghijklmnoprstuv'[(index * 7 + at * 5 + index * at) % 21]).join('');

test('a short query asks for the parts of its words', () => {
  expect(wordsAskedBy('peacekeeping')).toBe(1 + 2 * 7);
});

test.each([1, 2, 4, 8, 20, 100])('a query of %i words asks for the forms of few', (count) => {
  for (let letters = 3; letters * count + count < 1000 && letters <= 64; letters += 1)
    expect(wordsAskedBy(Array.from({ length: count }, (_, index) => word(index, letters)).join(' '))).toBeLessThanOrEqual(150);
});
