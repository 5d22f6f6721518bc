import { join } from 'node:path';
import type { ThreadModule } from '../../src/storage/thread-module.ts';

/** The environment variable that names the folder of the bundles of `test/setup/threads.ts`. */
export const THREADS_FOLDER = 'ANNALS_TEST_THREADS';

/** In the place of `src/storage/thread-module.ts`: the bundle of a module for a thread to run, made from the sources at the start of the run. */
export const threadModule = (name: string): ThreadModule => ({
  path: join(process.env[THREADS_FOLDER] ?? '', `${name}.mjs`),
  execArgv: [],
});
