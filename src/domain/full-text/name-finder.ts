import { groupsOf } from '../groups.ts';
import { wordsOf } from './words.ts';

/** Returns the paragraph of a text, from 1, in which a name stands first; undefined where it stands in none. */
export type NameFinder = (name: string) => number | undefined;

/** Characters at the beginning of a name by which its possible places are found. */
const PREFIX = 3;

/**
 * Finds names in the paragraphs of a text as whole words, folded as names are: case, diacritics, apostrophes, punctuation, spacing, "&" for "and" and a
 * leading "the" make no difference.
 */
export function nameFinder(paragraphs: readonly string[]): NameFinder {
  const pieces: string[] = [];
  const begins: number[] = [];
  const starts: number[] = [];
  const ends = new Set<number>();
  let length = 0;
  const put = (piece: string) => {
    pieces.push(piece);
    length += piece.length;
  };
  for (const paragraph of paragraphs) {
    begins.push(length);
    for (const { folded } of wordsOf(paragraph)) {
      starts.push(length);
      put(folded);
      ends.add(length);
    }
    put('\n'); // No name goes from one paragraph into the next.
  }
  const letters = pieces.join('');
  const byPrefix = groupsOf(starts, (start) => letters.slice(start, start + PREFIX));
  return (name) => {
    const key = lettersOf(name);
    if (key === '') return numberIn(paragraphs.findIndex((paragraph) => paragraph.includes(name.trim())));
    const candidates = key.length < PREFIX ? starts : (byPrefix.get(key.slice(0, PREFIX)) ?? []);
    const at = candidates.find((start) => letters.startsWith(key, start) && ends.has(start + key.length));
    return at === undefined ? undefined : numberIn(begins.findLastIndex((begin) => begin <= at));
  };
}

/** The number of a paragraph by its index; undefined for -1. */
const numberIn = (index: number): number | undefined => (index < 0 ? undefined : index + 1);

function lettersOf(name: string): string {
  const words = wordsOf(name).map(({ folded }) => folded);
  return (words.length > 1 && words[0] === 'the' ? words.slice(1) : words).join('');
}
