import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readMigrations } from '../../src/storage/migration-files.ts';
import { temporaryFolder } from '../helpers/database.ts';
import { SQLITE_MIGRATIONS } from '../helpers/fixtures.ts';

const ROOT = join(SQLITE_MIGRATIONS, '../..');

/** The number of the migration that the next release brings. */
export const NEXT = String(readMigrations(SQLITE_MIGRATIONS).length + 1).padStart(4, '0');

/** The program with one more migration, of that name and SQL, as the next release would bring it: the path of what starts it. */
export function nextRelease(name: string, sql: string): string {
  const folder = temporaryFolder();
  for (const each of ['dist', 'migrations', 'openapi', 'seeds', 'package.json'])
    cpSync(join(ROOT, each), join(folder, each), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'migrations/sqlite', `${NEXT}-${name}.sql`), sql);
  return join(folder, 'dist/main.js');
}
