import Database from 'better-sqlite3';
import { getTableColumns, getTableName, is } from 'drizzle-orm';
import { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { expect, onTestFinished, test } from 'vitest';
import * as declared from '../../src/storage/tables.ts';
import { temporaryDatabase } from '../helpers/database.ts';

type Column = { name: string; type: string; notNull: boolean };

const tables = Object.values(declared).flatMap((each): SQLiteTable[] => (is(each, SQLiteTable) ? [each] : []));

async function migrated(): Promise<Database.Database> {
  const connection = new Database(await temporaryDatabase(), { readonly: true });
  onTestFinished(() => {
    connection.close();
  });
  return connection;
}

test('every table of the database is declared, and every declared one is there', async () => {
  const connection = await migrated();
  const real = connection
    .prepare("SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all();
  expect(new Set(tables.map((table) => getTableName(table)))).toEqual(new Set(real.filter((name) => name !== 'migrations')));
});

test.each(tables.map((table) => [getTableName(table), table] as const))(
  '%s has the columns that are declared, of the same types',
  async (name, table) => {
    const connection = await migrated();
    const rows = connection.prepare('SELECT name, type, "notnull" OR pk > 0 AS required FROM pragma_table_info(?)').all(name);
    const real = (rows as { name: string; type: string; required: number }[]).map(
      (row): Column => ({ name: row.name, type: row.type, notNull: row.required === 1 }),
    );
    const known = Object.values(getTableColumns(table)).map(
      (column): Column => ({ name: column.name, type: column.getSQLType().toUpperCase(), notNull: column.notNull }),
    );
    expect(known).toEqual(real);
  },
);

test('every table is strict, so that a value of another type is refused', async () => {
  const connection = await migrated();
  const lax = connection
    .prepare("SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all();
  expect(lax).toEqual([]);
});

test('every foreign key has an index, so that who refers to a record is found without reading a table', async () => {
  const connection = await migrated();
  const unindexed = tables.flatMap((table) => {
    const name = getTableName(table);
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
