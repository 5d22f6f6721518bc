import { fold } from './fold.ts';

/**
 * The key under which a name is found: its folded letters, vowel signs and digits, with "and" for "&" and without a leading "the". Two names that
 * differ only by these, by punctuation or by spacing have the same key; one without any letter or digit has the empty key and is found by none.
 */
export function nameKey(name: string): string {
  return fold(name)
    .replace(/^\s*the\s+/u, '')
    .replaceAll('&', 'and')
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '');
}

/** The key under which an identifier `scheme:value` is found: without regard to case. It holds a colon, so it never is the key of a name. */
export function identifierKey(identifier: string): string {
  return identifier.trim().toLowerCase();
}
