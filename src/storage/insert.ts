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

/** How many rows one statement inserts: measured, 64 take half the time of one by one, and more take no less. */
const RUN = 64;

/**
 * How a statement of many rows begins. Where one may fail, SQLite keeps a copy of every page that it changes, so as to undo it alone; one that fails
 * is left as it stands, since its batch is undone as a whole.
 */
const INSERT_MANY = 'INSERT OR FAIL';

/** The statements that insert rows of a few columns, many at once. `conflict` is what stands after the rows. */
export function* insertRuns(table: string, rows: Iterable<readonly Value[]>, conflict = ''): Generator<Statement> {
  const head = `${INSERT_MANY} INTO ${table} VALUES `;
  let values: Value[] = [];
  let width = 0;
  for (const row of rows) {
    width = row.length;
    for (const value of row) values.push(value);
    if (values.length < RUN * width) continue;
    yield { sql: runOf(head, RUN, width, conflict), params: values };
    values = [];
  }
  yield* remainder(head, values, width, conflict);
}

/** Rows of several tables that are on their way into the database, those of a table together. */
export type RowRuns = {
  /** Adds a row, as `insert` made it. */
  add: (row: Statement) => void;
  /** The statements that insert all that were added, many rows at once. */
  drain: () => Generator<Statement>;
};

/** No rows. Those of the tables `first` are inserted before others, which refer to them. */
export function rowRuns(first: readonly SQLiteTable[]): RowRuns {
  const byTable = new Map<string, { head: string; width: number; full: Value[][]; values: Value[] }>();
  for (const table of first) runsInto(shapeOf(table).sql, shapeOf(table).keys.length);

  function runsInto(sql: string, width: number) {
    const runs = { head: sql.slice(0, sql.lastIndexOf('(')).replace('INSERT', INSERT_MANY), width, full: [], values: [] };
    byTable.set(sql, runs);
    return runs;
  }

  return {
    add({ sql, params }) {
      const runs = byTable.get(sql) ?? runsInto(sql, params.length);
      for (const value of params as readonly Value[]) runs.values.push(value); // @NOTE `insert` names none of them
      if (runs.values.length < RUN * runs.width) return;
      runs.full.push(runs.values);
      runs.values = [];
    },
    *drain() {
      for (const runs of byTable.values()) {
        const { head, width, full, values } = runs;
        for (const params of full) yield { sql: runOf(head, RUN, width), params };
        yield* remainder(head, values, width);
        runs.full = [];
        runs.values = [];
      }
    },
  };
}

/** Rows that are too few for a run, in shorter ones of half, a quarter and so on: a statement is prepared for few lengths only. */
function* remainder(head: string, values: readonly Value[], width: number, conflict?: string): Generator<Statement> {
  let from = 0;
  for (let rows = RUN / 2; from < values.length; rows /= 2) {
    if (values.length - from < rows * width) continue;
    yield { sql: runOf(head, rows, width, conflict), params: values.slice(from, (from += rows * width)) };
  }
}

const runs = new Map<string, string>();

function runOf(head: string, rows: number, width: number, conflict = ''): string {
  const name = `${rows} ${head}`;
  const known = runs.get(name);
  if (known !== undefined) return known;
  const row = `(${Array(width).fill('?').join(', ')})`;
  const sql = `${head}${Array(rows).fill(row).join(', ')} ${conflict}`;
  runs.set(name, sql);
  return sql;
}
