import { Client } from 'pg';
import { AnnalsError } from '../../domain/errors.ts';
import { unusable } from '../superseded.ts';
import type { Address } from './address.ts';
import { asStorageError } from './errors.ts';

/** Connects to the database. */
export type Connect = () => Promise<Client>;

/** The oldest version of PostgreSQL that the tests ran on. */
const OLDEST = 15;

/** The time that a server has to accept a connection, in milliseconds. */
const CONNECT_TIMEOUT = 5000;

/** The interval, in seconds, after which an idle connection is asked whether it lives, so that a lost one is noticed. */
const KEEP_ALIVE = 10;

/**
 * Connects to whichever of the servers is the primary. The one that was it before is tried first; then all at once, as a server that has
 * failed may not even refuse. Throws `storage-unusable`.
 */
export function primaryOf(address: Address): Connect {
  const { servers } = address;
  let known = servers[0]!;

  async function tryKnown(): Promise<Client | undefined> {
    try {
      return await connectToPrimary(address, known);
    } catch (error) {
      if (servers.length === 1) throw error;
      return undefined;
    }
  }

  async function tryAll(): Promise<Client> {
    const attempts = servers.map(async (server) => ({ server, client: await connectToPrimary(address, server) }));
    try {
      const found = await Promise.any(attempts);
      known = found.server;
      // During a change of the primary two may say that they are it: the other connection is not kept.
      for (const attempt of attempts)
        void attempt.then(({ client }) => (client === found.client ? undefined : client.end())).catch(() => undefined);
      return found.client;
    } catch (error) {
      throw noPrimary(servers, error instanceof AggregateError ? error.errors : [error]);
    }
  }

  return async () => (await tryKnown()) ?? (await tryAll());
}

/** The error of all servers where it is the same, such as a wrong password; else one that names each. */
function noPrimary(servers: Address['servers'], errors: readonly unknown[]): AnnalsError {
  const [first] = errors;
  if (first instanceof AnnalsError && errors.every((error) => error instanceof AnnalsError && error.message === first.message))
    return first;
  const message = `none of the ${servers.length} database servers takes writes: try again in a moment`;
  const each = errors.map(
    (error, index) => `${servers[index]?.host}:${servers[index]?.port}: ${error instanceof Error ? error.message : String(error)}`,
  );
  return new AnnalsError('storage-unusable', message, [], { forOperator: `${message} (${each.join('; ')})` });
}

