import { AnnalsError } from '../errors.ts';
import { firstUnits } from './first-units.ts';
import { fold } from './fold.ts';

/** The form of an id: lower-case ASCII words joined by single hyphens. Linear to match and readable by RE2. */
export const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** The longest id, in characters. */
export const SLUG_MAX = 80;

/** A word as it is stored: `Aral Sea` and `aral_sea` are `aral-sea`. A text without a Latin letter or digit stays as it is. */
export function slugged(text: string): string {
  return wordsOf(text)?.join('-') ?? text;
}

const wordsOf = (text: string): string[] | null => fold(text).match(/[a-z0-9]+/g);

/**
 * The id a record gets when its creator gives none: the title's words, without diacritics, joined by hyphens and cut at a word
 * so that at most `SLUG_MAX` characters remain. Throws `invalid-request` for a title without a single ASCII letter or digit.
 */
export function slugOf(title: string): string {
  const words = wordsOf(title) ?? [];
  if (words.length === 0) {
    const message = `no id can be made from "${firstUnits(title, 60)}", which has no Latin letter or digit: give one in "id"`;
    throw new AnnalsError('invalid-request', message, [{ pointer: '/id', message }]);
  }
  let slug = words[0]!.slice(0, SLUG_MAX);
  for (const word of words.slice(1)) {
    if (slug.length + 1 + word.length > SLUG_MAX) break;
    slug += `-${word}`;
  }
  return slug;
}
