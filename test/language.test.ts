import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const SRC = join(import.meta.dirname, '../src');

/** Words that open a clause without a noun: a reader has to find out what the comment speaks of. */
const HEADLESS = [
  'What(?:ever)?|Which(?:ever)?|Who(?:ever|se)?|Whether|How|Why|When(?:ever)?|Where(?:ver)?',
  'Those|That|So many|So few|The same|As many|As far|Of|Besides?|Beyond|Up to|Nothing',
].join('|');

/** The first words of a doc comment, or of its first line where it has several. */
const OPENING = new RegExp(`/\\*\\*\\s+(?:\\* )?(?:${HEADLESS})\\b.*`, 'g');

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: readFileSync(join(SRC, path), 'utf8') }));

test('doc comments begin with what they describe, not with a headless clause', () => {
  const found = files.flatMap(({ path, text }) => [...text.matchAll(OPENING)].map(([opening]) => `${path}: ${opening.slice(0, 120)}`));
  expect(found).toEqual([]);
});
