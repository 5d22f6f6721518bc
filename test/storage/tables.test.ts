import { PGlite } from '@electric-sql/pglite';
import Database from 'better-sqlite3';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NAMED_TYPES } from '../../src/domain/record-type.ts';
import { CHILD_TABLES } from '../../src/model/child-tables.ts';
import type { Column as Described } from '../../src/model/columns.ts';
import { models, REFERENCE_COLUMNS } from '../../src/model/models.ts';
import { migrate } from '../../src/storage/maintenance/migrations.ts';
import { migrateSchema } from '../../src/storage/postgres/maintenance/migrations.ts';
import { NOW, POSTGRES_MIGRATIONS, RANDOM, SQLITE_MIGRATIONS } from '../helpers/fixtures.ts';
import { connectTo } from '../helpers/pglite.ts';
import { type Column, type Schema, schemaOfPostgres, schemaOfSqlite, type Table } from '../helpers/schema.ts';

let sqlite: Database.Database;
let pglite: PGlite;
let postgres: Client;
const schemas: Record<string, Schema> = {};

beforeAll(async () => {
  sqlite = new Database(':memory:');
  await migrate(sqlite, SQLITE_MIGRATIONS, { now: NOW, random: RANDOM });
  pglite = await PGlite.create();
  postgres = await connectTo(pglite);
  await postgres.query('CREATE SCHEMA annals; SET search_path TO annals');
  await migrateSchema(postgres, 'annals', POSTGRES_MIGRATIONS, { now: NOW, random: RANDOM });
  schemas['SQLite'] = schemaOfSqlite(sqlite);
  schemas['PostgreSQL'] = await schemaOfPostgres(postgres);
});

afterAll(async () => {
  sqlite.close();
  await postgres.end();
  await pglite.close();
});

const keyColumn = (name: string): Column => ({ name, type: 'INTEGER', notNull: name !== 'moment_id' });
const described = (columns: readonly Described[]): Column[] =>
  columns.map(({ name, type, required }) => ({ name, type, notNull: required ?? false }));

const tables = [
  ...models.map(({ path, columns, derived }) => ({
    name: path,
    columns: [keyColumn('record_id'), ...described([...columns, ...derived])],
  })),
  ...CHILD_TABLES.map((table) => ({
    name: table.name,
    columns: [...table.key.map(keyColumn), ...described([...table.columns, ...table.derived])],
  })),
];

describe.each(['SQLite', 'PostgreSQL'])('in %s,', (engine) => {
  const tableOf = (name: string): Table => schemas[engine]!.get(name)!;

  test.each(tables)('$name has the described columns and types', ({ name, columns }) => {
    expect(tableOf(name).columns).toEqual(columns.toSorted((one, other) => (one.name < other.name ? -1 : 1)));
  });

  test('every foreign key has an index', () => {
    const unindexed = Array.from(schemas[engine]!).flatMap(([name, { foreignKeys, indexes, primaryKey }]) => {
      const indexed = new Set([primaryKey[0], ...indexes.map(({ columns }) => columns[0])]);
      return foreignKeys.filter(({ column }) => !indexed.has(column)).map(({ column }) => `${name}.${column}`);
    });
    expect(unindexed).toEqual([]);
  });

  test('the described references are the foreign keys of records', () => {
    // A foreign key of a row to its own record deletes the row with it.
    const real = Array.from(schemas[engine]!).flatMap(([name, { foreignKeys }]) =>
      foreignKeys.filter(({ to, cascades }) => to === 'records' && !cascades).map(({ column }) => `${name}.${column}`),
    );
    expect(new Set(REFERENCE_COLUMNS.map(({ table, column }) => `${table}.${column}`))).toEqual(new Set(real));
  });

  test('the index by kind covers the types that have kinds and are not on the timeline', () => {
    const index = tableOf('records').indexes.find(({ name }) => name === 'records_by_kind');
    expect(index?.where).toBe(
      `type IN (${[...NAMED_TYPES]
        .filter((type) => type !== 'code')
        .map((type) => `'${type}'`)
        .join(', ')})`,
    );
  });
});

/** Tables of one engine only: of PostgreSQL the row that each write locks, and the full text, which SQLite has in tables of FTS5. */
const OF_POSTGRES = ['commits', 'nearby', 'search', 'text_totals', 'words', 'writers'];

/** Indexes of PostgreSQL only: SQLite finds coordinates by its R-tree `place_points`, a virtual table that triggers fill. */
const INDEXES_OF_POSTGRES = new Set(['places_by_point']);

test('both engines have the same tables, columns, keys, indexes and conditions', () => {
  const shared = new Map(
    [...schemas['PostgreSQL']!]
      .filter(([name]) => !OF_POSTGRES.includes(name))
      .map(([name, table]): [string, Table] => {
        const indexes = table.indexes.filter((index) => !INDEXES_OF_POSTGRES.has(index.name ?? ''));
        return [name, { ...table, indexes }];
      }),
  );
  expect(Object.fromEntries(shared)).toEqual(Object.fromEntries(schemas['SQLite']!));
  expect([...schemas['PostgreSQL']!.keys()]).toEqual(expect.arrayContaining(OF_POSTGRES));
});

describe('SQLite', () => {
  test('has strict tables only, so that a value of another type is refused', () => {
    const lax = sqlite
      .prepare("SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'")
      .pluck()
      .all();
    expect(lax).toEqual([]);
  });
});

/** The columns for which a condition holds, as `table.column type`. */
async function columnsWhere(condition: string): Promise<string[]> {
  const { rows } = await postgres.query<{ name: string }>(
    `SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) AS name
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
      WHERE c.relnamespace = 'annals'::regnamespace AND c.relkind = 'r' AND ${condition} ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

describe('PostgreSQL', () => {
  test('compares every text byte by byte, as SQLite does', async () => {
    expect(await columnsWhere(`a.attcollation NOT IN (0, '"C"'::regcollation)`)).toEqual([]);
  });

  test('has room for keys, instants and positions beyond 32 bits', async () => {
    const wide = `(a.attname = ANY ('{id,position,revision,sequence,at,term}') OR a.attname ~ '_(id|at)$' OR a.attname = 'version')`;
    expect(await columnsWhere(`${wide} AND a.atttypid = 'integer'::regtype AND c.relname <> 'commits'`)).toEqual([]);
  });

  test('keeps everything in its schema', async () => {
    const { rows } = await postgres.query(
      `SELECT relname FROM pg_class WHERE relnamespace NOT IN ('annals'::regnamespace, 'pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace)`,
    );
    expect(rows).toEqual([]);
  });
});
