import type Database from 'better-sqlite3';
import type { Client } from 'pg';

/** A column, with the class of its type. */
export type Column = { name: string; type: 'TEXT' | 'INTEGER' | 'REAL' | 'BLOB'; notNull: boolean };

/** An index by its columns; those of a UNIQUE constraint have no `name`. */
export type Index = { name: string | undefined; columns: string[]; isUnique: boolean; where: string | undefined };

/** A foreign key of one column. */
export type ForeignKey = { column: string; to: string; cascades: boolean; isDeferred: boolean };

/** A table as a database has it, each list in the order of names. */
export type Table = { columns: Column[]; primaryKey: string[]; indexes: Index[]; foreignKeys: ForeignKey[]; checks: string[] };

/** The tables of a database, by name. */
export type Schema = ReadonlyMap<string, Table>;

/** Reads the tables of an SQLite database, but for those of its full text. */
export function schemaOfSqlite(connection: Database.Database): Schema {
  const names = connection
    .prepare<[], string>(
      "SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .pluck()
    .all();
  return new Map(names.map((name) => [name, tableOfSqlite(connection, name)]));
}

function tableOfSqlite(connection: Database.Database, table: string): Table {
  const rows = <Row>(sql: string, name = table): Row[] => connection.prepare(sql).all(name) as Row[]; // @NOTE the columns that the SQL names
  const columns = rows<{ name: string; type: Column['type']; notnull: number; pk: number }>(
    'SELECT name, type, "notnull", pk FROM pragma_table_info(?)',
  );
  const [sql] = connection.prepare<[string], string>('SELECT sql FROM sqlite_schema WHERE name = ?').pluck().all(table);
  return ordered({
    columns: columns.map(({ name, type, notnull, pk }) => ({ name, type, notNull: notnull === 1 || pk > 0 })),
    primaryKey: columns
      .filter(({ pk }) => pk > 0)
      .toSorted((one, other) => one.pk - other.pk)
      .map(({ name }) => name),
    indexes: rows<{ name: string; unique: number; origin: string; sql: string | null }>(
      `SELECT i.name, i."unique", i.origin, s.sql FROM pragma_index_list(?) i JOIN sqlite_schema s ON s.name = i.name WHERE i.origin <> 'pk'`,
    ).map((index) => ({
      name: index.origin === 'c' ? index.name : undefined,
      columns: rows<{ name: string }>('SELECT name FROM pragma_index_info(?) ORDER BY seqno', index.name).map(({ name }) => name),
      isUnique: index.unique === 1,
      where: index.sql === null ? undefined : / WHERE (.*)$/s.exec(index.sql)?.[1],
    })),
    foreignKeys: rows<{ from: string; table: string; on_delete: string }>(
      'SELECT "from", "table", on_delete FROM pragma_foreign_key_list(?)',
    ).map((key) => ({
      column: key.from,
      to: key.table,
      cascades: key.on_delete === 'CASCADE',
      isDeferred: new RegExp(`\\b${key.from} [^,]*DEFERRABLE INITIALLY DEFERRED`).test(sql!),
    })),
    checks: Array.from(sql!.matchAll(/CHECK \(((?:[^()]|\([^()]*\))*)\)/g), ([, condition]) => condition!),
  });
}

/** Classes of the types of PostgreSQL. */
const CLASSES: Record<string, Column['type']> = {
  text: 'TEXT',
  bigint: 'INTEGER',
  integer: 'INTEGER',
  'double precision': 'REAL',
  bytea: 'BLOB',
};

const TABLES = `SELECT c.relname AS name,
    (SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull))
      FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
    (SELECT json_agg(json_build_object(
        'name', CASE WHEN k.oid IS NULL THEN x.relname END, 'isPrimary', i.indisprimary, 'isUnique', i.indisunique, 'where', pg_get_expr(i.indpred, c.oid),
        'columns', (SELECT json_agg(trim(pg_get_indexdef(i.indexrelid, place, true), '"') ORDER BY place) FROM generate_series(1, i.indnkeyatts) AS place)))
      FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid LEFT JOIN pg_constraint k ON k.conindid = x.oid AND k.contype IN ('p', 'u')
      WHERE i.indrelid = c.oid) AS indexes,
    (SELECT json_agg(json_build_object('column', a.attname, 'to', t.relname, 'cascades', k.confdeltype = 'c', 'isDeferred', k.condeferred))
      FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1] JOIN pg_class t ON t.oid = k.confrelid
      WHERE k.conrelid = c.oid AND k.contype = 'f') AS "foreignKeys",
    (SELECT json_agg(pg_get_expr(k.conbin, c.oid)) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c') AS checks
  FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'`;

type FoundTable = {
  name: string;
  columns: { name: string; type: string; notNull: boolean }[];
  indexes: { name: string | null; columns: string[]; isPrimary: boolean; isUnique: boolean; where: string | null }[] | null;
  foreignKeys: ForeignKey[] | null;
  checks: string[] | null;
};

/** Reads the tables in the schema of a PostgreSQL connection. A column of a type that SQLite does not have is left out. */
export async function schemaOfPostgres(client: Client): Promise<Schema> {
  const { rows } = await client.query<FoundTable>(TABLES);
  return new Map(rows.map((table) => [table.name, tableOfPostgres(table)]));
}

const tableOfPostgres = ({ columns, indexes, foreignKeys, checks }: FoundTable): Table =>
  ordered({
    columns: columns.flatMap(({ type, ...rest }) => (CLASSES[type] ? [{ ...rest, type: CLASSES[type] }] : [])),
    primaryKey: indexes?.find(({ isPrimary }) => isPrimary)?.columns ?? [],
    indexes: (indexes ?? [])
      .filter(({ isPrimary }) => !isPrimary)
      .map(({ name, columns: keys, isUnique, where }) => ({
        name: name ?? undefined,
        columns: keys,
        isUnique,
        where: where === null ? undefined : asWritten(where),
      })),
    foreignKeys: foreignKeys ?? [],
    checks: (checks ?? []).map(asWritten),
  });

/** A condition as it was written, which PostgreSQL shows with casts and parentheses, and IN as = ANY. */
const asWritten = (condition: string): string =>
  condition
    .replaceAll('::text', '')
    .replaceAll(/= ANY \(ARRAY\[([^\]]*)\]\)/g, 'IN ($1)')
    .replace(/^\((.*)\)$/s, '$1');

const ordered = ({ columns, primaryKey, indexes, foreignKeys, checks }: Table): Table => ({
  columns: by(columns, ({ name }) => name),
  primaryKey,
  indexes: by(indexes, (index) => `${index.name ?? ''} ${index.columns.join()}`),
  foreignKeys: by(foreignKeys, ({ column }) => column),
  checks: checks.toSorted(),
});

const by = <Item>(items: readonly Item[], key: (item: Item) => string): Item[] =>
  items.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
