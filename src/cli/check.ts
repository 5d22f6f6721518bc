import { Command } from 'commander';
import { check, type Finding } from '../records/check.ts';
import type { Store } from '../storage/store.ts';
import { CommandError } from './exit-codes.ts';
import { formatCount, storeOf, type CommandContext, withProgress } from './context.ts';

/** `annals check`. */
export function checkCommand(context: CommandContext): Command {
  return new Command('check')
    .description(
      'Check that the database is sound, its schema is that of Annals, its change log is complete, and all derived data is as a rebuild would make it.',
    )
    .action(async () => {
      const { output } = context;
      const store = await storeOf(context);
      const { records, changes, derived, findings } = await withProgress(context, (progress) => check(store, progress));
      for (const { message } of findings) output.write(`${message}\n`);
      if (findings.length === 0)
        output.write(
          `${formatCount(records)} records, ${formatCount(changes)} changes and ${derived} derived tables are as they should be\n`,
        );
      else throw new CommandError('unsound', `${store.name} is not as it should be: ${adviceFor(store, findings)}`);
    });
}

const ADVICE: Record<Exclude<Finding['remedy'], 'restore'>, string> = {
  drop: 'another program changed the schema: remove what is not of Annals, then check again',
  draw: '"annals new-generation" draws a generation',
  reindex: '"annals reindex" rebuilds what differs',
  edit: 'take the identifiers from all records but one with PATCH',
};

/** The remedies in their order. A backup makes a rebuild needless. */
function adviceFor({ goBack }: Store, findings: readonly Finding[]): string {
  const remedies = new Set(findings.map(({ remedy }) => remedy));
  if (remedies.has('restore')) return `${goBack}, or save what it holds with "annals export"`;
  return Object.entries(ADVICE)
    .flatMap(([remedy, advice]) => (remedies.has(remedy as Finding['remedy']) ? [advice] : [])) // @NOTE the keys of that very object
    .join('; ');
}
