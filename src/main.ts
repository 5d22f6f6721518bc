#!/usr/bin/env node
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { CommandError, endingOf, EXIT_CODES, explain } from './cli/exit-codes.ts';
import { commandLine } from './cli/program.ts';
import type { Surroundings } from './cli/surroundings.ts';
import { readConfig } from './config.ts';

// From src/ and from dist/ alike.
const root = join(import.meta.dirname, '..');

const surroundings: Surroundings = {
  config: () => {
    try {
      return readConfig(process.env);
    } catch (error) {
      throw new CommandError('usage', explain(error).join('\n'), { cause: error });
    }
  },
  clock: Date.now,
  random: randomBytes,
  input: process.stdin,
  output: process.stdout,
  errors: process.stderr,
  folders: { migrations: join(root, 'migrations'), seeds: join(root, 'seeds') },
};

// Whoever reads the output may have read enough: "annals export | head".
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT_CODES.done.code);
  throw error;
});

try {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }; // @NOTE our own package.json
  await commandLine(surroundings, version).parseAsync(process.argv);
} catch (error) {
  // commander has printed what is wrong with the command line itself.
  if (!(error instanceof CommanderError)) process.stderr.write(`annals: ${explain(error).join('\n')}\n`);
  process.exitCode = EXIT_CODES[endingOf(error)].code;
}
