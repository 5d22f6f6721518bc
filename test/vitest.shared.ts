import { join } from 'node:path';

/** What every configuration of tests begins with. */
export const shared = {
  globalSetup: ['build', 'threads', 'databases'].map((name) => join(import.meta.dirname, `setup/${name}.ts`)),
  alias: [{ find: /^.*\/thread-module\.ts$/, replacement: join(import.meta.dirname, 'helpers/thread-module.ts') }],
  hookTimeout: 120_000,
};
