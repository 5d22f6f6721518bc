import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bitmap } from '../../src/domain/bitmap.ts';

test('a bitmap has each of its members once, in ascending order', () => {
  const member = fc.oneof(fc.integer({ min: -3000, max: 3000 }), fc.maxSafeInteger());
  fc.assert(
    fc.property(fc.array(member), (members) => {
      const found = bitmap();
      for (const each of members) found.add(each);
      expect([...found.members()]).toEqual([...new Set(members)].toSorted((one, other) => one - other));
    }),
  );
});
