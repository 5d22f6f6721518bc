import { distance } from 'fastest-levenshtein';

/**
 * The known words that a misspelt one may mean, at most three, nearest first: those within two edits (one for words of up to three letters) or a third
 * of its length, and those that begin with it.
 */
export function nearest(word: string, known: Iterable<string>): string[] {
  const folded = word.toLowerCase();
  const limit = editsOf(word);
  return [...known]
    .map((candidate) => ({ candidate, edits: distance(folded, candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= limit || (folded.length >= 3 && candidate.toLowerCase().startsWith(folded)))
    .toSorted((a, b) => a.edits - b.edits)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** The most edits between a misspelt word and one that it may mean. */
export const editsOf = (word: string): number => Math.max(word.length > 3 ? 2 : 1, Math.floor(word.length / 3));
