import { Command } from 'commander';
import { reindexBeside } from '../records/reindex-beside.ts';
import { databasePath } from '../storage/database.ts';
import { withProgress } from './progress.ts';
import { counted, type Surroundings, withAnnals } from './surroundings.ts';

/** `annals reindex`. */
export function reindexCommand(surroundings: Surroundings): Command {
  return new Command('reindex')
    .description(
      'Rebuild everything that is derived from the records: rendered records, indexes, counts and the full text; also while a server uses the database.',
    )
    .action(async () => {
      const { config, folders } = surroundings;
      const target = { path: databasePath(config().DATABASE_URL), migrations: folders.migrations };
      const count = await withAnnals(surroundings, (annals) =>
        withProgress(surroundings, (progress) => reindexBeside(annals, target, progress)),
      );
      surroundings.output.write(`rebuilt what is derived of ${counted(count)} records\n`);
    });
}
