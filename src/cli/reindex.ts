import { Command } from 'commander';
import { reindexBeside } from '../records/reindex-beside.ts';
import { withProgress } from './progress.ts';
import { counted, storeOf, type Surroundings, withAnnals } from './surroundings.ts';

/** `annals reindex`. */
export function reindexCommand(surroundings: Surroundings): Command {
  return new Command('reindex')
    .description(
      'Rebuild everything that is derived from the records: rendered records, indexes, counts and the full text; also while a server uses the database.',
    )
    .action(async () => {
      const store = storeOf(surroundings);
      const count = await withAnnals(surroundings, (annals) =>
        withProgress(surroundings, (progress) => reindexBeside(annals, store, progress)),
      );
      surroundings.output.write(`rebuilt what is derived of ${counted(count)} records\n`);
    });
}
