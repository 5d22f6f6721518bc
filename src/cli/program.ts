import { Command } from 'commander';
import { backupCommand } from './backup.ts';
import { checkCommand } from './check.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import { keysCommand } from './keys.ts';
import { migrateCommand } from './migrate.ts';
import { newGenerationCommand } from './new-generation.ts';
import { openapiCommand } from './openapi.ts';
import { reindexCommand } from './reindex.ts';
import { restoreCommand } from './restore.ts';
import { seedCommand } from './seed.ts';
import { serveCommand } from './serve.ts';
import type { CommandContext } from './context.ts';
import { verifyCommand } from './verify.ts';

/** The command line: every command, in the order of the table in the manual. It throws instead of exiting. */
export function commandLine(context: CommandContext, version: string): Command {
  const { output, errors } = context;
  const program = new Command('annals')
    .description('A timeline and event-tracking API: who did what, when, with whom, and which document says so.')
    .version(version)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => output.write(text), writeErr: (text) => errors.write(text) });
  const commands = [
    serveCommand,
    migrateCommand,
    seedCommand,
    importCommand,
    exportCommand,
    keysCommand,
    verifyCommand,
    reindexCommand,
    checkCommand,
    backupCommand,
    restoreCommand,
    newGenerationCommand,
    openapiCommand,
  ].map((make) => make(context));
  for (const command of commands) adopt(program, command);
  return program;
}

/** Adds a command with the settings of its parent: commander copies them only to commands that it makes itself. */
function adopt(parent: Command, command: Command): void {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) child.copyInheritedSettings(command);
  parent.addCommand(command);
}
