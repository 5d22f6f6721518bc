import type Database from 'better-sqlite3';
import { drawnWord } from '../../domain/generation.ts';
import type { Randomness } from '../../domain/token.ts';
import { hasTable } from '../has-table.ts';
import { withDatabase } from './connections.ts';

/**
 * Draws a new generation for the database of a connection and returns it, within the transaction that is open if one is. A database from
 * before migration 0006 has none: nothing is drawn and nothing returned, and the migration draws the first.
 */
export function drawGeneration(connection: Database.Database, random: Randomness): string | undefined {
  if (!hasTable(connection, 'generation')) return undefined;
  const word = drawnWord(random);
  connection.prepare('INSERT INTO generation (id, word) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET word = excluded.word').run(word);
  return word;
}

/** Draws the first generation of a database whose migrations have just made the table for it. */
export function drawFirstGeneration(connection: Database.Database, random: Randomness): void {
  if (hasTable(connection, 'generation') && connection.prepare('SELECT 1 FROM generation').get() === undefined)
    drawGeneration(connection, random);
}

/**
 * Draws a new generation for the database at a path, durably, also while a server has it open, and returns it; as `drawGeneration` for a
 * database from before migration 0006. Throws `storage-busy`, `storage-full` and `storage-unusable`.
 */
export const drawGenerationIn = (path: string, random: Randomness): string | undefined =>
  withDatabase(path, (connection) => drawGeneration(connection, random));
