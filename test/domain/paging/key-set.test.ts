import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readKeySet, writeKeySet } from '../../../src/domain/paging/key-set.ts';

const key = fc.oneof(
  fc.integer({ min: 1, max: 300 }),
  fc.integer({ min: 1, max: 2 ** 31 }),
  fc.maxSafeInteger().map((each) => Math.abs(each) + 1),
);

test('a set of keys is read back in ascending order, each key once', () => {
  fc.assert(
    fc.property(fc.array(key.filter(Number.isSafeInteger), { maxLength: 200 }), (keys) => {
      expect(readKeySet(writeKeySet(keys), 200)).toEqual([...new Set(keys)].toSorted((a, b) => a - b));
    }),
    { numRuns: 500 },
  );
});

test('any text is refused, or is the canonical text of the set that it encodes', () => {
  const bytes = fc.uint8Array({ maxLength: 40 }).map((each) => Buffer.from(each).toString('base64url'));
  fc.assert(
    fc.property(fc.oneof(bytes, fc.string()), (text) => {
      const keys = readKeySet(text, 300);
      if (keys !== undefined) expect(writeKeySet(keys)).toBe(text);
    }),
    { numRuns: 2000 },
  );
});

test('a set of more keys than allowed is refused', () => {
  expect(readKeySet(writeKeySet([1, 2, 3]), 3)).toEqual([1, 2, 3]);
  expect(readKeySet(writeKeySet([1, 2, 3]), 2)).toBeUndefined();
});

test.each([
  [50, 100_000, 110],
  [1000, 1_000_000, 2000],
  [2000, 10_000_000, 5000],
])('%i keys of %i take at most %i characters', (count, of, most) => {
  // Multiples of an odd constant modulo 2^32 lie evenly and in no order (Knuth, The Art of Computer Programming, section 6.4).
  const random = Array.from({ length: count }, (_, index) => Math.floor(((((index + 1) * 2_654_435_761) % 2 ** 32) / 2 ** 32) * of) + 1);
  expect(new Set(random).size).toBeGreaterThan(0.99 * count);
  expect(writeKeySet(random).length).toBeLessThanOrEqual(most);
});
