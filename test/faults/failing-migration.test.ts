import { existsSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { digestOf } from '../helpers/digest.ts';
import { runProcessOn } from '../helpers/processes.ts';
import { seededCopy } from '../helpers/app.ts';
import { serve } from '../helpers/server.ts';
import { NEXT, nextRelease } from './next-release.ts';

// Each starts several processes, on machines that may be busy.
vi.setConfig({ testTimeout: 120_000 });

test('a failed migration is reported, and leaves a copy and a database that the previous release can open', async () => {
  const path = await seededCopy();
  const before = await runProcessOn(path, ['export']);
  const main = nextRelease(
    'broken',
    "DELETE FROM citations; UPDATE records SET title = 'broken'; CREATE TABLE half (id INTEGER); INSERT INTO nowhere VALUES (1);",
  );
  const failed = await runProcessOn(path, ['serve'], { main, environment: { PORT: '0' } });
  expect(failed).toEqual({
    code: 3,
    output: '',
    errors: `annals: migration ${NEXT}-broken.sql failed, and nothing of it was kept: no such table: nowhere\n`,
  });
  expect(existsSync(`${path}.before-${NEXT}`)).toBe(true);
  expect(await runProcessOn(`${path}.before-${NEXT}`, ['export'])).toEqual(before);
  // Starting it again and again, as supervisors do, does not write over the copy.
  const copied = digestOf(`${path}.before-${NEXT}`);
  expect(await runProcessOn(path, ['serve'], { main })).toMatchObject({
    code: 3,
    errors: expect.stringMatching(/a migration failed before; move that copy away first\n$/),
  });
  expect(digestOf(`${path}.before-${NEXT}`)).toEqual(copied);
  const { address } = await serve(path);
  expect((await fetch(`${address}/readyz`)).status).toBe(200);
  expect(await runProcessOn(path, ['check'])).toMatchObject({ code: 0 });
  expect(await runProcessOn(path, ['export'])).toEqual(before);
});
