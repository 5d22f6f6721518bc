import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import tests from '../vitest.config.ts';
import { sqliteOnlyFiles } from './sqlite-only.ts';

/**
 * The tests of `npm run test:postgres`: those of `npm test`, but for those of SQLite, and those of this folder. `TEST_SERVER` is the URL of the server.
 */
export default defineConfig({
  test: {
    ...tests.test,
    // A server plans each statement of a random question anew: the slowest test took 84 s alone, and longer beside others. A hook makes the same world on both engines.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    exclude: ['test/{browser,faults,fuzz,processes}/**', ...sqliteOnlyFiles],
    setupFiles: [join(import.meta.dirname, 'leave-out.ts')],
  },
});
