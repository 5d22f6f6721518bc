import { defineConfig } from 'vitest/config';

/** The tests of `npm run test:browser`: the pages in Chromium. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    globalSetup: ['test/setup/build.ts', 'test/setup/databases.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default'],
  },
});
