import { Command } from 'commander';
import { reindexOutdated } from '../records/reindex.ts';
import { withProgress } from './progress.ts';
import { counted, storeOf, type Surroundings } from './surroundings.ts';

/** `annals migrate`. */
export function migrateCommand(surroundings: Surroundings): Command {
  return new Command('migrate')
    .description('Make the database, or bring it to the newest migration; a copy is made first. An index of an older release is rebuilt.')
    .action(async () => {
      const { clock, random, output } = surroundings;
      const store = storeOf(surroundings);
      const { applied, copy } = await store.migrate({ now: clock(), random });
      const done =
        applied.length === 0 ? 'is at the newest migration already' : `is at the newest migration now: applied ${applied.join(', ')}`;
      output.write(`${store.name} ${done}\n`);
      if (copy !== undefined) output.write(`what it was before is in ${copy}\n`);
      const reindexed = await withProgress(surroundings, (progress) => reindexOutdated(store, progress));
      if (reindexed !== undefined) output.write(`rebuilt what is derived of ${counted(reindexed)} records\n`);
    });
}
