import { expect, test } from 'vitest';
import { insertRuns } from '../../../src/storage/tables/rows.ts';

const sqlOf = (...given: Parameters<typeof insertRuns>) => Array.from(insertRuns(...given), ({ sql }) => sql.trim());

test('statements for one table differ by their conflict clause and the width of rows', () => {
  expect(sqlOf('t', [[1]])).toEqual(['«insertMany» t VALUES (?)']);
  expect(sqlOf('t', [[1]], 'ON CONFLICT DO NOTHING')).toEqual(['«insertMany» t VALUES (?) ON CONFLICT DO NOTHING']);
  expect(sqlOf('t', [[1, 2]])).toEqual(['«insertMany» t VALUES (?, ?)']);
});

test('rows are inserted 64 at a time, and the rest in runs of half as many', () => {
  const rows = Array.from({ length: 64 + 32 + 2 }, (_, index) => [index]);
  const runs = [...insertRuns('t', rows)].map(({ params }) => params);
  expect(runs.map(({ length }) => length)).toEqual([64, 32, 2]);
  expect(runs.flat()).toEqual(rows.flat());
});
