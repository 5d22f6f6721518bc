import { tmpdir } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { Config } from '../config.ts';
import type { Randomness } from '../domain/token.ts';
import type { Annals, Clock } from '../records/annals.ts';
import { openAnnals } from '../records/annals.ts';
import { databasePath, openDatabase } from '../storage/database.ts';
import { targetOf } from '../storage/maintenance/copy.ts';
import { removeLeftovers } from '../storage/maintenance/leftovers.ts';

/** A stream that a command writes to. */
export type Output = NodeJS.WritableStream & { isTTY?: boolean };

/** The world around a command; `main.ts` makes the real one. */
export type Surroundings = {
  /** Reads the options. Throws `CommandError`. */
  config: () => Config;
  clock: Clock;
  random: Randomness;
  input: AsyncIterable<Buffer>;
  output: Output;
  errors: Output;
  /** The number of files, connections included, that this process may have open at once. */
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

/**
 * Removes the unfinished files of killed processes from the folder of temporary files and from beside the database, and says so. Where its
 * path is a symbolic link, copies of a migration lie beside the link, and those of a restore beside the file.
 */
export function clearLeftovers({ clock, errors }: Surroundings, path: string): void {
  for (const folder of new Set([tmpdir(), dirname(resolve(path)), dirname(resolve(targetOf(path)))])) {
    const count = removeLeftovers(folder, clock());
    if (count > 0) errors.write(`annals: removed what processes that were killed had left in ${folder}: ${count} folders or files\n`);
  }
}

/** A number as people read it: `12,345`. */
export const counted = (count: number): string => count.toLocaleString('en');
