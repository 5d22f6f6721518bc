import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startPostgres } from './server.ts';
import { sqliteOnly } from './sqlite-only.ts';

/** `npm run test:postgres`: the tests of `npm test` on databases of a PostgreSQL server, which is started before and removed after. Arguments are those of vitest. */

const ROOT = join(import.meta.dirname, '../..');
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));

const server = await startPostgres();
console.log(`PostgreSQL ${server.version}, with the settings of a new server. Left out, as they are of SQLite:`);
for (const { tests, reason } of sqliteOnly) console.log(`- ${reason}: ${tests.join(', ')}`);
const child = spawn(
  process.execPath,
  [VITEST, 'run', '--config', join(import.meta.dirname, 'vitest.config.ts'), ...process.argv.slice(2)],
  {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, TEST_SERVER: server.urlOf('postgres') },
  },
);
process.on('exit', () => child.kill());
const [code, signal] = (await once(child, 'close')) as [number | null, string | null]; // @NOTE 'close' gives the exit code or the signal
if (signal !== null) console.error(`vitest was ended by ${signal}`);
await server.stop();
process.exitCode = code ?? 1;
