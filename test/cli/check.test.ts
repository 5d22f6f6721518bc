import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Ended, runOn } from '../helpers/command.ts';
import { temporaryFolder } from '../helpers/database.ts';
import { smallCopy } from '../helpers/app.ts';
import { digestOf } from '../helpers/digest.ts';
import { served } from '../helpers/served.ts';
import { damageIndex, tamper } from '../helpers/tamper.ts';

let path = '';

beforeEach(async () => {
  path = await smallCopy();
});

/** Runs the check with a folder for temporary files of its own, in which nothing may be left. */
async function check(): Promise<Ended> {
  const TMPDIR = temporaryFolder();
  const ended = await runOn(path, ['check'], { environment: { TMPDIR } });
  expect(readdirSync(TMPDIR)).toEqual([]);
  return ended;
}

describe('annals check', () => {
  test('finds nothing in a sound database, and does not change it', async () => {
    const before = digestOf(path);
    expect(await check()).toEqual({
      code: 0,
      output: expect.stringMatching(/^\d+ records, \d+ changes and \d+ derived tables are as they should be\n$/),
      errors: '',
    });
    expect(digestOf(path)).toEqual(before);
  });

  test('finds nothing in the database of a running server, and does not stop the server', async () => {
    const { address } = await served(path);
    expect(await check()).toMatchObject({ code: 0 });
    expect((await fetch(`${address}/readyz`)).status).toBe(200);
  });

  test('lists the derived data that differs from a rebuild, and a rebuild repairs it', async () => {
    tamper(path, "UPDATE records SET sort_title = 'zzz' WHERE id = 7; DELETE FROM lookups WHERE id = 3");
    const { code, output, errors } = await check();
    expect(code).toBe(17);
    expect(output).toMatch(
      /^the rendered records differ from a rebuild; .*\nthe lookups differ from a rebuild; .*\nthe near names differ .*\n$/,
    );
    expect(errors).toBe(`annals: ${path} is not as it should be: "annals reindex" rebuilds what differs\n`);
    await runOn(path, ['reindex']);
    expect(await check()).toMatchObject({ code: 0 });
  });

  test('reports damage that no rebuild repairs', async () => {
    tamper(path, "UPDATE records SET sort_title = 'zzz' WHERE id = 7; DELETE FROM changes WHERE sequence = 4");
    const { code, output, errors } = await check();
    expect(code).toBe(17);
    expect(output).toMatch(/one is missing after number 3$/m);
    expect(output).toMatch(/^the rendered records differ/m);
    expect(errors).toMatch(/put a backup in its place with "annals restore"/);
  });

  test('reports a missing generation and a changed table', async () => {
    tamper(path, "UPDATE generation SET word = ''");
    expect(await check()).toEqual({
      code: 17,
      output: 'the database has "" for a generation, which is part of every ETag and position\n',
      errors: `annals: ${path} is not as it should be: "annals new-generation" draws a generation\n`,
    });
    tamper(path, 'ALTER TABLE records DROP COLUMN document');
    const { code, output, errors } = await check();
    expect({ code, output }).toEqual({ code: 17, output: 'the column "document" of the table "records" is missing\n' });
    expect(errors).toMatch(/put a backup in its place with "annals restore"/);
  });

  test('finds a damaged page that no read has found yet', async () => {
    damageIndex(path, 'records_by_title');
    const { code, output } = await check();
    expect(code).toBe(17);
    expect(output).toMatch(/^the file is damaged: /);
  });

  test('reports a missing database', async () => {
    path = join(temporaryFolder(), 'none.db');
    expect(await check()).toMatchObject({ code: 3, errors: `annals: there is no database ${path}: run "annals migrate"\n` });
  });
});
