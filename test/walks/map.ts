import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const map = readFileSync(join(import.meta.dirname, '../../src/README.md'), 'utf8');

/** The part of the map `src/README.md` under a heading, up to the next one. */
export const under = (heading: string): string => map.split(`\n${heading}\n`)[1]?.split(/\n#{2,3} /)[0] ?? '';

/** The files that a text names, each once. */
export const filesNamed = (text: string): string[] =>
  [...new Set(Array.from(text.matchAll(/`([\w./-]+\.ts)`/g), ([, file]) => file!))].toSorted();
