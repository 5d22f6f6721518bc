import type Database from 'better-sqlite3';
import { AnnalsError } from '../../domain/errors.ts';

/** Throws `storage-migrated` when the database is no longer one that this program may write. Cheap enough for every transaction: some 3 µs. */
export type RefuseSuperseded = () => void;

/**
 * Looks on a connection whether a newer program has migrated the database past `schema`, the newest migration that this program knows. Within
 * a write transaction the answer holds until its end: a migration is a write transaction as well.
 */
export function supersessionCheck(connection: Database.Database, schema: number | undefined): RefuseSuperseded {
  if (schema === undefined) return () => undefined;
  const newest = connection.prepare<[], number | null>('SELECT max(number) FROM migrations').pluck();
  return () => {
    const found = newest.get() ?? 0;
    if (found > schema) throw migratedPast(schema, found);
  };
}

const migratedPast = (schema: number, found: number): AnnalsError =>
  new AnnalsError(
    'storage-migrated',
    `a newer Annals has migrated the database, which has migration ${found}, and this program knows ${schema}: it writes nothing more; start the newer release in its place`,
    [],
    { reason: 'newer' },
  );
