import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { refuseNoFile } from '../storage/maintenance/output-file.ts';
import { CommandError } from './exit-codes.ts';
import { storeOf, type CommandContext, withProgress } from './context.ts';

/** `annals backup`. */
export function backupCommand(context: CommandContext): Command {
  return new Command('backup')
    .description('Copy the database as it is at this moment into one file, also while a server uses it.')
    .argument('<file>', 'the file to write; it appears once it is complete')
    .option('--force', 'replace an existing file')
    .action(async (file: string, { force }: { force?: true }) => {
      const { clock, random, output } = context;
      const store = await storeOf(context);
      refuseNoFile(file);
      if (existsSync(file) && !force) throw new CommandError('failed', `${file} exists: name another file, or replace it with --force`);
      await withProgress(context, (progress) => store.backUp(file, { now: clock(), random }, progress));
      output.write(`copied ${store.name}, as it was at the start, to ${file}\n`);
    });
}
