import anyAscii from 'any-ascii';
import { MANY_MARKS } from './fold.ts';
import { segmentsOf } from './segments.ts';

const ASCII = /^\p{ASCII}*$/u;

/** Letters that stand for an apostrophe, tatweel, soft hyphen, joiners and byte order mark: a word goes on across them. */
const DROPPED = /[\u00AD\u02B9-\u02BF\u02C8\u0640\u200C-\u200D\u2060\uA78B\uA78C\uFEFF]+/gu;

/** The opening quotation mark, which Uzbek is often typed with. Between letters it is an apostrophe. */
const QUOTE_IN_WORD = /(?<=\p{L})\u2018(?=\p{L})/gu;

/** Scripts that put no spaces between words. */
const UNSPACED = String.raw`\p{sc=Han}\p{scx=Hira}\p{scx=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}`;

/** A piece of text in such a script, with its digits. It is short because the time in which ICU finds the words grows with the square of its length. */
const UNSPACED_PIECE = new RegExp(String.raw`[${UNSPACED}][${UNSPACED}\p{Nd}]{0,63}`, 'gu');

/** Letters and digits of a script other than Latin, with their marks. */
const OTHER_LETTERS = String.raw`(?:(?!\p{scx=Latin}|\p{scx=Common})[\p{L}\p{N}]\p{M}*)+`;

/** A word in another script, with the apostrophes between its letters, as in Ukrainian. */
const OTHER_WORD = new RegExp(String.raw`${OTHER_LETTERS}(?:['\u2018\u2019]${OTHER_LETTERS})*`, 'gu');

/** Apostrophes and quotation marks, with which any-ascii writes soft signs and stops. */
const SIGNS = /['"`]+/g;

/** Corrections of any-ascii: a vowel of which it makes a sign, sounds that depend on their neighbours, and the order of vowels. */
const CORRECTIONS: readonly (readonly [letters: RegExp, written: string])[] = [
  // Arabic alif and Hebrew alef
  [/[\u0627\u0622\u0623\u0671\u05D0]/g, 'a'],
  [/\u0625/g, 'i'],
  // Hebrew shin; bet, kaf and pe at the beginning of a word
  [/\u05E9/g, 'sh'],
  [/(?<!\p{L}\p{M}*)\u05D1/gu, 'b'],
  [/(?<!\p{L}\p{M}*)\u05DB/gu, 'k'],
  [/(?<!\p{L}\p{M}*)\u05E4/gu, 'p'],
  // Greek upsilon after another vowel (ISO 843), Armenian u and ev
  [/(?<=[αάεέο])[υύ]/g, 'u'],
  [/ու/g, 'u'],
  [/եւ/g, 'ev'],
  // Thai and Lao vowels that are written before their consonant
  [/([\u0E40-\u0E44])([\u0E01-\u0E2E])/g, '$2$1'],
  [/([\u0EC0-\u0EC4])([\u0E81-\u0EAE])/g, '$2$1'],
];

/** Latin letters that ids have always had in another form than that of any-ascii. */
const LATIN: Record<string, string> = { ŋ: 'n', ĸ: 'k' };

/**
 * A text of any script in lower-case ASCII. Latin letters lose their diacritics, other scripts are transliterated letter by letter, with spaces
 * between the words of scripts that have none. What is neither a letter nor a digit stays, or becomes a space. Linear in the text.
 */
export function transliterated(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return text
    .replace(MANY_MARKS, '$1')
    .normalize('NFKC')
    .toLowerCase()
    .replace(DROPPED, '')
    .replace(QUOTE_IN_WORD, '')
    .replace(UNSPACED_PIECE, inWords)
    .replace(OTHER_WORD, ofOtherScript)
    .normalize('NFKD')
    .replace(/\p{Mn}+/gu, '')
    .replace(/[^\p{ASCII}]/gu, ofLatin)
    .toLowerCase();
}

/** A piece of text with spaces around its words. */
const inWords = (piece: string): string =>
  ` ${segmentsOf(piece)
    .map(({ segment }) => segment)
    .join(' ')} `;

function ofOtherScript(word: string): string {
  const corrected = CORRECTIONS.reduce((text, [letters, written]) => text.replace(letters, written), word);
  return anyAscii(corrected).replace(SIGNS, '');
}

/** A character that is left once diacritics are gone: a letter that has no decomposition, or a sign. */
const ofLatin = (rest: string): string => LATIN[rest] ?? (/\p{L}/u.test(rest) ? anyAscii(rest).replace(SIGNS, '') : ' ');
