import { describe, expect, test } from 'vitest';
import { decodeCursor, integerPart, textPart } from '../../src/domain/paging/cursor.ts';
import { parseEdtf } from '../../src/domain/time/edtf.ts';
import { nameKey } from '../../src/domain/text/name.ts';
import { slugged, slugOf } from '../../src/domain/text/slug.ts';
import { snippetOf } from '../../src/domain/full-text/snippet.ts';
import { sortKey } from '../../src/domain/text/sort-key.ts';
import { spellOut } from '../../src/domain/full-text/spell-out.ts';
import { parseTextQuery } from '../../src/domain/full-text/text-query.ts';
import { wordsOf } from '../../src/domain/full-text/words.ts';
import { toFts5 } from '../../src/storage/full-text/fts5.ts';
import { matchOf } from '../../src/storage/full-text/text-match.ts';

/** Texts that make a careless matcher go back and forth, of any length. */
const SHAPES: Record<string, (length: number) => string> = {
  'one letter': (length) => 'a'.repeat(length),
  spaces: (length) => ' '.repeat(length),
  'spaces and tabs before "the"': (length) => `${' \t'.repeat(length / 2)}the`,
  'the, again and again': (length) => 'the '.repeat(length / 4),
  hyphens: (length) => 'a-'.repeat(length / 2),
  slashes: (length) => '/'.repeat(length),
  digits: (length) => '1'.repeat(length),
  X: (length) => 'X'.repeat(length),
  quotes: (length) => '"'.repeat(length),
  'quotes around letters': (length) => '"a'.repeat(length / 2),
  'stars before a letter': (length) => `${'*'.repeat(length)}x`,
  'runs of stars': (length) => `${'*'.repeat(19)}x`.repeat(length / 20),
  'marks above and below in turn': (length) => `a${'\u0301\u0327'.repeat(length / 2)}`,
  'all marks above, then all below': (length) => `a${'\u0301'.repeat(length / 2)}${'\u0327'.repeat(length / 2)}`,
  'sound marks between marks': (length) => `a${'\uFF9E\u0301\u0327'.repeat(length / 3)}`,
  'letters that are eighteen when decomposed': (length) => '\uFDFA'.repeat(length),
  'a script without spaces': (length) => '\u0E01'.repeat(length),
  'ideographs between digits': (length) => '1\u4E2D'.repeat(length / 2),
  'apostrophes between Cyrillic letters': (length) => "\u0436'".repeat(length / 2),
  'Hebrew letters with many points': (length) => `\u05D1${'\u05B0'.repeat(30)}`.repeat(length / 31),
};

const spelledOut = (query: string) => spellOut(parseTextQuery(query), () => []);

/** Functions that read text, each with the longest text that the API passes to it. */
const READERS: [name: string, most: number, read: (text: string) => unknown][] = [
  ['dates', 64, parseEdtf],
  ['dates, before their length is known', 10_000, parseEdtf],
  ['names', 600, nameKey],
  ['titles', 500, sortKey],
  ['ids from titles', 500, (title) => slugOf(title, { kind: 'visit', type: 'event' })],
  ['words of filters', 2000, slugged],
  ['cursors', 6000, (text) => decodeCursor({ title: textPart(200), key: integerPart(0, 9) }, text, 'query')],
  ['words to look for', 1000, (text) => toFts5(matchOf(spelledOut(text)))],
  ['the words of prose', 10_000, wordsOf],
  ['prose with a hit', 10_000, (text) => snippetOf([text], [{ words: ['a'], prefix: true }])],
  [
    'prose with phrases of many words',
    10_000,
    (text) => snippetOf([text], spelledOut(`"${'a '.repeat(48)}b" "${'a '.repeat(48)}"`).clauses),
  ],
];

/** Upper bound of the time that reading takes, in milliseconds; on a machine that is slow or busy, in times of ordinary prose of as many characters. */
const LIMIT = 50;
const TIMES_OF_PROSE = 20;

const PROSE = 'Встреча в Ташкенте, 1998 — ';

/** The least processor time of several that reading takes, in milliseconds: what else the machine does only adds to it. Being refused is an end as well. */
function timeOf(read: () => unknown, tries: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let each = 0; each < tries && (each === 0 || least > LIMIT / 10); each += 1) {
    const start = process.cpuUsage();
    try {
      read();
    } catch {}
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

describe.each(READERS)('%s of %i characters are read at once:', (_name, most, read) => {
  test.each(Object.keys(SHAPES))('%s', (shape) => {
    const text = SHAPES[shape]!(most).slice(0, most);
    const prose = PROSE.repeat(most / PROSE.length + 1).slice(0, most);
    expect(timeOf(() => read(text), 7)).toBeLessThan(Math.max(LIMIT, TIMES_OF_PROSE * timeOf(() => read(prose), 7)));
  });
});

describe('reading eight times as many characters takes less than sixty-four times as long:', () => {
  test.each(Object.keys(SHAPES))('%s', (shape) => {
    for (const read of [nameKey, slugged, sortKey]) {
      const [short, long] = [4000, 32_000].map((length) => {
        const text = SHAPES[shape]!(length);
        return timeOf(() => read(text), 5);
      });
      // What takes no time at all cannot be compared.
      expect(long!).toBeLessThan(30 * Math.max(short!, 0.5));
    }
  });
});
