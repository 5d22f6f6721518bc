import { defineConfig } from 'vitest/config';

/** The tests of `npm run test:processes`: the program as several processes that share a database, a port or the limits of the system. */
export default defineConfig({
  test: {
    include: ['test/processes/**/*.test.ts'],
    globalSetup: ['test/setup/build.ts', 'test/setup/databases.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    reporters: ['default'],
  },
});
