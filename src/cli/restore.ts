import { Command } from 'commander';
import { databasePath } from '../storage/database.ts';
import { restoreDatabase } from '../storage/maintenance/restore.ts';
import type { Surroundings } from './surroundings.ts';

/** `annals restore`. */
export function restoreCommand({ config, clock, random, folders, output }: Surroundings): Command {
  return new Command('restore')
    .description('Put a backup in the place of the database, which is kept beside; no server may have it open.')
    .argument('<file>', 'a file that "backup" wrote; it is only read')
    .action(async (file: string) => {
      const path = databasePath(config().DATABASE_URL);
      const { keptAs, keys } = await restoreDatabase({ from: file, path, now: clock(), random }, folders.migrations);
      output.write(`${path} is what ${file} holds\n`);
      if (keptAs !== undefined) output.write(`what it was before is in ${keptAs}\n`);
      for (const sentence of keys) output.write(`${sentence}\n`);
    });
}
