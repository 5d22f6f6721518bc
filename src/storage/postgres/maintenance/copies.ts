import type pg from 'pg';
import { expand } from '../../dialect.ts';
import { comparable, differencesOf, type RowChunks } from '../../compare-rows.ts';
import type { Engine } from '../../port.ts';
import type { Comparison, Copies, RunContext } from '../../store.ts';
import type { Progress } from '../../../domain/progress.ts';
import { postgresDialect } from '../dialect.ts';
import { asStorageError } from '../errors.ts';
import { rowOf } from '../values.ts';
import { migrateSchema } from './migrations.ts';
import { schemaFaults } from './schema.ts';

/** The needs of copies of a database: a client in a session of its own, the schema that is copied, and the engine on any schema. */
export type CopiesOptions = {
  connect: (schema: string) => Promise<pg.Client>;
  engineOn: (schema: string) => Engine;
  schema: string;
  migrations: string;
  /** A word in the names of the schemas of the copies. */
  token: string;
  context: RunContext;
};

/** The beginning of the names of schemas of copies. */
const PREFIX = 'annals_copy_';

/** The tables to which others refer, before these. */
const FIRST = ['records', 'moments', 'api_keys'];

/**
 * Copies the database as it is at this moment to a schema beside it, which is gone when `use` is done. The role must be allowed to make schemas in the
 * database. Schemas that killed processes have left are dropped.
 */
export async function withCopiesOf<Result>(
  options: CopiesOptions,
  use: (copies: Copies) => Promise<Result>,
  progress: Progress,
): Promise<Result> {
  const { connect, schema, migrations, token, context } = options;
  const [kept, rebuilt] = [`${PREFIX}${token}_kept`, `${PREFIX}${token}_rebuilt`];
  const client = await connect(schema);
  try {
    await dropLeftovers(client);
    // Held until the end of the session: copies of a process that lives are no leftovers.
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [kept]);
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [rebuilt]);
    await migrateCopy(client, kept, migrations, context);
    const faults = await schemaFaults(client, schema, kept);
    await dropWordIndexes(client, kept);
    if (faults.every(({ type, fault }) => (type !== 'table' && type !== 'column') || fault === 'foreign'))
      await copyRows(client, schema, kept, progress);
    return await use({
      // Pages and references are the server's own.
      faults: async () => [],
      schemaFaults: async () => faults,
      async rebuild(work) {
        await migrateCopy(client, rebuilt, migrations, context);
        await copyRows(client, kept, rebuilt, progress, REBUILT);
        const engine = options.engineOn(rebuilt);
        try {
          return await work(engine);
        } finally {
          await engine.close();
        }
      },
      async compare(work) {
        const comparison = await openComparison([await connect(kept), await connect(rebuilt)], (rows) => progress('comparing', rows));
        try {
          return await work(comparison);
        } finally {
          await comparison.close();
        }
      },
    });
  } catch (error) {
    throw asStorageError(error);
  } finally {
    // A transaction that failed is still open.
    await client.query('ROLLBACK');
    await dropSchemas(client, [kept, rebuilt]);
    await client.end();
  }
}

async function migrateCopy(client: pg.Client, schema: string, migrations: string, context: RunContext): Promise<void> {
  await client.query(`CREATE SCHEMA ${client.escapeIdentifier(schema)}`);
  await client.query(`SET search_path TO ${client.escapeIdentifier(schema)}`);
  await migrateSchema(client, schema, migrations, context);
}

/** Drops the indexes of the words of texts: nothing looks for a word in a copy, and they take most of the time in which its rows are written. */
async function dropWordIndexes(client: pg.Client, schema: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(WORD_INDEXES, [schema]);
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`);
}

const WORD_INDEXES = `SELECT CAST(CAST(c.oid AS REGCLASS) AS TEXT) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am a ON a.oid = c.relam
  WHERE n.nspname = $1 AND c.relkind = 'i' AND a.amname = 'gin'`;

async function dropLeftovers(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT nspname AS name FROM pg_namespace WHERE starts_with(nspname, $1) AND pg_try_advisory_lock(hashtext(nspname))',
    [PREFIX],
  );
  await dropSchemas(
    client,
    rows.map(({ name }) => name),
  );
}

async function dropSchemas(client: pg.Client, names: readonly string[]): Promise<void> {
  for (const name of names) await client.query(`DROP SCHEMA IF EXISTS ${client.escapeIdentifier(name)} CASCADE`);
}

/** Tables that a rebuild empties and fills. */
const REBUILT = ['postings', 'monthly_counts', 'vocabulary', 'word_forms', 'search', 'words', 'nearby'];

/** The place of a table in the order of copying. */
const rank = (name: string): number => [...FIRST, name].indexOf(name);

/** Copies the rows of every table of one schema but some, as they are at one moment, to the tables of another, whose rows they replace. */
async function copyRows(client: pg.Client, from: string, to: string, progress: Progress, except: readonly string[] = []): Promise<void> {
  const quoted = (schema: string, table: string) => `${client.escapeIdentifier(schema)}.${client.escapeIdentifier(table)}`;
  const { rows } = await client.query<{ name: string; columns: string }>(COLUMNS, [to]);
  const tables = rows.toSorted((one, other) => rank(one.name) - rank(other.name));
  // What triggers derive is among the rows that are copied.
  const setTriggers = async (state: 'ENABLE' | 'DISABLE'): Promise<void> => {
    for (const { name } of tables) await client.query(`ALTER TABLE ${quoted(to, name)} ${state} TRIGGER USER`);
  };
  await setTriggers('DISABLE');
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await client.query(`TRUNCATE ${tables.map(({ name }) => quoted(to, name)).join(', ')}`);
  for (const [index, { name, columns }] of tables.filter((table) => !except.includes(table.name)).entries()) {
    await client.query(`INSERT INTO ${quoted(to, name)} (${columns}) SELECT ${columns} FROM ${quoted(from, name)}`);
    progress('copying', index + 1, tables.length);
  }
  await client.query('COMMIT');
  await setTriggers('ENABLE');
  await client.query(`ANALYZE ${tables.map(({ name }) => quoted(to, name)).join(', ')}`);
}

/** The tables of a schema besides that of migrations, with their columns as SQL lists them. */
const COLUMNS = `SELECT c.relname AS name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE n.nspname = $1 AND c.relkind = 'r' AND c.relname <> 'migrations' GROUP BY c.relname ORDER BY c.relname`;

/** Values as the server sends them: `rowOf` reads them. */
const UNREAD = { getTypeParser: () => (text: string) => text };

/** Rows that are read before they are compared. */
const CHUNK = 500;

async function openComparison(clients: readonly [pg.Client, pg.Client], progress: (rows: number) => void): Promise<Comparison> {
  let count = 0;
  for (const client of clients) await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  return {
    async *differences(compared) {
      const sql = expand(compared.sql, postgresDialect);
      yield* differencesOf([rowsOf(clients[0], sql), rowsOf(clients[1], sql)], compared, () => progress(++count));
    },
    async close() {
      await Promise.all(clients.map((client) => client.end()));
    },
  };
}

async function* rowsOf(client: pg.Client, sql: string): RowChunks {
  await client.query(`DECLARE compared NO SCROLL CURSOR FOR ${sql}`);
  try {
    for (;;) {
      const { rows, fields } = await client.query<(string | null)[]>({
        text: `FETCH ${CHUNK} FROM compared`,
        rowMode: 'array',
        types: UNREAD,
      });
      if (rows.length === 0) return undefined;
      yield rows.map((row) => comparable(rowOf(fields, row)));
    }
  } finally {
    await client.query('CLOSE compared');
  }
}
