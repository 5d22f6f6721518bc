import { defineConfig } from 'vitest/config';
import { shared } from '../vitest.shared.ts';

/** The tests of `npm run test:fuzz`: requests that are made up, to every operation of the OpenAPI document. */
export default defineConfig({
  test: {
    ...shared,
    include: ['test/fuzz/**/*.test.ts'],
    testTimeout: 240_000,
    reporters: ['default'],
  },
});
