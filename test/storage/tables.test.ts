import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { NAMED_TYPES } from '../../src/domain/record-type.ts';
import { CHILD_TABLES } from '../../src/model/child-tables.ts';
import type { Column as Described } from '../../src/model/columns.ts';
import { models, REFERENCE_COLUMNS } from '../../src/model/models.ts';
import { temporaryDatabase } from '../helpers/database.ts';

type Column = { name: string; type: string; notNull: boolean };
type Table = { name: string; columns: Column[] };

const keyColumn = (name: string): Column => ({ name, type: 'INTEGER', notNull: name !== 'moment_id' });
const described = (columns: readonly Described[]): Column[] =>
  columns.map(({ name, type, required }) => ({ name, type, notNull: required ?? false }));

const tables: Table[] = [
  ...models.map(({ path, columns }) => ({ name: path, columns: [keyColumn('record_id'), ...described(columns)] })),
  ...CHILD_TABLES.map((table) => ({
    name: table.name,
    columns: [...table.key.map(keyColumn), ...described([...table.columns, ...table.derived])],
  })),
];

async function migrated(): Promise<Database.Database> {
  const connection = new Database(await temporaryDatabase(), { readonly: true });
  onTestFinished(() => {
    connection.close();
  });
  return connection;
}

test.each(tables)('$name has the described columns and types', async ({ name, columns }) => {
  const connection = await migrated();
  const rows = connection.prepare('SELECT name, type, "notnull" OR pk > 0 AS required FROM pragma_table_info(?)').all(name);
  const real = (rows as { name: string; type: string; required: number }[]).map(
    (row): Column => ({ name: row.name, type: row.type, notNull: row.required === 1 }),
  );
  expect(real.toSorted(byName)).toEqual(columns.toSorted(byName));
});

const byName = (one: Column, other: Column): number => one.name.localeCompare(other.name);

test('every table is strict, so that a value of another type is refused', async () => {
  const connection = await migrated();
  const lax = connection
    .prepare("SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all();
  expect(lax).toEqual([]);
});

test('every foreign key has an index', async () => {
  const connection = await migrated();
  const names = connection.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  const unindexed = names.flatMap((name) => {
    const keys = connection.prepare('SELECT "from" FROM pragma_foreign_key_list(?)').pluck().all(name);
    const indexed = connection
      .prepare('SELECT c.name FROM pragma_index_list(?) i JOIN pragma_index_info(i.name) c WHERE c.seqno = 0')
      .pluck()
      .all(name);
    const primary = connection.prepare('SELECT name FROM pragma_table_info(?) WHERE pk = 1').pluck().all(name);
    return keys.filter((key) => !indexed.includes(key) && !primary.includes(key)).map((key) => `${name}.${String(key)}`);
  });
  expect(unindexed).toEqual([]);
});

test('the described references are the foreign keys of records', async () => {
  const connection = await migrated();
  // A foreign key of a row to its own record deletes the row with it.
  const real = connection
    .prepare(
      `SELECT t.name || '.' || k."from" FROM pragma_table_list t JOIN pragma_foreign_key_list(t.name) k
         WHERE t.schema = 'main' AND k."table" = 'records' AND k.on_delete <> 'CASCADE'`,
    )
    .pluck()
    .all();
  expect(new Set(REFERENCE_COLUMNS.map(({ table, column }) => `${table}.${column}`))).toEqual(new Set(real));
});

test('the index by kind covers the types that are not on the timeline', async () => {
  const connection = await migrated();
  const sql = connection.prepare("SELECT sql FROM sqlite_schema WHERE name = 'records_by_kind'").pluck().get();
  expect(sql).toContain(`WHERE type IN (${[...NAMED_TYPES].map((type) => `'${type}'`).join(', ')})`);
});
