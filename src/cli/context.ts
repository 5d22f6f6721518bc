import type { Config } from '../config.ts';
import { noProgress, type Progress } from '../domain/progress.ts';
import type { Randomness } from '../domain/token.ts';
import { type Annals, type Clock, openAnnals } from '../records/annals.ts';
import { openStore } from '../storage/maintenance/open-store.ts';
import type { Store } from '../storage/store.ts';

/** A stream that a command writes to. */
export type Output = NodeJS.WritableStream & { isTTY?: boolean };

/** The environment of a command; `main.ts` makes the real one. */
export type CommandContext = {
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

/** The database that DATABASE_URL names. Rejects with `CommandError` and `invalid-request`. */
export const storeOf = async ({ config, folders }: CommandContext): Promise<Store> => openStore(config().DATABASE_URL, folders.migrations);

/** Opens the database, uses it with a display of progress, and closes it. Throws `storage-unusable` if it is missing or lacks a migration. */
export async function withAnnals<Result>(
  context: CommandContext,
  use: (annals: Annals, progress: Progress) => Promise<Result>,
): Promise<Result> {
  const engine = await (await storeOf(context)).open();
  try {
    return await withProgress(context, (progress) => use(openAnnals(engine, context.clock), progress));
  } finally {
    await engine.close();
  }
}

/** Removes the unfinished files of killed processes and reports them. */
export function clearLeftovers({ clock, errors }: CommandContext, store: Store): void {
  for (const { folder, count } of store.clearLeftovers(clock()))
    if (count > 0) errors.write(`annals: removed ${count} folders or files that killed processes had left in ${folder}\n`);
}

/** The delay before progress is shown and the interval of its updates, in milliseconds. */
const QUIET = 1000;
const STEP = 200;
const CLEAR_LINE = '\r\u001B[K';

/** Shows the progress of work that takes longer than a second, on a terminal only, and clears it when the work is over. */
export async function withProgress<Result>(
  { errors, clock }: CommandContext,
  work: (progress: Progress) => Promise<Result>,
): Promise<Result> {
  if (!errors.isTTY) return work(noProgress);
  let next = clock() + QUIET;
  let shown = '';
  try {
    return await work((stage, done, total) => {
      if (clock() < next) return;
      next = clock() + STEP;
      shown = `${stage} ${formatCount(done)}${total === undefined ? '' : ` of ${formatCount(total)}`}`;
      errors.write(`${CLEAR_LINE}${shown}`);
    });
  } finally {
    if (shown !== '') errors.write(CLEAR_LINE);
  }
}

/** A number with separators of thousands: `12,345`. */
export const formatCount = (count: number): string => count.toLocaleString('en');
