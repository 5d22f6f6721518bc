import { Command } from 'commander';
import { storeOf, type CommandContext } from './context.ts';

/** `annals restore`. */
export function restoreCommand(context: CommandContext): Command {
  return new Command('restore')
    .description('Replace the database with a backup and keep the old one beside it; no server may have it open.')
    .argument('<file>', 'a file that "backup" wrote; it is not changed')
    .action(async (file: string) => {
      const { clock, random, output } = context;
      const store = await storeOf(context);
      const { keptAs, keys } = await store.restore(file, { now: clock(), random });
      output.write(`restored ${store.name} from ${file}\n`);
      if (keptAs !== undefined) output.write(`the database before is in ${keptAs}\n`);
      for (const sentence of keys) output.write(`${sentence}\n`);
    });
}
