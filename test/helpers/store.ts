import { sqliteStore } from '../../src/storage/maintenance/sqlite-store.ts';
import { postgresStore } from '../../src/storage/postgres/maintenance/store.ts';
import type { Store } from '../../src/storage/store.ts';
import { POSTGRES_MIGRATIONS, SQLITE_MIGRATIONS } from './fixtures.ts';

/** Returns whether a place is the URL of a database of PostgreSQL, and not the path of a file. */
export const isOnServer = (place: string): boolean => place.startsWith('postgres:');

/** The DATABASE_URL of a place. */
export const urlOf = (place: string): string => (isOnServer(place) ? place : `file:${place}`);

/** The store of the database at a place; `migrations` is a folder of migrations of SQLite. */
export const storeAt = (place: string, migrations = SQLITE_MIGRATIONS): Store =>
  isOnServer(place) ? postgresStore(place, POSTGRES_MIGRATIONS) : sqliteStore(urlOf(place), migrations);
