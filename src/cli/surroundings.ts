import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import type { Config } from '../config.ts';
import type { Randomness } from '../domain/token.ts';
import type { Annals, Clock } from '../records/annals.ts';
import { openAnnals } from '../records/annals.ts';
import { databasePath, openDatabase } from '../storage/database.ts';
import { removeLeftovers } from '../storage/upkeep/leftovers.ts';

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

/** Removes what killed processes have left among the temporary files and beside the database, and says so. */
export function clearLeftovers({ clock, errors }: Surroundings, path: string): void {
  for (const folder of new Set([tmpdir(), dirname(realPath(path))])) {
    const count = removeLeftovers(folder, clock());
    if (count > 0) errors.write(`annals: removed what processes that were killed had left in ${folder}: ${count} folders or files\n`);
  }
}

/** Where a file lies that may be named by a symbolic link: what is unfinished of it stands there. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** A number as people read it: `12,345`. */
export const counted = (count: number): string => count.toLocaleString('en');
