import type { Config } from '../config.ts';
import type { Randomness } from '../domain/token.ts';
import type { Annals, Clock } from '../records/annals.ts';
import { openAnnals } from '../records/annals.ts';
import { databasePath, openDatabase } from '../storage/database.ts';

/** Where a command writes. */
export type Output = NodeJS.WritableStream & { isTTY?: boolean };

/** Everything that a command has to do with the world; `main.ts` makes the real one. */
export type Surroundings = {
  /** Reads the options. Throws `CommandError`. */
  config: () => Config;
  clock: Clock;
  random: Randomness;
  input: AsyncIterable<Buffer>;
  output: Output;
  errors: Output;
  /** How many files, connections included, this process may have open at once. */
  openFiles: number;
  /** The folders that come with the program. */
  folders: { migrations: string; seeds: string };
};

/** Opens the database, uses it, and closes it. Throws `storage-unusable` when it is not there or lacks a migration. */
export async function withAnnals<Result>(
  { config, clock, folders }: Surroundings,
  use: (annals: Annals) => Promise<Result>,
): Promise<Result> {
  const engine = openDatabase(databasePath(config().DATABASE_URL), folders.migrations);
  try {
    return await use(openAnnals(engine, clock));
  } finally {
    await engine.close();
  }
}

/** A number as people read it: `12,345`. */
export const counted = (count: number): string => count.toLocaleString('en');
