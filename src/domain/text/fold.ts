/** Letters that Unicode does not decompose, and the letters that people type for them. */
const REPLACED: Record<string, string> = {
  // Latin
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
  ɓ: 'b',
  ɗ: 'd',
  ƙ: 'k',
  ə: 'a',
  // Greek final sigma
  ς: 'σ',
  // Cyrillic letters with a hook, a descender or a bar, and those of Kazakh and Ukrainian that Russian keyboards lack
  ґ: 'г',
  ғ: 'г',
  ҕ: 'г',
  җ: 'ж',
  ҙ: 'з',
  қ: 'к',
  ҝ: 'к',
  ҟ: 'к',
  ҡ: 'к',
  ң: 'н',
  ҥ: 'н',
  ө: 'о',
  ҫ: 'с',
  ҭ: 'т',
  ү: 'у',
  ұ: 'у',
  ҳ: 'х',
  һ: 'х',
  ҷ: 'ч',
  ҹ: 'ч',
  ә: 'а',
  є: 'е',
  // Arabic, Persian, Urdu
  ٱ: 'ا',
  ى: 'ي',
  ی: 'ي',
  ې: 'ي',
  ے: 'ي',
  ک: 'ك',
  ڪ: 'ك',
  ة: 'ه',
  ہ: 'ه',
  ھ: 'ه',
  ۃ: 'ه',
  ە: 'ه',
};
const REPLACED_LETTER = new RegExp(`[${Object.keys(REPLACED).join('')}]`, 'gu');

/**
 * More marks in a row than any language writes: Unicode's stream-safe text has at most 30 (UAX #15, section 13). They are put in order when a
 * text is decomposed, which takes the square of their number. The halfwidth sound marks of kana become such marks.
 */
export const MANY_MARKS = /([\p{M}\uFF9E\uFF9F]{30})[\p{M}\uFF9E\uFF9F]+/gu;

/**
 * Marks that are left out: those of Latin, Greek, Cyrillic, Arabic, Hebrew and Syriac, and the Devanagari nukta. Vowel signs of Indic scripts are
 * letters to their readers, and the sound marks of kana (U+3099, U+309A) make another syllable.
 */
const DROPPED_MARK =
  /(?![\u3099\u309A])(?=\p{M})[\p{sc=Inherited}\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Arabic}\p{sc=Hebrew}\p{sc=Syriac}\u093C]/gu;

/** Letters that stand for an apostrophe (U+02B9 to U+02BF, U+02C8, U+A78B, U+A78C), tatweel, soft hyphen and all that is invisible. */
const DROPPED_CHARACTER = /[\u02B9-\u02BF\u02C8\u0640\uA78B\uA78C\u115F\u1160\u3164\uFFA0\p{Cf}]+/gu;

/** Decimal digits of other scripts. */
const OTHER_DIGIT = /(?![0-9])\p{Nd}/gu;

const ASCII = /^\p{ASCII}*$/u;

/**
 * The one folding of names and of the full text: lower case, without diacritics, apostrophe letters and invisible characters; width forms, ligatures,
 * digits of other scripts and variants of a letter as the letter that people type. Punctuation and spaces stay. Composed (NFC). Linear in the text.
 */
export function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return text
    .replace(MANY_MARKS, '$1')
    .normalize('NFKD')
    .toLowerCase()
    .replace(DROPPED_MARK, '')
    .replace(DROPPED_CHARACTER, '')
    .replace(REPLACED_LETTER, (letter) => REPLACED[letter]!)
    .replace(OTHER_DIGIT, valueOfDigit)
    .normalize('NFC');
}

/** The digits of a script are ten characters in a row, of which the first ends in 0 or in 6 (Unicode 15, section 4.6). */
function valueOfDigit(digit: string): string {
  const code = digit.codePointAt(0)!;
  const row = code - (code % 16);
  const zero = /\p{Nd}/u.test(String.fromCodePoint(row)) ? row : row + 6;
  return code >= zero && code < zero + 10 ? String(code - zero) : digit;
}
