import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { serve } from '../helpers/server.ts';
import { isSkipped } from '../helpers/skip.ts';
import { traced, whyNoTrace } from '../helpers/trace.ts';
import { asking } from './ask.ts';
import { smallWorld } from './world.ts';

// Each starts several processes, on machines that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const isUntraced = isSkipped('that the log is synced before an answer', whyNoTrace());

type Call = { name: 'pwrite64' | 'sync' | 'answer'; line: string };

/** The calls of a trace that matter: answers in the order in which they began, the others in that in which they ended, which is where a call is resumed. */
function callsIn(trace: string): Call[] {
  return trace.split('\n').flatMap((line): Call[] => {
    if (/HTTP\/1\.1 201/.test(line)) return [{ name: 'answer', line }];
    if (line.includes('<unfinished')) return [];
    if (/pwrite64/.test(line) && /-wal>|resumed/.test(line)) return [{ name: 'pwrite64', line }];
    return /fdatasync|fsync/.test(line) && /-wal>|resumed/.test(line) && line.endsWith(' = 0') ? [{ name: 'sync', line }] : [];
  });
}

test.skipIf(isUntraced)('the log is on the disk before a single byte of the answer to a write is sent', async () => {
  const { path, key } = await smallWorld();
  const { child, end, address } = await serve(path);
  const ask = asking(address, key);
  const trace = join(dirname(path), 'trace');
  await traced(child.pid!, trace, async () => {
    for (let number = 0; number < 5; number += 1) {
      const body = JSON.stringify({ kind: 'visit', title: `Visit ${number}` });
      expect((await ask({ method: 'POST', path: '/v1/events', body }))?.status).toBe(201);
    }
  });
  child.kill('SIGTERM');
  await end;
  const calls = callsIn(readFileSync(trace, 'utf8')).map(({ name }) => name);
  expect(calls.filter((name) => name === 'answer')).toHaveLength(5);
  // Before each answer the last that was done to the log is that it was synced.
  const before = calls.flatMap((name, at) => (name === 'answer' ? [calls[at - 1]] : []));
  expect(before).toEqual(Array.from({ length: 5 }, () => 'sync'));
  const writes = calls.filter((name) => name === 'pwrite64').length;
  expect(writes).toBeGreaterThanOrEqual(5);
});
