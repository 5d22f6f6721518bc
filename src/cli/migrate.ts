import { Command } from 'commander';
import { reindexOutdated } from '../records/reindex.ts';
import { formatCount, storeOf, type CommandContext, withProgress } from './context.ts';

/** `annals migrate`. */
export function migrateCommand(context: CommandContext): Command {
  return new Command('migrate')
    .description('Make the database, or bring it to the newest migration; a copy is made first. An index of an older release is rebuilt.')
    .action(async () => {
      const { clock, random, output } = context;
      const store = await storeOf(context);
      const { applied, copy } = await store.migrate({ now: clock(), random });
      const done =
        applied.length === 0 ? 'is at the newest migration already' : `is at the newest migration now: applied ${applied.join(', ')}`;
      output.write(`${store.name} ${done}\n`);
      if (copy !== undefined) output.write(`the database before is in ${copy}\n`);
      const reindexed = await withProgress(context, (progress) => reindexOutdated(store, progress));
      if (reindexed !== undefined) output.write(`rebuilt the derived data of ${formatCount(reindexed)} records\n`);
    });
}
