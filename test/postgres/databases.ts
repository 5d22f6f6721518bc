import pg from 'pg';

/** The URL of another database of the same server. */
export function onServer(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}

/** Makes a database, empty or as a copy of another that nothing has open, and returns its URL. */
export async function makeDatabase(url: string, name: string, template = 'template1'): Promise<string> {
  await administer(url, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  return onServer(url, name);
}

/** The code of a database that connections still have open. */
const IN_USE = '55006';

/** Removes the database that a URL names. Its connections are ended only where there are any: of autovacuum, only the server itself may end one. */
export async function dropDatabase(url: string): Promise<void> {
  const sql = `DROP DATABASE ${nameIn(url)}`;
  try {
    await administer(url, sql);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== IN_USE) throw error;
    await administer(url, `${sql} WITH (FORCE)`);
  }
}

/** The name of the database in a URL. */
export const nameIn = (url: string): string => new URL(url).pathname.slice(1);

/** Runs a statement that no transaction may contain. */
async function administer(url: string, sql: string): Promise<void> {
  const client = new pg.Client(onServer(url, 'postgres'));
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
