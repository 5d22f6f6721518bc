import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Row, sortedRuns } from '../../src/index/sorted-runs.ts';
import { temporaryFolder } from '../helpers/database.ts';

const inOrder = (rows: readonly Row[]): Row[] => rows.toSorted((one, other) => difference(one, other));

function difference(one: Row, other: Row): number {
  const at = one.findIndex((value, column) => value !== other[column]);
  return at === -1 ? 0 : one[at]! - other[at]!;
}

/** What comes back of rows of which each `size` are a run, and how many files they took. */
function throughRuns(rows: readonly Row[], size: number, width: number): { merged: Row[]; files: number } {
  const folder = temporaryFolder();
  const runs = sortedRuns(folder, 'rows', width);
  let from = 0;
  for (; from + size <= rows.length; from += size) runs.keep(inOrder(rows.slice(from, from + size)));
  const merged = Array.from(runs.merged(inOrder(rows.slice(from))), (row) => [...row]);
  return { merged, files: readdirSync(folder).length };
}

const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.maxSafeInteger());
const row = fc.tuple(value, value, value);

test('rows come back as a sort in memory puts them, however many runs they were', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 200 }), fc.integer({ min: 1, max: 50 }), (rows, size) => {
      expect(throughRuns(rows, size, 3).merged).toEqual(inOrder(rows));
    }),
    { seed: 1 },
  );
});

test.each([1, 4, 9])('runs that are longer than what is read at once come back whole, in rows of %i', (width) => {
  const rows = Array.from({ length: 75_000 }, (_, number) =>
    Array.from({ length: width }, (_each, column) => (number * 7919) % (10_007 + column)),
  );
  const { merged, files } = throughRuns(rows, 35_000, width);
  expect(files).toBe(2);
  expect(merged.length).toBe(rows.length);
  expect(merged.flat()).toEqual(inOrder(rows).flat());
});

test('what is one run needs no file', () => {
  expect(throughRuns([[2], [1]], 3, 1)).toEqual({ merged: [[1], [2]], files: 0 });
});
