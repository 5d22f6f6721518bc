import type { Config } from '../config.ts';
import type { Randomness } from '../domain/token.ts';
import type { Annals, Clock } from '../records/annals.ts';
import { openAnnals } from '../records/annals.ts';
import { openStore, type Store } from '../storage/maintenance/store.ts';

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

/** The database that DATABASE_URL names. Throws `CommandError` and `invalid-request`. */
export const storeOf = ({ config, folders }: Surroundings): Store => openStore(config().DATABASE_URL, folders.migrations);

/** Opens the database, uses it, and closes it. Throws `storage-unusable` when it is not there or lacks a migration. */
export async function withAnnals<Result>(surroundings: Surroundings, use: (annals: Annals) => Promise<Result>): Promise<Result> {
  const engine = storeOf(surroundings).open();
  try {
    return await use(openAnnals(engine, surroundings.clock));
  } finally {
    await engine.close();
  }
}

/** Removes the unfinished files of killed processes and reports them. */
export function clearLeftovers({ clock, errors }: Surroundings, store: Store): void {
  for (const { folder, count } of store.clearLeftovers(clock()))
    if (count > 0) errors.write(`annals: removed what processes that were killed had left in ${folder}: ${count} folders or files\n`);
}

/** A number as people read it: `12,345`. */
export const counted = (count: number): string => count.toLocaleString('en');
