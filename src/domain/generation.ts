import { AnnalsError } from './errors.ts';
import { base32, type Randomness } from './token.ts';

/** The number of random bytes of a generation: 40 bits, eight digits of base 32. */
const GENERATION_BYTES = 5;

/** A generation drawn at random. */
export const drawnWord = (random: Randomness): string => base32(random(GENERATION_BYTES));

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

/** A position in the change log: the generation and the sequence number of a change, 0 for before the first. The generation says whose numbers these are. */
export const positionOf = (generation: string, sequence: number): string => `${generation}-${sequence}`;

/** The form of a position, and 0 for the beginning in every generation, as the source of a regular expression. */
export const POSITION = `^(?:0|(?:${GENERATION}-)?(?:0|[1-9][0-9]{0,14}))$`;
