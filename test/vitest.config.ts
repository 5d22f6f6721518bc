import { defineConfig } from 'vitest/config';

/** The tests of `npm test`: all that need nothing but Node and a C++ toolchain, and end within minutes. The others have a configuration of their own. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/{browser,faults,fuzz,processes}/**'],
    globalSetup: ['test/setup/build.ts', 'test/setup/databases.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default'],
  },
});
