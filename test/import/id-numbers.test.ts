import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idNumbers } from '../../src/import/id-numbers.ts';

const id = fc.string({ unit: fc.constantFrom('a', 'b', '1', '-'), minLength: 1, maxLength: 80 });

test('ids have the numbers that a map gives them, and come in the order in which they were added', () => {
  fc.assert(
    fc.property(fc.uniqueArray(id, { maxLength: 500 }), fc.array(id), (added, asked) => {
      const numbers = idNumbers();
      const map = new Map(added.map((each, index) => [each, 7 * index]));
      for (const [each, number] of map) numbers.add(each, number);
      expect([...numbers.keys()]).toEqual(added);
      expect(numbers.size()).toBe(added.length);
      for (const each of [...added, ...asked]) {
        expect(numbers.get(each)).toBe(map.get(each));
        expect(numbers.has(each)).toBe(map.has(each));
      }
    }),
    { seed: 1 },
  );
});

test('a hundred thousand ids that differ in their last letters are told apart', () => {
  const numbers = idNumbers();
  const ids = Array.from({ length: 100_000 }, (_, number) => `event-${number}`);
  for (const [number, each] of ids.entries()) numbers.add(each, number);
  expect(ids.findIndex((each, number) => numbers.get(each) !== number)).toBe(-1);
  expect(numbers.get('event-100000')).toBeUndefined();
});

test('a name that is no id has no number', () => {
  const numbers = idNumbers();
  numbers.add('i', 0);
  expect(['', 'I', 'ı', 'ĩ', 'é', '\u0169'].map((name) => numbers.has(name))).toEqual([false, false, false, false, false, false]);
});
