import { firstUnits } from './first-units.ts';

/** Letters that Unicode does not decompose (NFKD leaves them whole) but that people type without their stroke or ligature. */
const UNDECOMPOSED: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  ŋ: 'n',
  ŧ: 't',
  ĸ: 'k',
  Æ: 'AE',
  Œ: 'OE',
  Ø: 'O',
  Đ: 'D',
  Ð: 'D',
  Þ: 'Th',
  Ł: 'L',
  Ħ: 'H',
  Ŋ: 'N',
  Ŧ: 'T',
  ẞ: 'SS',
};
const UNDECOMPOSED_LETTER = new RegExp(`[${Object.keys(UNDECOMPOSED).join('')}]`, 'gu');

/**
 * More marks in a row than any language writes: Unicode's stream-safe text has at most 30 (UAX #15, section 13). They are put in order when a
 * text is decomposed, which takes the square of their number. The halfwidth sound marks of kana become such marks.
 */
const MANY_MARKS = /([\p{M}\uFF9E\uFF9F]{30})[\p{M}\uFF9E\uFF9F]+/gu;

const ASCII = /^\p{ASCII}*$/u;

/** The text without diacritics: "António" becomes "Antonio", "Søren" becomes "Soren". Case and punctuation stay. */
export function foldDiacritics(text: string): string {
  if (ASCII.test(text)) return text;
  return text
    .replace(MANY_MARKS, '$1')
    .normalize('NFKD')
    .replace(/\p{Mn}+/gu, '')
    .replace(UNDECOMPOSED_LETTER, (letter) => UNDECOMPOSED[letter] ?? letter);
}

/**
 * The key under which a name is found: letters and digits only, lower case, without diacritics and without a leading "the". Two names that
 * differ only by these, by punctuation or by spacing have the same key; one without any letter or digit has the empty key and is found by none.
 */
export function nameKey(name: string): string {
  return foldDiacritics(name)
    .toLowerCase()
    .replace(/^\s*the\s+/u, '')
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

/** The key under which an identifier `scheme:value` is found: without regard to case. It holds a colon, so it never is the key of a name. */
export function identifierKey(identifier: string): string {
  return identifier.trim().toLowerCase();
}

/** The longest key of a title, in UTF-16 code units. */
export const SORT_KEY_MAX = 200;

/** The key by which titles are put in order: as `nameKey`, but words stay apart, so that "Al Anbar" comes before "Alabama". */
export function sortKey(title: string): string {
  const words = foldDiacritics(title)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  return firstUnits(words, SORT_KEY_MAX);
}
