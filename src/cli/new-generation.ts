import { Command } from 'commander';
import { databasePath, renewGeneration } from '../storage/database.ts';
import type { Surroundings } from './surroundings.ts';

/** `annals new-generation`. */
export function newGenerationCommand({ config, random, folders, output }: Surroundings): Command {
  return new Command('new-generation')
    .description('Make all ETags and positions in the change log that clients remember invalid, after a recovery by other means.')
    .action(() => {
      const path = databasePath(config().DATABASE_URL);
      const generation = renewGeneration(path, folders.migrations, random);
      output.write(`the generation of ${path} is ${generation} now: what clients remember of it is read again\n`);
    });
}
