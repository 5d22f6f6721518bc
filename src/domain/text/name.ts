import { firstUnits } from './first-units.ts';
import { fold } from './fold.ts';

/**
 * The key under which a name is found: its folded letters, vowel signs and digits, with "and" for "&" and without a leading "the". Two names that
 * differ only by these, by punctuation or by spacing have the same key; one without any letter or digit has the empty key (see `keyOfName`).
 */
export function nameKey(name: string): string {
  return fold(name)
    .replace(/^\s*the\s+/u, '')
    .replaceAll('&', 'and')
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '');
}

/** Stands before the key of a name without a letter or digit: no other key begins with it. */
export const SIGNS = '=';

/** The longest key of a name, in UTF-16 code units: an index of PostgreSQL takes no more than 2,704 bytes. Names that begin with the same 800 share a key. */
const NAME_KEY_MAX = 800;

/** The key of a name in `lookups`. A name without a letter or digit, such as ★, is found by its own spelling only. */
export const keyOfName = (name: string): string => firstUnits(nameKey(name) || `${SIGNS}${name.trim().normalize('NFC')}`, NAME_KEY_MAX);

/** Stands before the key of an identifier with a close match, which several records may have. */
const CLOSE = '~';

/** Returns true for the key of an identifier with an exact match, which has a colon, and does not begin as the key of signs or of a close match. */
export const isIdentifierKey = (key: string): boolean => key.includes(':') && !key.startsWith(SIGNS) && !key.startsWith(CLOSE);

/** The key under which an identifier `scheme:value` is found: without regard to case. It holds a colon, so it never is the key of a name. */
export function identifierKey(identifier: string): string {
  return identifier.trim().toLowerCase();
}

/** The key under which an identifier with a close match is found. */
export const closeKey = (identifier: string): string => `${CLOSE}${identifierKey(identifier)}`;

/** A character that shows something: no space, control, format or joining character, no mark alone, no filler of Hangul, no blank of Braille. */
const VISIBLE = /[^\p{White_Space}\p{Cc}\p{Cf}\p{Cs}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Returns true if a text shows at least one character. Characters that this version of Unicode does not know count as shown. */
export const isVisible = (text: string): boolean => VISIBLE.test(text);
