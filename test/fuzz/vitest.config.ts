import { defineConfig } from 'vitest/config';

/** The tests of `npm run test:fuzz`: requests that are made up, to every operation of the OpenAPI document. */
export default defineConfig({
  test: {
    include: ['test/fuzz/**/*.test.ts'],
    globalSetup: ['test/setup/build.ts', 'test/setup/databases.ts'],
    testTimeout: 240_000,
    hookTimeout: 60_000,
    reporters: ['default'],
  },
});