async function connectToPrimary(address: Address, server: Address['servers'][number]): Promise<Client> {
  const { user, password, database, sslmode } = address;
  const client = new Client({
    ...server,
    user,
    password,
    database,
    ssl: sslmode === 'disable' ? false : { rejectUnauthorized: sslmode === 'verify-full' },
    application_name: 'annals',
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE * 1000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await refuseUnfit(client);
    return client;
  } catch (error) {
    client.end().catch(() => undefined);
    throw asConnectError(error);
  }
}

/** Also the client itself refuses a connection, such as for a certificate, or because it has no password to give. */
function asConnectError(error: unknown): AnnalsError {
  const known = asStorageError(error);
  if (known instanceof AnnalsError) return known;
  const message = 'the database server cannot be connected to';
  const details = error instanceof Error ? error.message : String(error);
  return new AnnalsError('storage-unusable', message, [], { cause: error, forOperator: `${message} (${details})` });
}

/** Settings of a server without which a crash loses or damages what was committed; a program cannot change them. */
const DURABLE = ['fsync', 'full_page_writes'] as const;

const SERVER = `SELECT pg_is_in_recovery(), current_setting('transaction_read_only') = 'on', CAST(current_setting('server_version_num') AS INTEGER) / 10000,
  ${DURABLE.map((name) => `current_setting('${name}')`).join(', ')}`;

/** Throws `storage-unusable` for a server that takes no writes, is too old, or forgets writes that it has acknowledged. */
async function refuseUnfit(client: Client): Promise<void> {
  const { rows } = await client.query<[standby: boolean, readOnly: boolean, version: number, ...durable: string[]]>({
    text: SERVER,
    rowMode: 'array',
  });
  const [isStandby, isReadOnly, version, ...durable] = rows[0]!;
  if (version < OLDEST) throw unusable(`PostgreSQL ${version} is too old: Annals needs ${OLDEST} or newer, and is tested with 15 and 18`);
  if (isStandby)
    throw unusable('the database server is a standby, and takes no writes: name the primary in DATABASE_URL, too', 'read-only');
  if (isReadOnly) throw unusable('the database server takes no writes: it is read-only', 'read-only');
  const off = DURABLE.filter((_, index) => durable[index] !== 'on').map((name) => `${name}=off`);
  if (off.length > 0)
    throw unusable(
      `the database server has ${off.join(' and ')}, so a crash may lose or damage acknowledged writes: set it on in its configuration`,
    );
}

/** Settings of every connection: the tables are those of the schema, and are joined in the order in which they are written. */
const COMMON = {
  join_collapse_limit: '1',
  from_collapse_limit: '1',
  jit: 'off',
  // Statements name their tables in the order of nested loops through indexes, as SQLite runs them; the planner would rather merge whole tables.
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  max_parallel_workers_per_gather: '0',
  client_min_messages: 'warning',
  // A server that cannot reach this program ends its transaction within a minute, so that others may write.
  tcp_keepalives_idle: `${KEEP_ALIVE}`,
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '4',
  idle_in_transaction_session_timeout: '60s',
};

/** The longest time that a transaction waits for another process that writes, in milliseconds. */
const LOCK_TIMEOUT = 5000;

/** The settings of a connection. */
export type Settings = Readonly<Record<string, string>>;

/** The settings of a connection that writes: a COMMIT takes as long as it takes. */
export const writingSettings = (schema: string): Settings => ({
  search_path: schema,
  ...COMMON,
  lock_timeout: `${LOCK_TIMEOUT}`,
  statement_timeout: '0',
});

/** The settings of a connection that cannot write, whose statements are ended after a time in milliseconds. */
export const readingSettings = (schema: string, timeout: number): Settings => ({
  search_path: schema,
  ...COMMON,
  default_transaction_isolation: 'repeatable read',
  default_transaction_read_only: 'on',
  statement_timeout: `${timeout}`,
});

/**
 * The settings of a connection for large queries. The planner estimates that a comparison with a text costs the same for any number of words, and would
 * read all texts for a query of very many words.
 */
export const heavySettings = (schema: string, timeout: number): Settings => ({
  ...readingSettings(schema, timeout),
  enable_seqscan: 'off',
});

/** Changes settings of a connection. Throws `storage-unusable` where acknowledged writes could be lost. */
export async function configure(client: Client, settings: Settings): Promise<void> {
  const set = Object.entries(settings).map(([name, value]) => `set_config('${name}', '${value}', false)`);
  await client.query(`SELECT ${set.join(', ')}`);
  // `off` may lose acknowledged writes in a crash, `local` those that no standby has. What waits longer is left as the operator has it.
  await client.query(
    `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local')`,
  );
  const { rows } = await client.query<[string]>({ text: 'SHOW synchronous_commit', rowMode: 'array' });
  if (['off', 'local'].includes(rows[0]![0])) throw unusable('PostgreSQL did not accept synchronous_commit=on');
}

/** Opens a connection that may write, for work that takes long. */
export async function connectTo(address: Address): Promise<Client> {
  const client = await primaryOf(address)();
  try {
    await configure(client, { ...writingSettings(address.schema), lock_timeout: '0', idle_in_transaction_session_timeout: '0' });
    return client;
  } catch (error) {
    void client.end();
    throw error;
  }
}

/** Passes a connection of its own to `use`, which may write. Throws the domain error of what `use` throws. */
export async function withClient<Result>(address: Address, use: (client: Client) => Promise<Result>): Promise<Result> {
  try {
    const client = await connectTo(address);
    try {
      return await use(client);
    } finally {
      await client.end();
    }
  } catch (error) {
    throw asStorageError(error);
  }
}
