import { dialect } from '../dialect.ts';
import { type Statement, statement, type Value } from '../port.ts';

/** Number of rows that one statement inserts: 64 take half the time of one by one, and more take no less. */
const RUN = 64;

/** A statement of many rows: the table with its columns, the conflict clause, and the error that aborts the batch unless each row is inserted. */
type InsertForm = { table: string; conflict: string; error?: Error | undefined };

/** Texts of statements. Each is made once: a connection finds what it has prepared by the text, and must read through one that is made anew. */
const texts = new Map<string, string>();

/**
 * The statements that insert rows, many at once. `table` may list its columns: `topics (record_id, ordinal, topic)`. `conflict` stands after the
 * rows; with `error`, the batch is aborted with it unless each row is inserted.
 */
export function* insertRuns(table: string, rows: Iterable<readonly Value[]>, conflict = '', error?: Error): Generator<Statement, void> {
  const form: InsertForm = { table, conflict, error };
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

/**
 * Rows to be inserted into a table, as `insertRuns` takes them: `table` may list its columns, `conflict` stands after the rows, and the batch is
 * aborted with `error` unless each row is inserted.
 */
export type TableRows = { table: string; rows: readonly (readonly Value[])[]; conflict?: string; error?: Error };

/** The statements that insert rows of a table. */
export const insertAll = ({ table, rows, conflict, error }: TableRows): Statement[] => [...insertRuns(table, rows, conflict, error)];

/** Rows of several tables that wait to be inserted, those of a table together: none yet. The tables `first` come before others, which refer to them. */
export function rowRuns(first: readonly string[]) {
  type Runs = { form: InsertForm; rank: number; width: number; full: Value[][]; values: Value[] };
  const byTable = new Map<string, Runs>();

  function addTable({ table, rows, conflict = '', error }: TableRows): Runs {
    const rank = [...first, table].findIndex((name) => table.startsWith(name));
    const runs = { form: { table, conflict, error }, rank, width: rows[0]!.length, full: [], values: [] };
    byTable.set(table, runs);
    return runs;
  }

  return {
    add(inserted: TableRows): void {
      if (inserted.rows.length === 0) return;
      const runs = byTable.get(inserted.table) ?? addTable(inserted);
      for (const row of inserted.rows) {
        for (const value of row) runs.values.push(value);
        if (runs.values.length < RUN * runs.width) continue;
        runs.full.push(runs.values);
        runs.values = [];
      }
    },
    /** The statements that insert all that were added, many rows at once. */
    *drain(): Generator<Statement> {
      for (const runs of [...byTable.values()].toSorted((one, other) => one.rank - other.rank)) {
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
function* remainder(form: InsertForm, values: readonly Value[], width: number): Generator<Statement> {
  let from = 0;
  for (let rows = RUN / 2; from < values.length; rows /= 2) {
    if (values.length - from < rows * width) continue;
    yield runOf(form, rows, width, values.slice(from, (from += rows * width)));
  }
}

function runOf({ table, conflict, error }: InsertForm, rows: number, width: number, params: Value[]): Statement {
  const name = `${rows} ${width} ${table} ${conflict}`;
  let sql = texts.get(name);
  if (sql === undefined) {
    const row = `(${Array(width).fill('?').join(', ')})`;
    sql = `${dialect.insertMany()} ${table} VALUES ${Array(rows).fill(row).join(', ')} ${conflict}`;
    texts.set(name, sql);
  }
  return { sql, params, ...(conflict === '' && { inserts: { table, width } }), ...(error && { guard: { rows, error } }) };
}

/** Values of the columns that tell a row, or the rows of an owner, apart. */
export type RowKey = Readonly<Record<string, Value>>;

/** The moment of a participation may be NULL, and an index finds it only so. */
const conditionOf = (key: RowKey): string =>
  Object.keys(key)
    .map((name) => `${name} ${name === 'moment_id' ? 'IS NOT DISTINCT FROM' : '='} ?`)
    .join(' AND ');

/** The statement that sets columns of the rows with a key; none where there are no columns. */
export function updateRow(table: string, columns: readonly { name: string }[], values: readonly Value[], key: RowKey): Statement[] {
  if (columns.length === 0) return [];
  const set = columns.map(({ name }) => `${name} = ?`).join(', ');
  return [statement(`UPDATE ${table} SET ${set} WHERE ${conditionOf(key)}`, ...values, ...Object.values(key))];
}

/** The statement that deletes the rows with a key. */
export const deleteRows = (table: string, key: RowKey): Statement =>
  statement(`DELETE FROM ${table} WHERE ${conditionOf(key)}`, ...Object.values(key));

/** The statement that deletes the rows of many records. */
export const deleteRowsOf = (table: string, records: readonly number[]): Statement =>
  statement(`DELETE FROM ${table} WHERE record_id IN ${dialect.list('?', 'integer')}`, JSON.stringify(records));

/** The statement that deletes the items of a list from an ordinal on: the rows of their owner. */
export const deleteItems = (table: string, owner: RowKey, from: number): Statement =>
  statement(`DELETE FROM ${table} WHERE ${conditionOf(owner)} AND ordinal >= ?`, ...Object.values(owner), from);

/** The statements that delete the moments of a record from an ordinal on, and who takes part in them. */
export const deleteMoments = (record: number, from: number): Statement[] => [
  statement('DELETE FROM participations WHERE moment_id IN (SELECT id FROM moments WHERE record_id = ? AND ordinal >= ?)', record, from),
  deleteItems('moments', { record_id: record }, from),
];

/** The rows of a table that belong to the records with some keys: the key of the record, then the columns. */
export const rowsOf = <Row extends readonly unknown[]>(
  { table, owner = 'record_id', columns, order }: { table: string; owner?: string; columns: readonly string[]; order?: string },
  { first, last }: { first: number; last: number },
): Statement<Row> =>
  statement(
    `SELECT ${[owner, ...columns].join(', ')} FROM ${table} WHERE ${owner} BETWEEN ? AND ?${order === undefined ? '' : ` ORDER BY ${order}`}`,
    first,
    last,
  );
