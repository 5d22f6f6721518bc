import { Command } from 'commander';
import { reindexOutdated } from '../records/reindex.ts';
import { databasePath, migrateDatabase } from '../storage/database.ts';
import { withProgress } from './progress.ts';
import { counted, type Surroundings } from './surroundings.ts';

/** `annals migrate`. */
export function migrateCommand(surroundings: Surroundings): Command {
  const { config, clock, random, folders, output } = surroundings;
  return new Command('migrate')
    .description('Make the database, or bring it to the newest migration; a copy is made first.')
    .action(async () => {
      const path = databasePath(config().DATABASE_URL);
      const { applied, copy } = await migrateDatabase(path, folders.migrations, clock(), random);
      const done =
        applied.length === 0 ? 'is at the newest migration already' : `is at the newest migration now: applied ${applied.join(', ')}`;
      output.write(`${path} ${done}\n`);
      if (copy !== undefined) output.write(`what it was before is in ${copy}\n`);
      const reindexed = await withProgress(surroundings, (progress) => reindexOutdated(path, folders.migrations, progress));
      if (reindexed !== undefined) output.write(`rebuilt what is derived of ${counted(reindexed)} records\n`);
    });
}
