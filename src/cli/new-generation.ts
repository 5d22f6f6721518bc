import { Command } from 'commander';
import { storeOf, type CommandContext } from './context.ts';

/** `annals new-generation`. */
export function newGenerationCommand(context: CommandContext): Command {
  return new Command('new-generation')
    .description('Invalidate the ETags and positions in the change log that clients remember, after a recovery by other means.')
    .action(async () => {
      const store = await storeOf(context);
      const generation = await store.newGeneration(context.random);
      context.output.write(`the generation of ${store.name} is ${generation} now: clients read again what they remember of it\n`);
    });
}
