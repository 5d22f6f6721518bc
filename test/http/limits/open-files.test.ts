import { expect, test } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { connectionsAllowed } from '../../../src/http/limits/connections.ts';

const { MAX_CONNECTIONS } = readConfig({});
test.each([
  [Number.POSITIVE_INFINITY, 'auto', MAX_CONNECTIONS],
  [20_000, 'auto', MAX_CONNECTIONS],
  [4096, 'auto', 3556],
  [1024, '0', 543],
  [512, 'auto', 129],
  [512, '64', 16],
])(
  'connections leave enough file descriptors for the process: of %d files, with %s reading threads, %d connections',
  (openFiles, threads, most) => {
    expect(connectionsAllowed(readConfig({ READ_THREADS: threads }), openFiles).open).toBe(most);
  },
);
