import { getTableColumns, getTableName, type InferInsertModel } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Statement, Value } from './port.ts';

type Shape = { keys: string[]; sql: string };
const shapes = new Map<SQLiteTable, Shape>();

/** The statement that inserts one row. Its text is made once per table; drizzle's query builder would make it anew for each row. */
export function insert<Table extends SQLiteTable>(table: Table, row: InferInsertModel<Table>): Statement {
  const { keys, sql } = shapeOf(table);
  const values = row as Record<string, Value | undefined>; // @NOTE every column of `tables.ts` holds a Value
  return { sql, params: keys.map((key) => values[key] ?? null) };
}

/**
 * The same, where another process may have inserted a row with the same values in the columns `unique`, which have a UNIQUE constraint, since
 * they were read: then the batch is aborted with `refuse`.
 */
export function insertOnce<Table extends SQLiteTable>(
  table: Table,
  row: InferInsertModel<Table>,
  unique: string,
  refuse: Error,
): Statement {
  const { sql, params } = insert(table, row);
  return { sql: `${sql} ON CONFLICT (${unique}) DO NOTHING`, params, guard: { rows: 1, refuse } };
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

/** How a statement of many rows is made: what stands before and after them, and the error with which it refuses to insert fewer. */
type Form = { head: string; conflict?: string; refuse?: Error | undefined };

/**
 * The statements that insert rows of a few columns, many at once. `conflict` is what stands after the rows; with `refuse`, the batch is aborted
 * with it unless each row is inserted.
 */
export function* insertRuns(table: string, rows: Iterable<readonly Value[]>, conflict = '', refuse?: Error): Generator<Statement> {
  const form: Form = { head: `${INSERT_MANY} INTO ${table} VALUES `, conflict, refuse };
  let values: Value[] = [];
  let width = 0;
  for (const row of rows) {
    width = row.length;
    for (const value of row) values.push(value);
    if (values.length < RUN * width) continue;
    yield runOf(form, RUN, width, values);
    values = [];
  }
  yield* remainder(form, values, width);
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
  type Runs = { form: Form; rank: number; width: number; full: Value[][]; values: Value[] };
  const ranks = first.map((table) => getTableName(table));
  const byText = new Map<string, Runs>();

  function startRuns({ sql, params, guard }: Statement): Runs {
    const [, before, table, conflict] = /^INSERT( INTO (\w+) .*? VALUES )\([?, ]+\)(.*)$/.exec(sql)!; // @NOTE `insert` made it
    const form = { head: `${INSERT_MANY}${before}`, conflict: conflict!, refuse: guard?.refuse };
    const rank = ranks.includes(table!) ? ranks.indexOf(table!) : ranks.length;
    const runs = { form, rank, width: params.length, full: [], values: [] };
    byText.set(sql, runs);
    return runs;
  }

  return {
    add(row) {
      const runs = byText.get(row.sql) ?? startRuns(row);
      for (const value of row.params as readonly Value[]) runs.values.push(value); // @NOTE `insert` names none of them
      if (runs.values.length < RUN * runs.width) return;
      runs.full.push(runs.values);
      runs.values = [];
    },
    *drain() {
      for (const runs of [...byText.values()].toSorted((one, other) => one.rank - other.rank)) {
        const { form, width, full, values } = runs;
        for (const params of full) yield runOf(form, RUN, width, params);
        yield* remainder(form, values, width);
        runs.full = [];
        runs.values = [];
      }
    },
  };
}

/** Rows that are too few for a run, in shorter ones of half, a quarter and so on: a statement is prepared for few lengths only. */
function* remainder(form: Form, values: readonly Value[], width: number): Generator<Statement> {
  let from = 0;
  for (let rows = RUN / 2; from < values.length; rows /= 2) {
    if (values.length - from < rows * width) continue;
    yield runOf(form, rows, width, values.slice(from, (from += rows * width)));
  }
}

const texts = new Map<string, string>();

function runOf({ head, conflict = '', refuse }: Form, rows: number, width: number, params: Value[]): Statement {
  const name = `${rows} ${head}`;
  let sql = texts.get(name);
  if (sql === undefined) {
    const row = `(${Array(width).fill('?').join(', ')})`;
    sql = `${head}${Array(rows).fill(row).join(', ')} ${conflict}`;
    texts.set(name, sql);
  }
  return { sql, params, ...(refuse && { guard: { rows, refuse } }) };
}
