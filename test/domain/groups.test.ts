import { expect, test } from 'vitest';
import { groupsOf } from '../../src/domain/groups.ts';

test('items are grouped by key, in the order in which they come', () => {
  const groups = groupsOf(['b1', 'a1', 'b2'], (item) => item[0]);
  expect([...groups]).toEqual([
    ['b', ['b1', 'b2']],
    ['a', ['a1']],
  ]);
});
