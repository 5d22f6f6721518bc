import { defineConfig } from 'vitest/config';

/** The tests of `npm test`: all that need nothing but Node and a C++ toolchain, and end within minutes. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**', 'test/faults/**', 'test/fuzz/**'],
    globalSetup: 'test/setup/databases.ts',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default'],
  },
});
