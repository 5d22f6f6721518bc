import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const BUILT = join(ROOT, 'dist/main.js');

/** Builds `dist/` where something in `src/` is newer: the processes that tests start run the code that stands there. */
export default function setUp(): void {
  if (modifiedAt(BUILT) >= newestIn(join(ROOT, 'src'))) return;
  console.log('dist/ is older than src/: npm run build');
  try {
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: 'inherit' });
  } catch (error) {
    // The compiler writes files also where types are wrong: the next run must not take them for a build.
    rmSync(BUILT, { force: true });
    throw error;
  }
}

/** The time of the last change of a file, in milliseconds since 1970-01-01 UTC; 0 where there is none. */
const modifiedAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

const newestIn = (folder: string): number =>
  Math.max(...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => modifiedAt(join(folder, name))));
