import { measureWalks } from './walks.ts';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileSizes } from '../helpers/code-lines.ts';
import { makeSeeded } from '../setup/databases.ts';

/** `npm run walks`: prints the files and the number of SQL statements of some requests; `--json` for programs, on a copy of `--seeded`. */
const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, seeded: { type: 'string' } } });

/** The folders of a walk from top to bottom. */
const FOLDERS = ['http', 'formats', 'import', 'query', 'records', 'index', 'model', 'storage', 'domain'];

const folder = mkdtempSync(join(tmpdir(), 'annals-walks-'));
try {
  const database = join(folder, 'annals.db');
  if (values.seeded === undefined) await makeSeeded(database);
  else copyFileSync(values.seeded, database);
  const found = await measureWalks(database);
  if (values.json) process.stdout.write(JSON.stringify(found));
  else {
    for (const { request, statements, own, domain } of found.walks) {
      process.stdout.write(`\n${request}\n  ${statements} SQL statements, ${own.length} files besides domain/ and the hooks\n`);
      process.stdout.write(byFolder([...own, ...domain]));
    }
    process.stdout.write(`\nHooks, which every request passes: ${found.hooks.length} files\n${byFolder(found.hooks)}`);
    const sizes = fileSizes(join(import.meta.dirname, '../../src'));
    const code = sizes.reduce((sum, each) => sum + each.code, 0);
    process.stdout.write(`\n${code.toLocaleString('en')} lines of code in ${sizes.length} files of src/ besides page/\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A line for each folder, from top to bottom. */
function byFolder(files: readonly string[]): string {
  const names = [...new Set(files.map((file) => dirname(file)))].toSorted((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
  return names.map((name) => `  ${`${name}/`.padEnd(22)} ${filesIn(name, files).join('  ')}\n`).join('');
}

function depth(name: string): number {
  return FOLDERS.indexOf(name.split('/')[0]!);
}

function filesIn(name: string, files: readonly string[]): string[] {
  return files.filter((file) => dirname(file) === name).map((file) => basename(file));
}
