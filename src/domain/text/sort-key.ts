import { createHash } from 'node:crypto';
import { firstUnits } from './first-units.ts';
import { MANY_MARKS } from './fold.ts';

/** The longest key of a title, in UTF-16 code units. */
export const SORT_KEY_MAX = 200;

/**
 * The key by which titles are put in order, compared by code points: the order of `Intl.Collator` for the root collation (UTS #35, part 5) at primary
 * strength, without case and marks. Words stay apart, so "Al Anbar" comes before "Alabama"; numbers sort by value; apostrophes and the letters that
 * stand for them do not count. The key of a title in ASCII is its words in lower case, with the number of its digits before each number.
 */
export function sortKey(title: string): string {
  const words = ASCII.test(title) ? asciiWords(title) : rankedWords(title);
  return firstUnits(words.replace(/^ | $/g, '').replace(NUMBER, numberKey), SORT_KEY_MAX);
}

/**
 * A number of 32 bits that changes with the order of letters. It is part of the version of the index, since ICU, which comes with Node, may order
 * letters otherwise in another release. It takes some 30 ms.
 */
export const letterOrderDigest = once((): number => {
  const codes = Array.from(alphabets(), ([letter, code]) => `${letter}${code}`);
  const hash = createHash('sha256').update(codes.join('\n')).update(hanInOrder().join(''));
  return hash.digest().readUInt32BE();
});

const ASCII = /^\p{ASCII}*$/u;

