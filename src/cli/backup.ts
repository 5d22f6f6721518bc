import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { refuseNoFile } from '../storage/maintenance/output-file.ts';
import { CommandError } from './exit-codes.ts';
import { withProgress } from './progress.ts';
import { storeOf, type Surroundings } from './surroundings.ts';

/** `annals backup`. */
export function backupCommand(surroundings: Surroundings): Command {
  return new Command('backup')
    .description('Copy the database as it is at this moment into one file, also while a server uses it.')
    .argument('<file>', 'where to write; it appears when it is whole')
    .option('--force', 'replace the file when there is one')
    .action(async (file: string, { force }: { force?: true }) => {
      const { clock, random, output } = surroundings;
      const store = storeOf(surroundings);
      refuseNoFile(file);
      if (existsSync(file) && !force) throw new CommandError('failed', `${file} exists: name another file, or replace it with --force`);
      await withProgress(surroundings, (progress) => store.backUp(file, { now: clock(), random }, progress));
      output.write(`${store.name} as it was at the start is in ${file}\n`);
    });
}
