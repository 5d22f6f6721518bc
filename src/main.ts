#!/usr/bin/env node
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPEN_FILES_MIN, openFilesLimit } from './cli/open-files.ts';
import type { Surroundings } from './cli/surroundings.ts';

const openFiles = openFilesLimit();
if (openFiles < OPEN_FILES_MIN) {
  process.stderr.write(
    `annals: this process may open ${openFiles} files, and needs ${OPEN_FILES_MIN} at least: raise the limit, such as with "ulimit -n 4096"\n`,
  );
  process.exit(1);
}

// Node would end with a stack trace if it could not open these modules: they are loaded after the limit was looked at.
const { CommanderError } = await import('commander');
const { CommandError, endingOf, EXIT_CODES, explain } = await import('./cli/exit-codes.ts');
const { commandLine } = await import('./cli/program.ts');
const { readConfig } = await import('./config.ts');

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
  openFiles,
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
