import { Command } from 'commander';
import { reindex } from '../records/reindex.ts';
import { withProgress } from './progress.ts';
import { counted, type Surroundings, withAnnals } from './surroundings.ts';

/** `annals reindex`. */
export function reindexCommand(surroundings: Surroundings): Command {
  return new Command('reindex')
    .description('Rebuild everything that is derived from the records: rendered records, indexes, counts and the full text.')
    .action(async () => {
      const count = await withAnnals(surroundings, (annals) => withProgress(surroundings, (progress) => reindex(annals, progress)));
      surroundings.output.write(`rebuilt what is derived of ${counted(count)} records\n`);
    });
}
