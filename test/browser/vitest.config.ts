import { defineConfig } from 'vitest/config';
import { shared } from '../vitest.shared.ts';

/** The tests of `npm run test:browser`: the pages in Chromium. */
export default defineConfig({
  test: {
    ...shared,
    include: ['test/browser/**/*.test.ts'],
    testTimeout: 60_000,
    reporters: ['default'],
  },
});
