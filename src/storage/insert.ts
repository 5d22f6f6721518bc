import { getTableColumns, getTableName, type InferInsertModel } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Statement, Value } from './engine.ts';

type Shape = { keys: string[]; sql: string };
const shapes = new Map<SQLiteTable, Shape>();

/** The statement that inserts one row. Its text is made once per table; drizzle's query builder would make it anew for each row. */
export function insert<Table extends SQLiteTable>(table: Table, row: InferInsertModel<Table>): Statement {
  const { keys, sql } = shapeOf(table);
  const values = row as Record<string, Value | undefined>; // @NOTE every column of `tables.ts` holds a Value
  return { sql, params: keys.map((key) => values[key] ?? null) };
}

function shapeOf(table: SQLiteTable): Shape {
  const known = shapes.get(table);
  if (known) return known;
  const columns = Object.entries(getTableColumns(table));
  const names = columns.map(([, column]) => column.name).join(', ');
  const fresh = {
    keys: columns.map(([key]) => key),
    sql: `INSERT INTO ${getTableName(table)} (${names}) VALUES (${columns.map(() => '?').join(', ')})`,
  };
  shapes.set(table, fresh);
  return fresh;
}
