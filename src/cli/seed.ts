import { Command } from 'commander';
import { seedEmpty } from '../import/import.ts';
import type { ImportReport } from '../import/report.ts';
import { type CommandContext, formatCount, withAnnals } from './context.ts';
import { CommandError } from './exit-codes.ts';

/** Loads the records that come with the program into an empty database. Returns undefined if it holds records. */
export const loadSeeds = (context: CommandContext): Promise<ImportReport | undefined> =>
  withAnnals(context, (annals, progress) => seedEmpty(annals, context.folders.seeds, progress));

/** `annals seed`. */
export function seedCommand(context: CommandContext): Command {
  return new Command('seed')
    .description('Load the records that come with the program into an empty database.')
    .option('--if-empty', 'do nothing when the database holds records, instead of failing')
    .action(async ({ ifEmpty }: { ifEmpty?: true }) => {
      const report = await loadSeeds(context);
      if (report) context.output.write(`created ${formatCount(report.created)} records\n`);
      else if (!ifEmpty) throw new CommandError('failed', 'the database holds records already: seeds go into an empty one');
    });
}
