import { Command } from 'commander';
import { seedEmpty } from '../import/import.ts';
import { CommandError } from './exit-codes.ts';
import { withProgress } from './progress.ts';
import { counted, type Surroundings, withAnnals } from './surroundings.ts';

/** `annals seed`. */
export function seedCommand(surroundings: Surroundings): Command {
  return new Command('seed')
    .description('Load the records that come with the program into an empty database.')
    .option('--if-empty', 'do nothing when the database holds records, instead of failing')
    .action(async ({ ifEmpty }: { ifEmpty?: true }) => {
      const { folders, output } = surroundings;
      const report = await withAnnals(surroundings, (annals) =>
        withProgress(surroundings, (progress) => seedEmpty(annals, folders.seeds, progress)),
      );
      if (report) output.write(`created ${counted(report.created)} records\n`);
      else if (!ifEmpty) throw new CommandError('failed', 'the database holds records already: seeds go into an empty one');
    });
}
