import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file of `src/`: its path there, its lines, and those of them that hold code, so neither blank lines nor comments on lines of their own. */
export type FileSize = { path: string; lines: number; code: number };

/** The TypeScript files of a folder `src/` but for the page. */
export function fileSizes(folder: string): FileSize[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return paths
    .filter((path) => path.endsWith('.ts') && !path.startsWith('page/'))
    .toSorted()
    .map((path) => {
      const lines = readFileSync(join(folder, path), 'utf8').trimEnd().split('\n');
      return { path, lines: lines.length, code: lines.filter(isCode).length };
    });
}

/** A line that is neither blank nor part of a comment, as the formatter lays comments out. */
const isCode = (line: string): boolean => !/^\s*(?:$|\/\/|\/\*|\*(?:\/|\s|$))/.test(line);
