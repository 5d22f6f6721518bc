import type { RecordType } from '../record-type.ts';
import { firstUnits } from './first-units.ts';
import { transliterated } from './transliteration.ts';

/** The form of an id: lower-case ASCII words joined by single hyphens. Linear to match and readable by RE2. */
export const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** The longest id, in characters. */
export const SLUG_MAX = 80;

/** The longest title, in UTF-16 code units. A longer one is refused, and its id is made from its beginning. */
const TITLE_MAX = 500;

/** A word as it is stored: `Aral Sea` and `aral_sea` are `aral-sea`, `Водные ресурсы` is `vodnye-resursy`. A text without a letter or digit stays as it is. */
export function slugged(text: string): string {
  return wordsOf(text)?.join('-') ?? text;
}

const wordsOf = (text: string): string[] | null => transliterated(text).match(/[a-z0-9]+/g);

/**
 * The id a record gets when its creator gives none: the title's words, transliterated, joined by hyphens and cut at a word so that at most
 * `SLUG_MAX` characters remain. Digits alone say too little and look like a number of the record: they stand behind its kind, or behind its type where
 * the kind is no word (`meeting-2022`). A title without a letter or digit gives the kind alone.
 */
export function slugOf(title: string, { kind, type }: { kind?: unknown; type: RecordType }): string {
  const words = wordsOf(firstUnits(title, TITLE_MAX)) ?? [];
  if (!words.some((word) => /[a-z]/.test(word)))
    words.unshift(typeof kind === 'string' && SLUG.test(kind) && /[a-z]/.test(kind) ? kind : type);
  let slug = words[0]!.slice(0, SLUG_MAX).replace(/-$/, '');
  for (const word of words.slice(1)) {
    if (slug.length + 1 + word.length > SLUG_MAX) break;
    slug += `-${word}`;
  }
  return slug;
}
