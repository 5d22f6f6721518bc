import { mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runOn } from '../helpers/command.ts';
import { temporaryFolder } from '../helpers/database.ts';

/** Puts a file into a folder that looks like one of a process of another container that was killed two days ago. */
function leaveIn(folder: string, ending: string): void {
  const left = join(folder, `annals.db.00000000-11-1.${ending}`);
  writeFileSync(left, 'left');
  const at = Date.now() / 1000 - 2 * 86_400;
  utimesSync(left, at, at);
}

/**
 * The folder `link`, with a link `annals.db` to `between/next.db`, which is a relative link to `file/annals.db`, where no file is; and a folder
 * for temporary files.
 */
function linkedFolders(): { link: string; file: string; temporary: string; path: string } {
  const all = temporaryFolder();
  const inAll = (name: string) => join(all, name);
  const [link, between, file, temporary] = [inAll('link'), inAll('between'), inAll('file'), inAll('temporary')];
  for (const folder of [link, between, file, temporary]) mkdirSync(folder);
  const path = join(link, 'annals.db');
  symlinkSync(join(between, 'next.db'), path);
  symlinkSync('../file/annals.db', join(between, 'next.db'));
  return { link, file, temporary, path };
}

test.each([
  ['where the link dangles', [], 1],
  ['where there is a database', ['migrate'], 0],
])('a command removes leftovers beside a symbolic link and beside its target: %s', async (_what, before, code) => {
  const { link, file, temporary, path } = linkedFolders();
  if (before.length > 0) expect(await runOn(path, before)).toMatchObject({ code: 0 });
  leaveIn(link, 'partial');
  leaveIn(file, 'restoring');
  const ended = await runOn(path, ['import', '-'], { environment: { TMPDIR: temporary } });
  expect(ended.code === 0 ? 0 : 1).toBe(code);
  for (const folder of [link, file])
    expect(ended.errors).toContain(`annals: removed 1 folders or files that killed processes had left in ${folder}\n`);
  const names = [link, file].flatMap((folder) => readdirSync(folder));
  expect(names.filter((name) => /partial|restoring/.test(name))).toEqual([]);
});

test('a circle of symbolic links is refused in one sentence', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'annals.db');
  symlinkSync('other.db', path);
  symlinkSync('annals.db', join(folder, 'other.db'));
  const backup = join(temporaryFolder(), 'backup.db');
  expect(await runOn(backup, ['migrate'])).toMatchObject({ code: 0 });
  for (const command of [['serve'], ['migrate'], ['restore', backup]]) {
    const { code, errors } = await runOn(path, command, { environment: { PORT: '0' } });
    expect(code).toBeGreaterThan(0);
    expect(errors.trim().split('\n')).toHaveLength(1);
    expect(errors).toMatch(/^annals: .* is a symbolic link that leads back to itself: point it to a file$/m);
  }
});
