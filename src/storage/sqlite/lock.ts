import { setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { BUSY_TIMEOUT } from './connections.ts';

/** How often the engine asks for the lock of a database that another process holds, in milliseconds. */
const BUSY_STEP = 20;

/**
 * Begins a transaction as soon as no other process has one, and uses it at once: nothing else of this process comes between. Rejects with
 * what `begin` or `use` throws; `begin` is repeated while it finds the database busy.
 */
export async function whenLocked<Result>(begin: () => void, use: () => Result): Promise<Result> {
  for (let waited = 0; !begins(begin, waited); waited += BUSY_STEP) await setTimeout(BUSY_STEP);
  return use();
}

function begins(begin: () => void, waited: number): boolean {
  try {
    begin();
    return true;
  } catch (error) {
    const isBusy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
    if (!isBusy || waited >= BUSY_TIMEOUT) throw error;
    return false;
  }
}

/** Begins a write transaction and runs `refuse` in it. Throws what `refuse` throws, with no transaction open then. */
export function beginWriting(writer: Database.Database, refuse: () => void): void {
  writer.exec('BEGIN IMMEDIATE');
  try {
    refuse();
  } catch (error) {
    writer.exec('ROLLBACK');
    throw error;
  }
}
