import { CommanderError } from 'commander';
import { type Config, readConfig } from '../config.ts';
import { CommandError, exitReason, EXIT_CODES, explain } from './exit-codes.ts';
import { commandLine } from './program.ts';
import type { CommandContext } from './context.ts';

/** Runs one command line, without the name of the program, and returns its exit code. An error is written to `errors`. */
export async function runCommandLine(context: CommandContext, version: string, args: readonly string[]): Promise<number> {
  try {
    await commandLine(context, version).parseAsync(args, { from: 'user' });
    return EXIT_CODES.done.code;
  } catch (error) {
    // commander has printed its errors about the command line itself.
    if (!(error instanceof CommanderError)) context.errors.write(`annals: ${explain(error).join('\n')}\n`);
    return EXIT_CODES[exitReason(error)].code;
  }
}

/** Reads the options from environment variables. Throws `CommandError`. */
export function optionsFrom(environment: Record<string, string | undefined>): Config {
  try {
    return readConfig(environment);
  } catch (error) {
    throw new CommandError('usage', explain(error).join('\n'), { cause: error });
  }
}