const asciiWords = (title: string): string =>
  title
    .toLowerCase()
    .replace(/['`]+/g, '')
    .replace(/[^a-z0-9]+/g, ' ');

const NUMBER = /0*(\d+)/g;

/** The first unit of a number says how many digits follow: between the space and the letters, "1" for one digit. */
function numberKey(_: string, digits: string): string {
  return String.fromCharCode(0x30 + Math.min(digits.length, MOST_DIGITS)) + digits;
}

/** More digits do not fit before "a"; longer numbers sort by their first digits. */
const MOST_DIGITS = 48;

/** Apostrophes, quotation marks that are typed for them, and the modifier letters that stand for them. */
const APOSTROPHES = /['`´‘’‛′＇\u02B9-\u02BF\u02C8\u02CA\u02CB]+/gu;

/** Vowels of Thai, Lao, New Tai Lue and Tai Viet that are written before the consonant they follow (Unicode, section 16.1), with the consonant. */
const WRITTEN_BEFORE = /(\p{Logical_Order_Exception})([\u0E01-\u0E2E\u0E81-\u0EAE\u0EDC-\u0EDF\u1980-\u19AB\uAA80-\uAAAF])/gu;

const SYLLABLE = /[\uAC00-\uD7A3]/g;

function rankedWords(title: string): string {
  const codes = alphabets();
  const text = title
    .replace(APOSTROPHES, '')
    .replace(MANY_MARKS, '$1')
    .normalize('NFKC')
    .toLowerCase()
    .replace(SYLLABLE, (syllable) => syllable.normalize('NFD'))
    .replace(WRITTEN_BEFORE, '$2$1');
  let words = '';
  for (const letter of text) words += codes.get(letter) ?? otherCode(letter);
  return words.replace(/ +/g, ' ');
}

/** The code of a character of no alphabet: of Han and, by code points after these, of rare characters and scripts that are no longer written. */
function otherCode(character: string): string {
  if (/[\p{L}\p{N}]/u.test(character)) return han().get(character) ?? AFTER_HAN + character;
  return /[\p{M}\p{Cf}]/u.test(character) ? '' : ' ';
}

/** The units of keys, in ascending order: ASCII, letters after "z", Han, what follows Han, and what stands behind a letter of ASCII for those that follow it. */
const [AFTER_Z, FIRST_HAN, AFTER_HAN, AFTER_LETTER] = [0x80, 0x3400, '\uE000', 0xf000];

/** A part of a text greater than every letter (UTS #35, part 5). */
const GREATEST = '\uFFFF';

/** Ranges of code points with the letters of the alphabets and syllabaries that are written today. */
const ALPHABETS = [
  [0x30, 0x39],
  [0x61, 0x7a],
  [0xaa, 0x33ff],
  [0xa000, 0xabff],
  [0x11100, 0x1114f],
  [0x1e900, 0x1e959],
] as const;

/** Ranges of the Han characters, of which all but a few rare ones are in these. */
const HAN = [
  [0x3007, 0x3007],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
] as const;

/** The root collation, which is that of English: `und` would be the language of the machine. */
const collated = once(() => new Intl.Collator('en', { sensitivity: 'base' }).compare);

type Compare = ReturnType<typeof collated>;

const hanInOrder = once(() => charactersOf(HAN).toSorted(collated()));

const han = once(() => new Map(hanInOrder().map((character, rank) => [character, String.fromCharCode(FIRST_HAN + rank)])));

/** The code of each letter in a key: empty for marks, several units for letters such as æ that sort as others do. */
const alphabets = once((): ReadonlyMap<string, string> => {
  const compare = collated();
  const sorted = lettersIn(charactersOf(ALPHABETS)).toSorted(compare);
  const codes = new Map<string, string>();
  const ranked: string[] = [];
  const composed: [letter: string, head: number][] = [];
  const nextCode = codesInOrder();
  for (const letter of sorted) {
    const last = ranked.at(-1);
    if (last !== undefined && compare(letter, last) === 0) codes.set(letter, codes.get(last)!);
    else if (last !== undefined && compare(letter, last + GREATEST) < 0) composed.push([letter, ranked.length - 1]);
    else if (last === undefined && compare(letter, '0') < 0) codes.set(letter, '');
    else {
      ranked.push(letter);
      codes.set(letter, nextCode(letter));
    }
  }
  for (const [letter, head] of composed) {
    const parts = partsOf(letter, head, ranked, compare).map((part) => codes.get(part)!);
    codes.set(letter, parts.join(''));
  }
  return codes;
});

/** A value that is made at its first use: few processes sort titles. */
function once<Value>(make: () => Value): () => Value {
  let kept: { value: Value } | undefined;
  return () => (kept ??= { value: make() }).value;
}

const charactersOf = (ranges: readonly (readonly [first: number, last: number])[]): string[] =>
  ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => String.fromCodePoint(first + index)));

/** Letters, marks and digits among characters: of those that differ by case or width only, the one that texts are normalised to. */
const lettersIn = (characters: readonly string[]): string[] =>
  (characters.join('').match(/(?![\p{Lu}\p{Script=Han}])[\p{L}\p{M}\p{Nd}]/gu) ?? []).filter(
    (letter) => letter.normalize('NFKC') === letter,
  );

/** Returns the codes of letters in their order: ASCII stands for itself. */
function codesInOrder(): (letter: string) => string {
  let [base, after] = ['0', 0];
  return (letter) => {
    if (/[0-9a-z]/.test(letter)) {
      [base, after] = [letter, 0];
      return letter;
    }
    after += 1;
    return base === 'z' ? String.fromCharCode(AFTER_Z + after) : base + String.fromCharCode(AFTER_LETTER + after);
  };
}

/** The letters that a letter sorts as, of which the first is known. Each further one is the last that does not make the text sort after the letter. */
function partsOf(letter: string, head: number, ranked: readonly string[], compare: Compare): string[] {
  const parts = [ranked[head]!];
  while (parts.length < PARTS_MAX && compare(parts.join(''), letter) < 0) {
    const before = parts.join('');
    let [low, high] = [0, ranked.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (compare(before + ranked[middle]!, letter) <= 0) low = middle;
      else high = middle - 1;
    }
    parts.push(ranked[low]!);
  }
  return parts;
}

const PARTS_MAX = 4;
