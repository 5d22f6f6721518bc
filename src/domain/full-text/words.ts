import { memo } from '../caches/memo.ts';
import { firstUnits } from '../text/first-units.ts';
import { fold } from '../text/fold.ts';
import { segmentsOf } from '../text/segments.ts';

/** A word of a text: its place in UTF-16 units, its letters as they stand there, and its folded form, by which it is indexed and compared. */
export type Word = { start: number; end: number; letters: string; folded: string };

/** The longest word, in UTF-16 units; a longer one is cut, in texts and in queries alike. */
const WORD_MAX = 64;

/**
 * An abbreviation with dots; a number with separators of thousands; letters and digits, with apostrophes and invisible characters between them; or
 * "&". Each is one word. ASCII has a pattern of its own, which takes a fraction of the time. A number has at most eight separators: without a limit,
 * a long list of such numbers would take the square of its length.
 */
const ASCII_WORD = /[A-Za-z](?:\.[A-Za-z](?![A-Za-z]))+|\d{1,3}(?:,\d{3}){1,8}(?!,?\d)|[A-Za-z0-9]+(?:'[A-Za-z0-9]+)*|&/g;
const ANY_WORD =
  /\p{L}\p{M}*(?:\.\p{L}\p{M}*(?![\p{L}\p{M}]))+|\p{Nd}{1,3}(?:[,\u00A0\u202F]\p{Nd}{3}){1,8}(?!,?\p{Nd})|[\p{L}\p{N}](?:['’‘‛`´′＇׳״\p{Cf}]*[\p{L}\p{N}\p{M}]+)*|[&＆﹠]/gu;

const ASCII = /^\p{ASCII}*$/u;

/**
 * A character of a script that is written without spaces between words, with its marks, or a syllable of Hangul in its parts. Each is indexed as a word of
 * its own.
 */
const UNSPACED =
  /[\u1100-\u115E][\u1161-\u11A7]*[\u11A8-\u11FF]*|(?=[\p{L}\p{N}])[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\p{sc=Tibetan}][\p{M}\uFF9E\uFF9F]*/gu;

/**
 * The first words of a text, in order, `most` or some more; all without it. Scripts without spaces give a word for each character, so that any run of
 * characters in them is a phrase.
 */
export function wordsOf(text: string, most = Infinity): Word[] {
  const words: Word[] = [];
  const pattern = ASCII.test(text) ? ASCII_WORD : ANY_WORD;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    addWords(words, match[0], match.index);
    if (words.length >= most) break;
  }
  return words;
}

/** True for a word of a script that is written without spaces. */
export const isUnspaced = ({ letters }: Pick<Word, 'letters'>): boolean => letters.search(UNSPACED) === 0;

/** The articles and pronouns that French and Italian write before an apostrophe, which are words of their own: l'accord, dell'ONU. */
const ELISION = /^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|(?:d|n|s)?(?:all|ell)|dall|sull|un)(?=['’＇])/i;

const POSSESSIVE = /['’＇][sｓ]$/i;

const NOT_ALPHANUMERIC = /[^A-Za-z0-9]/;

function addWords(words: Word[], found: string, start: number): void {
  if (!NOT_ALPHANUMERIC.test(found)) return addPlain(words, found, start);
  if (/^[&＆﹠]$/.test(found)) return void words.push({ start, end: start + found.length, letters: 'and', folded: 'and' });
  const elided = ELISION.exec(found)?.[0].length ?? 0;
  if (elided > 0) add(words, found.slice(0, elided), start);
  const rest = found.slice(elided).replace(POSSESSIVE, '');
  const unspaced = rest.matchAll(UNSPACED);
  let after = 0;
  for (const { 0: character, index } of unspaced) {
    if (index > after) add(words, rest.slice(after, index), start + elided + after);
    add(words, character, start + elided + index);
    after = index + character.length;
  }
  if (after < rest.length) add(words, rest.slice(after), start + elided + after);
}

const NOT_LETTERS = /[^\p{L}\p{N}\p{M}]+/gu;

/** Adds a word of ASCII letters and digits. */
function addPlain(words: Word[], found: string, start: number): void {
  const letters = found.length > WORD_MAX ? found.slice(0, WORD_MAX) : found;
  words.push({ start, end: start + found.length, letters, folded: letters.toLowerCase() });
}

/** Adds a word, unless nothing is left of it when it is folded. */
function add(words: Word[], found: string, start: number): void {
  if (!NOT_ALPHANUMERIC.test(found)) return addPlain(words, found, start);
  const { letters, folded, shift } = found.length <= 2 ? formsOfCharacter(found, () => formsOf(found)) : formsOf(found);
  if (folded === '') return;
  words.push({ start: start + shift, end: start + found.length, letters, folded });
}

/** The forms of words of one character. A text without spaces has thousands of few characters, and folding each of them takes most of its time. */
const formsOfCharacter = memo<Forms>(5000);

/** `shift`: UTF-16 units before the letters of the word. */
type Forms = Pick<Word, 'letters' | 'folded'> & { shift: number };

function formsOf(found: string): Forms {
  const letters = firstUnits(found.replace(NOT_LETTERS, ''), WORD_MAX);
  const folded = firstUnits(fold(letters).replace(NOT_LETTERS, ''), WORD_MAX);
  return { letters, folded, shift: found.startsWith(letters) ? 0 : Math.max(0, found.search(/[\p{L}\p{N}]/u)) };
}

/** The words of a text in a script without spaces, as readers of it tell them apart. */
export const segmented = (text: string): string[] => segmentsOf(text).flatMap(({ segment, isWordLike }) => (isWordLike ? [segment] : []));

/** The letters of some words, one word after the other. */
export const joinedLetters = (words: readonly Word[]): string => words.map(({ letters }) => letters).join('');
