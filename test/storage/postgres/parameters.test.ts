import { describe, expect, test } from 'vitest';
import { dialect } from '../../../src/storage/dialect.ts';
import { statement } from '../../../src/storage/port.ts';
import { bind } from '../../../src/storage/postgres/parameters.ts';

describe('parameters', () => {
  test('in order are numbered, but not within literals and names in quotes', () => {
    const { text, values } = bind(statement(`SELECT '?', ':a', 'it''s ?', "b?", x::TEXT FROM t WHERE a = ? AND b = ?`, 'one', null));
    expect(text).toBe(`SELECT '?', ':a', 'it''s ?', "b?", x::TEXT FROM t WHERE a = $1 AND b = $2`);
    expect(values).toEqual(['one', null]);
  });

  test('with names have one number each, and those that the text does not use are left out', () => {
    const { text, values } = bind({ sql: 'SELECT :b, :a, :b', params: [{ a: 'A', unused: 3, b: 'B' }] });
    expect([text, values]).toEqual(['SELECT $1, $2, $1', ['B', 'A']]);
    expect(() => bind({ sql: 'SELECT :b', params: [{ a: 1 }] })).toThrow(':b');
  });

  test('that are numbers declare their type, but take that of the column where they are inserted', () => {
    expect(bind(statement('SELECT ?, ?, ?, ?', 1, 2n ** 60n, 1.5, 'text'))).toMatchObject({
      types: [20, 20, 701, 0],
      values: ['1', '1152921504606846976', '1.5', 'text'],
    });
    expect(bind(statement('UPDATE t SET a = ? WHERE b = ?', null, 2)).types).toEqual([0, 20]);
    expect(bind(statement('INSERT INTO t SELECT ?', 1)).types).toEqual([20]);
    expect(bind(statement('INSERT INTO t VALUES (?)', 1)).types).toEqual([]);
  });

  test('that are bytes are sent as they are', () => {
    const bytes = Buffer.from([0, 1]);
    expect(bind(statement('SELECT ?', bytes)).values[0]).toBe(bytes);
  });

  test('stand in fragments', () => {
    const sql = `SELECT ${dialect.value('j', 'integer')} FROM ${dialect.elements('j', ':ids')} ${dialect.limit(':most')}`;
    expect(bind({ sql, params: [{ ids: '[1]', most: 2 }] })).toMatchObject({
      text: "SELECT CAST((j.value #>> '{}') AS BIGINT) FROM jsonb_array_elements(CAST($1 AS JSONB)) WITH ORDINALITY AS j (value, ordinal) LIMIT $2",
      values: ['[1]', '2'],
    });
  });
});

describe('a join in the order of its tables', () => {
  test.each([
    ['a CROSS JOIN b ON a.x = b.x', 'a JOIN b ON a.x = b.x'],
    ['a CROSS JOIN b WHERE a.x = b.x', 'a CROSS JOIN b WHERE a.x = b.x'],
    ['a CROSS JOIN f(a.x, 2) b (v, o) CROSS JOIN c ON c.x = b.v', 'a CROSS JOIN f(a.x, 2) b (v, o) JOIN c ON c.x = b.v'],
    ['(SELECT 1 FROM a CROSS JOIN b) x JOIN c ON true', '(SELECT 1 FROM a CROSS JOIN b) x JOIN c ON true'],
    ["'CROSS JOIN b ON'", "'CROSS JOIN b ON'"],
    ['a CROSS JOIN (SELECT 1 FROM c JOIN d ON true) b ORDER BY 1', 'a CROSS JOIN (SELECT 1 FROM c JOIN d ON true) b ORDER BY 1'],
  ])('%s', (sql, expected) => {
    expect(bind(statement(sql)).text).toBe(expected);
  });
});

describe('the rows of a condition are looked up', () => {
  test.each([
    ['SELECT a WHERE EXISTS (SELECT 1 FROM b WHERE (b.x = a))', 'SELECT a WHERE EXISTS (SELECT 1 FROM b WHERE (b.x = a) OFFSET 0)'],
    [
      "a AND NOT EXISTS (SELECT ')' WHERE EXISTS(SELECT 1)) OR (b)",
      "a AND NOT EXISTS (SELECT ')' WHERE EXISTS(SELECT 1 OFFSET 0) OFFSET 0) OR (b)",
    ],
    ["'EXISTS (SELECT 1)'", "'EXISTS (SELECT 1)'"],
  ])('%s', (sql, expected) => {
    expect(bind(statement(sql)).text).toBe(expected);
  });
});
