import { Command } from 'commander';
import { storeOf, type Surroundings } from './surroundings.ts';

/** `annals new-generation`. */
export function newGenerationCommand(surroundings: Surroundings): Command {
  return new Command('new-generation')
    .description('Make all ETags and positions in the change log that clients remember invalid, after a recovery by other means.')
    .action(() => {
      const store = storeOf(surroundings);
      const generation = store.newGeneration(surroundings.random);
      surroundings.output.write(`the generation of ${store.name} is ${generation} now: what clients remember of it is read again\n`);
    });
}
