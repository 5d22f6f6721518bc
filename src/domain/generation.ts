import { AnnalsError } from './errors.ts';

/** The form of a generation, as the source of a regular expression. */
export const GENERATION = '[0-9a-hjkmnp-tv-z]{8}';

const WHOLE = new RegExp(`^${GENERATION}$`);

/** Returns true for a word that has the form of a generation. */
export const isGeneration = (word: string | undefined): boolean => word !== undefined && WHOLE.test(word);

/** The generation out of the rows of `currentGeneration`. Throws `storage-unusable` when somebody has deleted it, or put another word there. */
export function generationOf([row]: readonly [word: string][]): string {
  if (row && isGeneration(row[0])) return row[0];
  throw new AnnalsError('storage-unusable', 'the database has lost its generation: run "annals new-generation"');
}
