import { defineConfig } from 'vitest/config';
import { shared } from '../vitest.shared.ts';

/** The tests of `npm run test:faults`: a server that is killed, disks that fill, statements that fail, and several servers on one file. */
export default defineConfig({
  test: {
    ...shared,
    include: ['test/faults/**/*.test.ts'],
    env: { FAULT_ROUNDS: process.env['FAULT_ROUNDS'] ?? '100' },
    testTimeout: 840_000,
    fileParallelism: false,
    reporters: ['verbose'],
  },
});
