import { chmodSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { databaseAndBackup } from '../helpers/backups.ts';
import { temporaryFolder } from '../helpers/database.ts';
import { databaseOfNobody, runAsNobody } from '../helpers/nobody.ts';

describe.each(['serve', 'migrate', 'import -', 'keys list', 'check', `backup ${join(tmpdir(), 'annals-never.db')}`])(
  'annals %s',
  (command) => {
    test.each([
      ['file', 0o444, 0o755],
      ['folder', 0o644, 0o555],
    ])('says that the %s is read-only', async (_what, fileMode, folderMode) => {
      const path = await databaseOfNobody(fileMode, folderMode);
      const { code, errors } = await runAsNobody(path, command.split(' '));
      expect(code).toBe(EXIT_CODES['read-only'].code);
      expect(errors).toBe('annals: the database file or its folder is read-only: let this program write to both\n');
    });
  },
);

test('annals restore says that the folder of the database is read-only, and blames no other file', async () => {
  const { file } = await databaseAndBackup();
  chmodSync(dirname(file), 0o755);
  const folder = join(temporaryFolder(), 'locked');
  mkdirSync(folder);
  chmodSync(dirname(folder), 0o755);
  chmodSync(folder, 0o555);
  expect(await runAsNobody(join(folder, 'annals.db'), ['restore', file])).toEqual({
    code: 12,
    output: '',
    errors: 'annals: the database file or its folder is read-only: let this program write to both\n',
  });
});
