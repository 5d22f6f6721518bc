import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { optionsFrom, runCommandLine } from '../../src/cli/run.ts';
import { temporaryFolder } from './database.ts';
import { MIGRATIONS, SEEDS } from './fixtures.ts';
import { urlOf } from './store.ts';

/** The exit code of a command and what it printed. */
export type Ended = { code: number; output: string; errors: string };

/** Environment variables and the standard input. */
type Around = { environment?: Record<string, string>; input?: string };

// @NOTE our own package.json
const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string };

/** Runs `annals` to its end in this process; `runProcess` of `processes.ts` starts a process. A command that serves does not end. */
export function run(args: readonly string[], { environment = {}, input = '' }: Around = {}): Promise<Ended> {
  return withVariables({ TMPDIR: temporaryFolder(), ...environment }, async () => {
    const said = { output: '', errors: '' };
    const keep = (stream: keyof typeof said) =>
      new Writable({
        write(chunk, _encoding, done) {
          said[stream] += String(chunk);
          done();
        },
      });
    const context = {
      config: () => optionsFrom({ LOG_LEVEL: 'silent', ...environment }),
      clock: Date.now,
      random: randomBytes,
      input: bytesOf(input),
      output: keep('output'),
      errors: keep('errors'),
      openFiles: Number.POSITIVE_INFINITY,
      folders: { migrations: MIGRATIONS, seeds: SEEDS },
    };
    const code = await runCommandLine(context, version, args);
    return { code, ...said };
  });
}

/** Runs `annals` on a database. */
export const runOn = (path: string, args: readonly string[], around: Around = {}): Promise<Ended> =>
  run(args, { ...around, environment: { DATABASE_URL: urlOf(path), ...around.environment } });

async function* bytesOf(text: string): AsyncGenerator<Buffer> {
  if (text !== '') yield Buffer.from(text);
}

/** Sets the environment variables of this process while work is done: one command runs at a time. */
async function withVariables<Result>(variables: Record<string, string>, work: () => Promise<Result>): Promise<Result> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    return await work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
