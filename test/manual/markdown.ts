import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** The folder of the chapters. */
export const MANUAL = join(ROOT, 'src/manual');

/** The names of the chapters, without `.md`; `index` is the table of contents. */
export const CHAPTERS = readdirSync(MANUAL).flatMap((file) => (file.endsWith('.md') ? file.slice(0, -3) : []));

export const chapter = (name: string): string => readFileSync(join(MANUAL, `${name}.md`), 'utf8');

/** The rows of the first table after a line, as cells without the backquotes around them. */
export function tableAfter(text: string, line: string): string[][] {
  const [, rest] = text.split(`\n${line}\n`);
  if (rest === undefined) throw new Error(`there is no line "${line}"`);
  const rows = rest.trimStart().split('\n');
  const end = rows.findIndex((row) => !row.startsWith('|'));
  return rows.slice(2, end === -1 ? undefined : end).map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1')),
  );
}
