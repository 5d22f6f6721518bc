import { defineConfig } from 'vitest/config';
import { shared } from '../vitest.shared.ts';

/** The tests of `npm run test:processes`: the program as several processes that share a database, a port or the limits of the system. */
export default defineConfig({
  test: {
    ...shared,
    include: ['test/processes/**/*.test.ts'],
    testTimeout: 120_000,
    reporters: ['default'],
  },
});
