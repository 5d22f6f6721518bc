import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { shared } from './vitest.shared.ts';

/** The tests of `npm test`: all that need nothing but Node and a C++ toolchain, and end within minutes. The others have a configuration of their own. */
export default defineConfig({
  test: {
    ...shared,
    include: ['test/**/*.test.ts'],
    exclude: ['test/{browser,faults,fuzz,postgres,processes}/**'],
    // Files share the modules of their worker: to load the service again for each takes half a second.
    isolate: false,
    // One more than there are processors, since some tests wait.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 120_000,
    reporters: ['default'],
  },
});
