import Database from 'better-sqlite3';
import { AnnalsError } from '../domain/errors.ts';
import { base32, type Randomness } from '../domain/token.ts';
import type { Statement } from './port.ts';
import { BUSY_TIMEOUT } from './sqlite/connections.ts';
import { asStorageError } from './sqlite/errors.ts';

/** How many random bytes a generation has: 40 bits, eight digits of base 32. */
const GENERATION_BYTES = 5;

/** The form of a generation, as the source of a regular expression. */
export const GENERATION = '[0-9a-hjkmnp-tv-z]{8}';

/** Reads the generation of a database: one row. Connections keep it until something is committed. */
export const currentGeneration: Statement<[word: string]> = {
  sql: 'SELECT word FROM generation WHERE id = 1',
  params: [],
  cacheable: true,
};

const WHOLE = new RegExp(`^${GENERATION}$`);

/** Tells whether a word has the form of a generation. */
export const isGeneration = (word: string | undefined): boolean => word !== undefined && WHOLE.test(word);

/** The generation out of the rows of `currentGeneration`. Throws `storage-unusable` when somebody has deleted it, or put another word there. */
export function generationOf([row]: readonly [word: string][]): string {
  if (row && isGeneration(row[0])) return row[0];
  throw new AnnalsError('storage-unusable', 'the database has lost its generation: run "annals new-generation"');
}

/**
 * Draws a new generation for the database of a connection and returns it, within the transaction that is open if one is. A database from
 * before migration 0006 has none: nothing is drawn and nothing returned, and the migration draws the first.
 */
export function drawGeneration(connection: Database.Database, random: Randomness): string | undefined {
  if (!hasGenerationTable(connection)) return undefined;
  const word = base32(random(GENERATION_BYTES));
  connection.prepare('INSERT INTO generation (id, word) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET word = excluded.word').run(word);
  return word;
}

/** Draws the first generation of a database whose migrations have just made the table for it. */
export function drawFirstGeneration(connection: Database.Database, random: Randomness): void {
  if (hasGenerationTable(connection) && connection.prepare('SELECT 1 FROM generation').get() === undefined)
    drawGeneration(connection, random);
}

/**
 * Draws a new generation for the database at a path, durably, also while a server has it open, and returns it; as `drawGeneration` for a
 * database from before migration 0006. Throws `storage-busy`, `storage-full` and `storage-unusable`.
 */
export function drawGenerationIn(path: string, random: Randomness): string | undefined {
  try {
    const connection = new Database(path, { fileMustExist: true, timeout: BUSY_TIMEOUT });
    try {
      connection.pragma('trusted_schema = OFF');
      connection.pragma('synchronous = FULL');
      return drawGeneration(connection, random);
    } finally {
      connection.close();
    }
  } catch (error) {
    throw asStorageError(error);
  }
}

const hasGenerationTable = (connection: Database.Database): boolean =>
  connection.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'generation'").get() !== undefined;
