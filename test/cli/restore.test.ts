import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { databaseAndBackup, filesBeside, placesIn } from '../helpers/backups.ts';
import { runOn } from '../helpers/command.ts';
import { temporaryFolder } from '../helpers/database.ts';
import { digestOf } from '../helpers/digest.ts';
import { served } from '../helpers/served.ts';
import { damageIndex, overwrite, tamper } from '../helpers/tamper.ts';

describe('annals restore', () => {
  let [path, file] = ['', ''];
  beforeEach(async () => {
    ({ path, file } = await databaseAndBackup());
  });

  const replacedBeside = () => filesBeside(path).filter((name) => name.startsWith('annals.db.replaced-'));

  test('replaces the database by the copy, and keeps the old database under a dated name', async () => {
    const { code, output } = await runOn(path, ['restore', file]);
    expect(code).toBe(0);
    expect(placesIn(path)).toEqual(['before']);
    const [kept] = replacedBeside();
    expect(kept).toMatch(/^annals\.db\.replaced-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z$/);
    expect(output).toBe(`restored ${path} from ${file}\nthe database before is in ${join(dirname(path), kept!)}\n`);
    expect(placesIn(join(dirname(path), kept!))).toEqual(['after', 'before']);
    expect(filesBeside(path)).toEqual(['annals.db', kept]);
    await runOn(path, ['restore', join(dirname(path), kept!)]);
    expect(placesIn(path)).toEqual(['after', 'before']);
  });

  test('gives the copy the permissions of the old database', async () => {
    chmodSync(path, 0o660);
    chmodSync(file, 0o444);
    expect(await runOn(path, ['restore', file])).toMatchObject({ code: 0 });
    expect(statSync(path).mode & 0o777).toBe(0o660);
  });

  test('keeps the permissions of the backup where there is no database, and leaves no other file', async () => {
    const other = join(temporaryFolder(), 'annals.db');
    chmodSync(file, 0o600);
    expect(await runOn(other, ['restore', file])).toMatchObject({ code: 0 });
    expect(statSync(other).mode & 0o777).toBe(0o600);
    expect(filesBeside(other)).toEqual(['annals.db']);
  });

  test('follows a symbolic link and replaces its target, also a target that does not exist yet', async () => {
    const links = temporaryFolder();
    const link = join(links, 'link.db');
    symlinkSync(path, link);
    expect(await runOn(link, ['restore', file])).toMatchObject({
      code: 0,
      output: expect.stringContaining(`the database before is in ${path}.replaced-`),
    });
    expect([readlinkSync(link), readdirSync(links), placesIn(path)]).toEqual([path, ['link.db'], ['before']]);
    const [missing, dangling] = [join(temporaryFolder(), 'annals.db'), join(links, 'dangling.db')];
    symlinkSync(missing, dangling);
    expect(await runOn(dangling, ['restore', file])).toMatchObject({ code: 0 });
    expect([readlinkSync(dangling), placesIn(missing)]).toEqual([missing, ['before']]);
  });

  test('removes leftovers of another container after a day, and no younger ones', async () => {
    for (const [pid, age] of [
      [11, 2],
      [12, 0],
    ] as const) {
      const left = `${path}.00000000-${pid}-1.restoring`;
      writeFileSync(left, 'left');
      const at = Date.now() / 1000 - age * 86_400;
      utimesSync(left, at, at);
    }
    expect(await runOn(path, ['restore', file])).toMatchObject({ code: 0 });
    expect(filesBeside(path).filter((name) => name.endsWith('.restoring'))).toEqual(['annals.db.00000000-12-1.restoring']);
  });

  test('does not bring back a revoked or expired key, and lists every key that differs', async () => {
    const key = async (label: string) => {
      const { output, errors } = await runOn(path, ['keys', 'create', '--label', label]);
      return { token: output.trim(), id: /the key (\w+);/.exec(errors)![1]! };
    };
    const [kept, revoked, rotated, ended] = [await key('kept'), await key('revoked'), await key('rotated'), await key('ended')];
    await runOn(path, ['backup', '--force', file]);
    const made = await key('made');
    await runOn(path, ['keys', 'revoke', revoked.id]);
    await runOn(path, ['keys', 'rotate', rotated.id, '--overlap', '1s']);
    tamper(path, `UPDATE api_keys SET expires_at = 1000 WHERE id = '${ended.id}'; DELETE FROM api_keys WHERE id = '${kept.id}'`);
    await setTimeout(1100);
    const { code, output } = await runOn(path, ['restore', file]);
    expect(code).toBe(0);
    const lines = output.split('\n').slice(2, -1);
    expect(lines).toHaveLength(6);
    expect(lines).toEqual(
      expect.arrayContaining([
        `the key ${kept.id} (write, "kept") is not in the database that was replaced, and works now`,
        expect.stringMatching(new RegExp(`^the key ${revoked.id} \\(write, "revoked"\\) stays revoked, since 20`)),
        expect.stringMatching(new RegExp(`^the key ${rotated.id} \\(write, "rotated"\\) stays ended, since 20`)),
        `the key ${ended.id} (write, "ended") stays ended, since 1970-01-01T00:00:01.000Z`,
        `the key ${made.id} (write, "made") is not in the backup, and works no more: make another`,
        expect.stringMatching(/^the key \w+ \(write, "rotated"\) is not in the backup, and works no more: make another$/),
      ]),
    );
    for (const { token } of [kept, revoked, rotated, ended, made]) expect(output).not.toContain(token);
    const { address } = await served(path);
    const statusWith = async ({ token }: { token: string }) =>
      (await fetch(`${address}/v1/places/none`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } })).status;
    expect(await Promise.all([kept, revoked, rotated, ended, made].map(statusWith))).toEqual([404, 401, 401, 401, 401]);
  });

  test.each<[what: string, lose: () => void, sentence: string]>([
    ['is lost', () => rmSync(path), 'there was no database to compare the keys of the backup with'],
    ['has no byte', () => writeFileSync(path, ''), 'there was no database to compare the keys of the backup with'],
    [
      'is beyond reading',
      () => overwrite(path, 0, Buffer.alloc(4096, 0x55)),
      'the keys of the database that was replaced could not be read',
    ],
  ])('lists the keys that work where the database %s', async (_what, lose, sentence) => {
    const key = async (label: string) => {
      const { errors } = await runOn(path, ['keys', 'create', '--label', label]);
      return /the key (\w+);/.exec(errors)![1]!;
    };
    const [revoked, late] = [await key('revoked'), await key('revoked late')];
    await runOn(path, ['keys', 'revoke', revoked]);
    await runOn(path, ['backup', '--force', file]);
    await runOn(path, ['keys', 'revoke', late]);
    lose();
    const { code, output } = await runOn(path, ['restore', file]);
    expect(code).toBe(0);
    expect(output.split('\n').slice(-3)).toEqual([
      `${sentence}: a key that was revoked since the backup works again, and "annals keys revoke" revokes it`,
      `the key ${late} (write, "revoked late") works now`,
      '',
    ]);
  });

  test('refuses a folder, and a database that is a symbolic link to itself', async () => {
    const folder = temporaryFolder();
    const [pipe, circle] = [join(folder, 'pipe'), join(folder, 'circle.db')];
    execFileSync('mkfifo', [pipe]);
    symlinkSync(circle, circle);
    for (const from of [pipe, folder])
      expect(await runOn(path, ['restore', from])).toMatchObject({
        code: 1,
        errors: `annals: ${from} is not a regular file: name one that "annals backup" wrote\n`,
      });
    expect(await runOn(circle, ['restore', file])).toMatchObject({
      code: 1,
      errors: `annals: ${circle} is a symbolic link that leads back to itself: point it to a file\n`,
    });
  });

  test('makes a database where there is none, also beside an old log', async () => {
    const other = join(temporaryFolder(), 'deep', 'annals.db');
    mkdirSync(dirname(other));
    writeFileSync(`${other}-wal`, 'left');
    expect(await runOn(other, ['restore', file])).toEqual({ code: 0, output: `restored ${other} from ${file}\n`, errors: '' });
    expect(existsSync(`${other}-wal`)).toBe(false);
    expect(placesIn(other)).toEqual(['before']);
  });

  test.each<[what: string, spoil: (file: string) => void, code: number, sentence: RegExp]>([
    ['is no database', (bad) => writeFileSync(bad, 'Dear diary, '.repeat(1000)), 11, /is not an SQLite database; nothing was replaced/],
    ['is empty', (bad) => writeFileSync(bad, ''), 15, /is not a database of this Annals; nothing was replaced/],
    [
      'is another program’s',
      (bad) => (writeFileSync(bad, ''), tamper(bad, 'CREATE TABLE bookmarks (url TEXT)')),
      15,
      /is not a database of this Annals/,
    ],
    ['is damaged inside', (bad) => damageIndex(bad, 'records_by_title'), 10, /is corrupt: take another copy; nothing was replaced/],
    ['is cut off', (bad) => writeFileSync(bad, readFileSync(bad).subarray(0, 100_000)), 10, /is corrupt/],
    [
      'is newer',
      (bad) => tamper(bad, "INSERT INTO migrations VALUES (9999, '9999-the-future.sql', 'x', 1)"),
      13,
      /was made by a newer Annals/,
    ],
  ])('is refused when the file %s', async (_what, spoil, code, sentence) => {
    spoil(file);
    const [before, spoilt] = [digestOf(path), digestOf(file)];
    const ended = await runOn(path, ['restore', file]);
    expect(ended).toMatchObject({ code, output: '', errors: expect.stringMatching(sentence) });
    expect(ended.errors.trim().split('\n')).toHaveLength(1);
    expect(ended.errors).toContain(file);
    expect(digestOf(path)).toEqual(before);
    expect(digestOf(file)).toEqual(spoilt);
    expect(filesBeside(path)).toEqual(['annals.db']);
  });

  test('is refused for a file that is not there, and for the database itself', async () => {
    expect(await runOn(path, ['restore', '/nowhere/backup.db'])).toMatchObject({
      code: 1,
      errors: 'annals: /nowhere/backup.db does not exist\n',
    });
    expect(await runOn(path, ['restore', path])).toMatchObject({
      code: 1,
      errors: `annals: ${path} is the database itself: name a backup of it\n`,
    });
    expect(placesIn(path)).toEqual(['after', 'before']);
  });
});
