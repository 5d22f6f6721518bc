import { expect, test } from 'vitest';
import { memo } from '../../../src/domain/caches/memo.ts';

/** A memo of two values that notes which it makes. */
function noting() {
  const made: string[] = [];
  const of = memo<string>(2);
  const value = (key: string): string =>
    of(key, () => {
      made.push(key);
      return key.toUpperCase();
    });
  return { made, value };
}

function failing(): never {
  throw new Error('it cannot be made');
}

test('a value is made once for each key', () => {
  const { made, value } = noting();
  expect(['a', 'b', 'a', 'b', 'a'].map(value)).toEqual(['A', 'B', 'A', 'B', 'A']);
  expect(made).toEqual(['a', 'b']);
});

test('a full memo keeps its values until a new key is read', () => {
  const { made, value } = noting();
  ['a', 'b', 'b', 'a', 'c', 'c', 'a'].forEach(value);
  expect(made).toEqual(['a', 'b', 'c', 'a']);
});

test('a value whose computation throws is not kept', () => {
  const of = memo<string>(2);
  expect(() => of('a', failing)).toThrow('it cannot be made');
  expect(of('a', () => 'A')).toBe('A');
});
