import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { databaseAndBackup, filesBeside, keyFor, placesIn } from '../helpers/backups.ts';
import { temporaryDatabase, temporaryFolder } from '../helpers/database.ts';
import { runProcessOn } from '../helpers/processes.ts';
import { serve } from '../helpers/server.ts';
import { overwrite } from '../helpers/tamper.ts';

describe('annals backup', () => {
  test('copies a consistent state of a database during writes, and does not delay them', async () => {
    const path = await temporaryDatabase();
    const headers = await keyFor(path);
    const { address } = await serve(path);
    const acknowledged: string[] = [];
    const over = new AbortController();
    const writing = (async () => {
      while (!over.signal.aborted) {
        const body = JSON.stringify({ id: `c-${acknowledged.length}`, kind: 'city', name: `City ${acknowledged.length}` });
        const answer = await fetch(`${address}/v1/places`, { method: 'POST', headers, body });
        expect(answer.status).toBe(201);
        acknowledged.push(`c-${acknowledged.length}`);
      }
    })();
    while (acknowledged.length < 20) await setTimeout(5);
    const before = acknowledged.length;
    const file = join(temporaryFolder(), 'backup.db');
    expect(await runProcessOn(path, ['backup', file])).toEqual({
      code: 0,
      output: `copied ${path}, as it was at the start, to ${file}\n`,
      errors: '',
    });
    const during = acknowledged.length - before;
    over.abort();
    await writing;
    expect(during).toBeGreaterThan(0);
    expect(readdirSync(dirname(file))).toEqual(['backup.db']);
    expect(await runProcessOn(file, ['check'])).toMatchObject({ code: 0 });
    const copied = placesIn(file);
    expect(copied.length).toBeGreaterThanOrEqual(before);
    expect(new Set(copied)).toEqual(new Set(acknowledged.slice(0, copied.length)));
  });
});

describe('annals restore', () => {
  let [path, file] = ['', ''];
  beforeEach(async () => {
    ({ path, file } = await databaseAndBackup());
  });

  test('reads the last changes from the log beside a copy of files', async () => {
    const headers = await keyFor(path);
    const { address, child, end } = await serve(path);
    const body = JSON.stringify({ id: 'in-the-log', kind: 'city', name: 'C' });
    expect((await fetch(`${address}/v1/places`, { method: 'POST', headers, body })).status).toBe(201);
    child.kill('SIGKILL');
    await end;
    const copied = join(temporaryFolder(), 'copied.db');
    for (const each of ['', '-wal']) copyFileSync(`${path}${each}`, `${copied}${each}`);
    const other = join(temporaryFolder(), 'annals.db');
    expect(await runProcessOn(other, ['restore', copied])).toMatchObject({ code: 0 });
    expect(placesIn(other)).toEqual(['after', 'before', 'in-the-log']);
    expect(filesBeside(copied)).toEqual(['copied.db', 'copied.db-wal']);
  });

  test('is refused while a server has the database open, and does not stop it', async () => {
    const { address } = await serve(path);
    expect(await runProcessOn(path, ['restore', file])).toEqual({
      code: 16,
      output: '',
      errors: `annals: another program has ${path} open: stop it first; nothing was replaced\n`,
    });
    expect((await fetch(`${address}/v1/places/after`)).status).toBe(200);
    expect((await fetch(`${address}/readyz`)).status).toBe(200);
    expect(filesBeside(path).filter((name) => name.startsWith('annals.db.replaced-'))).toEqual([]);
  });

  test('replaces an unreadable database, and does not apply its log to the new one', async () => {
    const headers = await keyFor(path);
    const { address, child, end } = await serve(path);
    const body = JSON.stringify({ id: 'lost', kind: 'city', name: 'C' });
    await fetch(`${address}/v1/places`, { method: 'POST', headers, body });
    child.kill('SIGKILL');
    await end;
    overwrite(path, 0, Buffer.alloc(4096, 0x55));
    expect(await runProcessOn(path, ['export'])).not.toMatchObject({ code: 0 });
    expect(await runProcessOn(path, ['restore', file])).toMatchObject({ code: 0 });
    expect(existsSync(`${path}-wal`)).toBe(false);
    expect(placesIn(path)).toEqual(['before']);
    expect(filesBeside(path)).toContainEqual(expect.stringMatching(/^annals\.db\.replaced-/));
    expect(await runProcessOn(path, ['check'])).toMatchObject({ code: 0 });
  });
});
