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

/** How many narrow rows one statement inserts: measured, 64 take half the time of one by one, and more take no less. */
const RUN = 64;

/** The statements that insert rows of a few columns, many at once. `conflict` is what stands after the rows. */
export function* insertRuns(table: string, rows: Iterable<readonly Value[]>, conflict = ''): Generator<Statement> {
  let values: Value[] = [];
  let width = 0;
  for (const row of rows) {
    width = row.length;
    for (const value of row) values.push(value);
    if (values.length < RUN * width) continue;
    yield { sql: runOf(table, RUN, width, conflict), params: values };
    values = [];
  }
  if (values.length > 0) yield { sql: runOf(table, values.length / width, width, conflict), params: values };
}

const runs = new Map<string, string>();

function runOf(table: string, rows: number, width: number, conflict: string): string {
  const name = `${table} ${rows}`;
  const known = runs.get(name);
  if (known !== undefined) return known;
  const row = `(${Array(width).fill('?').join(', ')})`;
  const sql = `INSERT INTO ${table} VALUES ${Array(rows).fill(row).join(', ')} ${conflict}`;
  runs.set(name, sql);
  return sql;
}
