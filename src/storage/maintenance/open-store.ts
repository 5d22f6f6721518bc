import { join } from 'node:path';
import type { Engine, EngineAddress } from '../port.ts';
import type { Store } from '../store.ts';
import { sqliteEngineAt, sqliteStore } from './sqlite-store.ts';

/** The client of PostgreSQL takes time and memory that a process with a file can spare. */
const postgres = () => import('../postgres/maintenance/store.ts');

/** Returns whether a URL names a database of PostgreSQL. */
const isPostgresUrl = (url: string): boolean => /^postgres(?:ql)?:\/\//.test(url);

/**
 * The store that DATABASE_URL names: an SQLite file, or a PostgreSQL database. `migrations` is the folder with a folder for each engine. Rejects with
 * `invalid-request` for any other URL.
 */
export async function openStore(url: string, migrations: string): Promise<Store> {
  if (isPostgresUrl(url)) return (await postgres()).postgresStore(url, join(migrations, 'postgres'));
  return sqliteStore(url, join(migrations, 'sqlite'));
}

/** Opens an engine at the address of another one, such as in another thread. Rejects with `storage-unusable`. */
export async function engineAt(address: EngineAddress): Promise<Engine> {
  return isPostgresUrl(address.url) ? (await postgres()).postgresEngineAt(address) : sqliteEngineAt(address);
}
