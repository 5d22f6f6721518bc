/** A way in which people write a name or a title otherwise than the record does; it is still the same name. */
export type Spelling = {
  name: string;
  of: (text: string) => string;
  /** False for a spelling of names alone. */
  inText?: false;
};

const everywhere =
  (pattern: RegExp | string, by: string) =>
  (text: string): string =>
    text.replaceAll(pattern, by);

/** Apostrophes but of the possessive, for which nobody writes a letter of another kind. */
const APOSTROPHES = /['’ʻʼ‘](?!s\b)/gu;

/** Letters without a decomposition, and what is typed for them. */
const PLAIN: Record<string, string> = { ł: 'l', Ł: 'L', ø: 'o', Ø: 'O', đ: 'd', ı: 'i', ß: 'ss', æ: 'ae', Æ: 'AE', œ: 'oe', Œ: 'OE' };

const ALPHABETIC_MARK = /(?<=[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]\p{Mn}*)\p{Mn}/gu;

const withoutDiacritics = (text: string): string =>
  Array.from(text.normalize('NFD'), (letter) => PLAIN[letter] ?? letter)
    .join('')
    .replaceAll(ALPHABETIC_MARK, '')
    .normalize('NFC');

/** Full-width forms of printable ASCII. */
const wide = (text: string): string => text.replaceAll(/[!-~]/g, (letter) => String.fromCodePoint(letter.charCodeAt(0) + 0xfee0));

/** The isolated, final, initial and medial forms of Arabic letters. */
const PRESENTATION = new Map(
  Array.from({ length: 0xfefc - 0xfe70 + 1 }, (_, offset) => String.fromCodePoint(0xfe70 + offset))
    .map((form): [string, string] => [form.normalize('NFKC'), form])
    .filter(([letter]) => letter.length === 1),
);

/** A character after every second letter, where nothing shows. */
const sprinkled =
  (character: string) =>
  (text: string): string =>
    text.replaceAll(/(\p{L}\p{M}*)(\p{L}\p{M}*)/gu, `$1${character}$2`);

const INVISIBLE = ['\u00ad', '\u200b', '\u200d', '\u2060', '\u200e', '\u200f', '\ufeff', '\ufe0f', '\u2068'];

/** Spellings under which a record is found by its name and by text. */
export const SPELLINGS: readonly Spelling[] = [
  { name: 'capitals', of: (text) => text.toUpperCase() },
  { name: 'small letters', of: (text) => text.toLowerCase() },
  { name: 'no diacritics', of: withoutDiacritics },
  { name: 'NFD', of: (text) => text.normalize('NFD') },
  { name: 'NFKD', of: (text) => text.normalize('NFKD') },
  ...["'", '’', 'ʻ', 'ʼ', '‘', '`', '´', 'ʹ', 'ʾ', 'ʿ', ''].map((by) => ({
    name: by === '' ? 'no apostrophe' : `the apostrophe ${by}`,
    of: everywhere(APOSTROPHES, by),
  })),
  { name: 'spaces for hyphens', of: everywhere('-', ' ') },
  { name: 'joined at hyphens', of: everywhere('-', ''), inText: false },
  { name: 'hyphens that do not break', of: everywhere('-', '\u2011') },
  { name: 'dashes', of: everywhere('-', '–') },
  { name: 'two spaces', of: everywhere(' ', '  ') },
  { name: 'spaces that do not break', of: everywhere(' ', '\u00a0') },
  { name: 'full width', of: wide },
  { name: 'ligatures', of: (text) => text.replaceAll('fi', 'ﬁ').replaceAll('fl', 'ﬂ').replaceAll('ff', 'ﬀ') },
  ...INVISIBLE.map((character) => ({ name: `U+${character.charCodeAt(0).toString(16)} within words`, of: sprinkled(character) })),
  { name: 'Arabic presentation forms', of: (text) => Array.from(text, (letter) => PRESENTATION.get(letter) ?? letter).join('') },
  { name: 'tatweel', of: everywhere(/(?<=[ستمنليه])(?=\p{Script=Arabic})/gu, '\u0640') },
  { name: 'Arabic vowel marks', of: everywhere(/(?<=[ستمنليه])/gu, '\u064e') },
  { name: 'е for ё', of: (text) => text.replaceAll('ё', 'е').replaceAll('Ё', 'Е') },
  { name: 'и for й', of: (text) => text.replaceAll('й', 'и').replaceAll('Й', 'И') },
  { name: 'і for ї', of: (text) => text.replaceAll('ї', 'і').replaceAll('Ї', 'І') },
  { name: '& for and', of: everywhere(/\band\b/g, '&') },
  { name: 'and for &', of: everywhere('&', 'and') },
  { name: 'dots in abbreviations', of: (text) => (/^\p{Lu}{2,6}$/u.test(text) ? `${Array.from(text).join('.')}.` : text) },
];
