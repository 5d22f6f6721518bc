#!/usr/bin/env node
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPEN_FILES_MIN, openFilesLimit } from './cli/open-files.ts';
import type { CommandContext } from './cli/context.ts';

const openFiles = openFilesLimit();
if (openFiles < OPEN_FILES_MIN) {
  process.stderr.write(
    `annals: this process may open ${openFiles} files, and needs ${OPEN_FILES_MIN} at least: raise the limit, such as with "ulimit -n 4096"\n`,
  );
  process.exit(1);
}

// Loaded after the check of the limit: Node would end with a stack trace if it could not open these modules.
const { optionsFrom, runCommandLine } = await import('./cli/run.ts');

// From src/ and from dist/ alike.
const root = join(import.meta.dirname, '..');

const context: CommandContext = {
  config: () => optionsFrom(process.env),
  clock: Date.now,
  random: randomBytes,
  input: process.stdin,
  output: process.stdout,
  errors: process.stderr,
  openFiles,
  folders: { migrations: join(root, 'migrations'), seeds: join(root, 'seeds') },
};

// A reader of the output may have read enough: "annals export | head".
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }; // @NOTE our own package.json
process.exitCode = await runCommandLine(context, version, process.argv.slice(2));
