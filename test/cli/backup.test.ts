import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { filesBeside, keyFor } from '../helpers/backups.ts';
import { runOn } from '../helpers/command.ts';
import { temporaryDatabase, temporaryFolder } from '../helpers/database.ts';
import { digestOf } from '../helpers/digest.ts';
import { served } from '../helpers/served.ts';

describe('annals backup', () => {
  test('needs no other file beside the copy', async () => {
    const path = await temporaryDatabase();
    const file = join(temporaryFolder(), 'backup.db');
    await runOn(path, ['backup', file]);
    const copy = new Database(file, { readonly: true });
    expect(copy.pragma('journal_mode', { simple: true })).toBe('delete');
    copy.close();
  });

  test('replaces a file only with --force', async () => {
    const path = await temporaryDatabase();
    const file = join(temporaryFolder(), 'backup.db');
    writeFileSync(file, 'precious');
    expect(await runOn(path, ['backup', file])).toEqual({
      code: 1,
      output: '',
      errors: `annals: ${file} exists: name another file, or replace it with --force\n`,
    });
    expect(readFileSync(file, 'utf8')).toBe('precious');
    expect(await runOn(path, ['backup', '--force', file])).toMatchObject({ code: 0 });
    expect(await runOn(file, ['check'])).toMatchObject({ code: 0 });
  });

  test('never replaces the database itself, nor a database in use', async () => {
    const path = await temporaryDatabase();
    const before = digestOf(path);
    const open = await temporaryDatabase();
    await served(open);
    for (const file of [path, open])
      expect(await runOn(path, ['backup', '--force', file])).toMatchObject({
        code: 1,
        errors: `annals: ${file} is a database in use: name another file\n`,
      });
    expect(digestOf(path)).toEqual(before);
  });

  test('never replaces the log of a database, which holds acknowledged writes', async () => {
    const path = await temporaryDatabase();
    const headers = await keyFor(path);
    const { address } = await served(path);
    const body = JSON.stringify({ id: 'in-the-log', kind: 'city', name: 'C' });
    expect((await fetch(`${address}/v1/places`, { method: 'POST', headers, body })).status).toBe(201);
    const link = join(temporaryFolder(), 'link.ndjson');
    symlinkSync(`${path}-wal`, link);
    const log = digestOf(`${path}-wal`);
    for (const command of ['backup --force', 'export', 'openapi'])
      for (const to of [`${path}-wal`, `${path}-shm`, `${path}-journal`, link])
        expect(await runOn(path, [...command.split(' '), to]), `${command} ${to}`).toEqual({
          code: 1,
          output: '',
          errors: expect.stringMatching(/^annals: .+ belongs to the database .+: name another file, such as .+\.copy\n$/),
        });
    expect(digestOf(`${path}-wal`)).toEqual(log);
    expect(filesBeside(path)).toEqual(['annals.db', 'annals.db-shm', 'annals.db-wal']);
  });

  test('never replaces the side file of another database, nor reads one as the database', async () => {
    const [path, other] = [await temporaryDatabase(), await temporaryDatabase()];
    expect(await runOn(path, ['backup', `${other}-wal`])).toMatchObject({ code: 1, errors: expect.stringContaining(other) });
    for (const args of [['migrate'], ['restore', path]])
      expect(await runOn(`${other}-wal`, args)).toEqual({
        code: 1,
        output: '',
        errors: `annals: DATABASE_URL is "file:${other}-wal", which belongs to the database ${other}: give "file:${other}"\n`,
      });
    expect(filesBeside(other)).toEqual(['annals.db']);
  });

  test.each(['export', 'openapi'])('is the only command that replaces a database: %s does not', async (command) => {
    const [path, idle] = [await temporaryDatabase(), await temporaryDatabase()];
    const before = digestOf(idle);
    for (const to of [path, idle])
      expect(await runOn(path, [command, to])).toMatchObject({
        code: 1,
        errors: expect.stringMatching(/is a database( in use)?: name another file/),
      });
    expect(digestOf(idle)).toEqual(before);
  });

  test('names a file that cannot be written, and says what to do instead', async () => {
    const path = await temporaryDatabase();
    const folder = temporaryFolder();
    for (const [to, sentence] of [
      ['', 'the name of the file to write is empty: name a file'],
      [folder, `${folder} is a folder: name a file in it`],
      ['/dev/null', '/dev/null is not a regular file: name another'],
      [join(folder, 'none', 'x.db'), `the folder ${join(folder, 'none')} does not exist: make it first, or name a file in another`],
    ] as const)
      for (const args of [['backup', '--force'], ['export']])
        expect(await runOn(path, [...args, to])).toEqual({ code: 1, output: '', errors: `annals: ${sentence}\n` });
  });

  test.each([['migrate'], ['serve'], ['backup']])('%s reports a circle of symbolic links', async (command) => {
    const path = await temporaryDatabase();
    const circle = join(temporaryFolder(), 'circle.db');
    symlinkSync(circle, circle);
    const [on, args] = command === 'backup' ? [path, [command, circle]] : [circle, [command]];
    expect(await runOn(on, args)).toMatchObject({
      code: 1,
      errors: `annals: ${circle} is a symbolic link that leads back to itself: point it to a file\n`,
    });
  });

  test('leaves no file behind when the folder does not exist', async () => {
    const path = await temporaryDatabase();
    const { code, errors } = await runOn(path, ['backup', join(temporaryFolder(), 'nowhere', 'backup.db')]);
    expect({ code, lines: errors.trim().split('\n').length }).toEqual({ code: 1, lines: 1 });
    expect(filesBeside(path)).toEqual(['annals.db']);
  });

  test('says that there is no database to copy', async () => {
    const path = join(temporaryFolder(), 'annals.db');
    expect(await runOn(path, ['backup', `${path}.copy`])).toMatchObject({
      code: 3,
      errors: `annals: there is no database ${path}: run "annals migrate"\n`,
    });
    expect(filesBeside(path)).toEqual([]);
  });
});
