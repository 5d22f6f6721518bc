import { defineConfig } from 'vitest/config';

/** The tests of `npm run test:faults`: a server that is killed, disks that fill, statements that fail, and several servers on one file. */
export default defineConfig({
  test: {
    include: ['test/faults/**/*.test.ts'],
    env: { FAULT_ROUNDS: process.env['FAULT_ROUNDS'] ?? '100' },
    globalSetup: ['test/setup/build.ts', 'test/setup/databases.ts'],
    testTimeout: 840_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    reporters: ['verbose'],
  },
});
