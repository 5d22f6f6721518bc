import { expect, test } from 'vitest';
import { firstUnits } from '../../../src/domain/text/first-units.ts';
import { shown } from '../../../src/domain/json/json.ts';
import { sortKey } from '../../../src/domain/text/sort-key.ts';

test('a text is cut between characters, also characters of two code units', () => {
  expect([0, 1, 2, 3, 4].map((most) => firstUnits('a𐍈b', most))).toEqual(['', 'a', 'a', 'a𐍈', 'a𐍈b']);
});

test.each(Array.from({ length: 8 }, (_, before) => before))('a text that is cut after %i letters is well-formed', (before) => {
  const text = 'a'.repeat(before) + '𐍈'.repeat(300);
  for (const most of [198, 199, 200, 201]) {
    expect(firstUnits(text, most).isWellFormed()).toBe(true);
    for (const value of [text, { [text]: text }, [text, text]]) expect(shown(value, most)).not.toMatch(/\\ud|[\uD800-\uDBFF]…/);
  }
  expect(sortKey(text).isWellFormed()).toBe(true);
  expect(sortKey(text).length).toBeGreaterThanOrEqual(199);
});
