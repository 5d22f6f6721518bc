import type pg from 'pg';
import { AnnalsError } from '../../../domain/errors.ts';
import { drawnWord } from '../../../domain/generation.ts';
import type { Randomness } from '../../../domain/token.ts';
import { notedVersion, refuseNewer } from '../../index-version.ts';
import { type Migration, readMigrations, refuseChanged } from '../../migration-files.ts';
import type { RunContext } from '../../store.ts';
import { unusable } from '../../superseded.ts';
import { NEXT_VERSION } from '../writing.ts';

/** The number under which processes of Annals lock a database while one of them migrates it. */
const LOCK = 0x616e6e61;

/** Milliseconds for which a process waits for another that migrates. */
const LOCK_TIMEOUT = 30_000;

const APPLIED = `CREATE TABLE IF NOT EXISTS migrations (
  number INTEGER PRIMARY KEY, name TEXT COLLATE "C" NOT NULL, sha256 TEXT COLLATE "C" NOT NULL, applied_at BIGINT NOT NULL)`;

type Applied = { number: number; name: string; sha256: string };

/** The version of the index that a database notes, and the number of its migrations, of which the program may know more. */
export type State = { applied: number; pending: readonly Migration[]; index: number | undefined };

/**
 * Compares the migrations of a database with the files of the program. Throws `storage-unusable` when the database is newer, is not one of Annals, or was
 * made by files that have changed since.
 */
export async function stateOf(client: pg.Client, folder: string): Promise<State> {
  const migrations = readMigrations(folder);
  const tables = await tablesOf(client);
  if (!tables.includes('migrations')) {
    if (tables.length > 0)
      throw unusable(`the schema is not one of Annals: it already has the table ${tables[0]!}; name another with ?schema=`, 'foreign');
    return { applied: 0, pending: migrations, index: undefined };
  }
  const { rows: done } = await client.query<Applied>('SELECT number, name, sha256 FROM migrations ORDER BY number');
  refuseChanged(migrations, done);
  const { rows } = await client.query<{ version: string }>('SELECT version FROM index_definition');
  const index = Number(rows[0]?.version ?? 0);
  refuseNewer(index);
  return { applied: done.length, pending: migrations.slice(done.length), index };
}

async function tablesOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

/**
 * Brings the schema to the newest migration, each in one transaction, and returns the names of those that were applied. The schema is made where it is
 * missing. One process migrates at a time: another waits half a minute for it. Throws as `stateOf`, and `storage-busy` after that time.
 */
export async function migrateSchema(client: pg.Client, schema: string, folder: string, context: RunContext): Promise<string[]> {
  await makeSchema(client, schema);
  await lock(client);
  try {
    const { pending } = await stateOf(client, folder);
    for (const migration of pending) await apply(client, migration, context);
    return pending.map(({ name }) => name);
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK]);
  }
}

/** Makes the schema where it is missing. Throws `storage-unusable` where the role may not make it, or no tables in it. */
async function makeSchema(client: pg.Client, schema: string): Promise<void> {
  const quoted = client.escapeIdentifier(schema);
  const { rows } = await client.query<{ role: string; database: string; exists: boolean; allowed: boolean }>(RIGHTS, [schema]);
  const { role, database, exists, allowed } = rows[0]!;
  if (!allowed) {
    const [right, of] = exists ? ['USAGE, CREATE', `SCHEMA ${quoted}`] : ['CREATE', `DATABASE ${client.escapeIdentifier(database)}`];
    const remedy = `GRANT ${right} ON ${of} TO ${client.escapeIdentifier(role)}`;
    throw unusable(`the role of DATABASE_URL may not make tables in the schema ${schema}: let the owner of the database run ${remedy}`);
  }
  if (!exists) await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoted}`);
}

/** The right to make tables in a schema, or to make the schema itself where there is none. */
const RIGHTS = `SELECT current_user AS role, current_database() AS database, n.oid IS NOT NULL AS exists,
    CASE WHEN n.oid IS NULL THEN has_database_privilege(current_database(), 'CREATE')
      ELSE has_schema_privilege(n.oid, 'USAGE') AND has_schema_privilege(n.oid, 'CREATE') END AS allowed
  FROM (SELECT $1::NAME AS name) asked LEFT JOIN pg_namespace n ON n.nspname = asked.name`;

async function lock(client: pg.Client): Promise<void> {
  const until = performance.now() + LOCK_TIMEOUT;
  for (;;) {
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [LOCK]);
    if (rows[0]!.locked) return;
    if (performance.now() > until)
      throw new AnnalsError(
        'storage-busy',
        `another process has been migrating the database for ${LOCK_TIMEOUT / 1000} s: try again when it is done`,
      );
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function apply(client: pg.Client, { number, name, sha256, sql }: Migration, { now, random }: RunContext): Promise<void> {
  try {
    await client.query('BEGIN');
    // As every write does: it waits for the one under way, and those that read notice by the version. The first migration makes the table.
    if (number > 1) await client.query(NEXT_VERSION);
    await client.query(APPLIED);
    await client.query(sql);
    await client.query('INSERT INTO migrations (number, name, sha256, applied_at) VALUES ($1, $2, $3, $4)', [number, name, sha256, now]);
    await client.query('INSERT INTO generation (id, word) VALUES (1, $1) ON CONFLICT DO NOTHING', [drawnWord(random)]);
    await client.query('UPDATE index_definition SET version = $1 WHERE NOT EXISTS (SELECT 1 FROM records)', [notedVersion()]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    const reason = error instanceof Error ? error.message : String(error);
    throw new AnnalsError('storage-unusable', `migration ${name} failed, and nothing of it was kept: ${reason}`, [], { cause: error });
  }
}

/** Draws a new generation, and returns it. */
export async function drawGeneration(client: pg.Client, random: Randomness): Promise<string> {
  const word = drawnWord(random);
  await client.query('BEGIN');
  await client.query(NEXT_VERSION);
  await client.query('UPDATE generation SET word = $1', [word]);
  await client.query('COMMIT');
  return word;
}
