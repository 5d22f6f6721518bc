import { Command } from 'commander';
import { check } from '../records/check.ts';
import { databasePath } from '../storage/database.ts';
import { CommandError } from './exit-codes.ts';
import { withProgress } from './progress.ts';
import { counted, type Surroundings } from './surroundings.ts';

/** `annals check`. */
export function checkCommand(surroundings: Surroundings): Command {
  return new Command('check')
    .description('Look whether the database is sound, its change log whole, and all that is derived as a rebuild would make it.')
    .action(async () => {
      const { config, folders, output } = surroundings;
      const path = databasePath(config().DATABASE_URL);
      const { records, changes, derived, findings } = await withProgress(surroundings, (progress) =>
        check(path, folders.migrations, progress),
      );
      for (const { message } of findings) output.write(`${message}\n`);
      if (findings.length === 0)
        output.write(`${counted(records)} records, ${counted(changes)} changes and ${derived} derived tables are as they should be\n`);
      else throw new CommandError('unsound', `${path} is not as it should be: ${adviceFor(findings)}`);
    });
}

function adviceFor(findings: readonly { remedy: 'reindex' | 'restore' }[]): string {
  const isDerivedOnly = findings.every(({ remedy }) => remedy === 'reindex');
  return isDerivedOnly
    ? '"annals reindex" rebuilds what differs'
    : 'put a backup in its place with "annals restore", or save what it holds with "annals export"';
}
