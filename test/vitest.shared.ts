import { join } from 'node:path';

/** Settings that all configurations of tests share. */
export const shared = {
  globalSetup: ['build', 'threads', 'databases'].map((name) => join(import.meta.dirname, `setup/${name}.ts`)),
  alias: [{ find: /^.*\/thread-module\.ts$/, replacement: join(import.meta.dirname, 'helpers/thread-module.ts') }],
  hookTimeout: 120_000,
};
