import { Command } from 'commander';
import { reindexBeside } from '../records/reindex-beside.ts';
import { formatCount, storeOf, type CommandContext, withAnnals } from './context.ts';

/** `annals reindex`. */
export function reindexCommand(context: CommandContext): Command {
  return new Command('reindex')
    .description('Rebuild all derived data: rendered records, indexes, counts and the full text; also while a server uses the database.')
    .action(async () => {
      const store = await storeOf(context);
      const count = await withAnnals(context, (annals, progress) => reindexBeside(annals, store, progress));
      context.output.write(`rebuilt the derived data of ${formatCount(count)} records\n`);
    });
}
