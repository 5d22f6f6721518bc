import { Command } from 'commander';
import { storeOf, type Surroundings } from './surroundings.ts';

/** `annals restore`. */
export function restoreCommand(surroundings: Surroundings): Command {
  return new Command('restore')
    .description('Put a backup in the place of the database, which is kept beside; no server may have it open.')
    .argument('<file>', 'a file that "backup" wrote; it is only read')
    .action(async (file: string) => {
      const { clock, random, output } = surroundings;
      const store = storeOf(surroundings);
      const { keptAs, keys } = await store.restore(file, { now: clock(), random });
      output.write(`${store.name} is what ${file} holds\n`);
      if (keptAs !== undefined) output.write(`what it was before is in ${keptAs}\n`);
      for (const sentence of keys) output.write(`${sentence}\n`);
    });
}
