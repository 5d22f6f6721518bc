import { Command } from 'commander';
import { instantOf } from '../domain/instant.ts';
import { databasePath } from '../storage/database.ts';
import { restoreDatabase } from '../storage/upkeep/restore.ts';
import type { Surroundings } from './surroundings.ts';

/** `annals restore`. */
export function restoreCommand({ config, clock, folders, output }: Surroundings): Command {
  return new Command('restore')
    .description('Put a backup in the place of the database, which is kept beside; no server may have it open.')
    .argument('<file>', 'a file that "backup" wrote; it is only read')
    .action((file: string) => {
      const path = databasePath(config().DATABASE_URL);
      const keepAs = `${path}.replaced-${instantOf(clock()).replaceAll(':', '-')}`;
      const isReplaced = restoreDatabase({ from: file, path, keepAs }, folders.migrations);
      output.write(`${path} is what ${file} holds\n`);
      if (isReplaced) output.write(`what it was before is in ${keepAs}\n`);
    });
}
