import { defineConfig } from 'vitest/config';

/** The long form of the fault tests; `npm test` runs their short form. */
export default defineConfig({
  test: {
    include: ['test/faults/**/*.test.ts'],
    env: { FAULT_ROUNDS: process.env['FAULT_ROUNDS'] ?? '100' },
    testTimeout: 840_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    reporters: ['verbose'],
  },
});
