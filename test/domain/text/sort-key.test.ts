import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { letterOrderDigest, SORT_KEY_MAX, sortKey } from '../../../src/domain/text/sort-key.ts';

/** The root collation at primary strength, with numbers by value. */
const collated = new Intl.Collator('en', { sensitivity: 'base', numeric: true }).compare;

const byCodePoint = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));
const inOrder = (titles: readonly string[]): string[] =>
  titles.toSorted((one, other) => byCodePoint(sortKey(one), sortKey(other)) || byCodePoint(one, other));

const SCRIPTS =
  'Latin Greek Cyrillic Armenian Georgian Hebrew Arabic Syriac Thaana Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Thai Lao Tibetan Myanmar Ethiopic Khmer Mongolian Hiragana Katakana Bopomofo Hangul Han Yi Cherokee Tifinagh Adlam Chakma'.split(
    ' ',
  );

/**
 * Letters and marks of a script, but for those that are signs (iteration marks, apostrophes, phonetic symbols) or forms of others, the Tibetan
 * vowels of Sanskrit, two of which sort as one, and parts of Hangul syllables by themselves.
 */
function lettersOf(script: string): string[] {
  const points = [...range(0x41, 0xd7ff), ...range(0x11100, 0x1114f), ...range(0x1e900, 0x1e943)];
  const letter = new RegExp(`^(?=[\\p{L}\\p{Mn}\\p{Mc}])\\p{Script=${script}}$`, 'u');
  return points.map((point) => String.fromCodePoint(point)).filter((text) => letter.test(text) && !isSign(text) && !isForm(text));
}

const isSign = (text: string): boolean => /[\p{Lm}\p{Nl}]/u.test(text) || (/\p{L}/u.test(text) && collated(text, '0') < 0);
const isForm = (text: string): boolean =>
  text.normalize('NFKC') !== text || /[\u0F71\u0F80\u1100-\u11FF\uA960-\uA97C\uD7B0-\uD7FF]/.test(text);
const isLetter = (text: string): boolean => /\p{L}/u.test(text);
const sample = (letters: readonly string[]) => fc.array(fc.constantFrom(...letters), { minLength: 2, maxLength: 4 });

const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe.each(SCRIPTS)('titles in %s', (script) => {
  const [letters, marks] = [lettersOf(script).filter(isLetter), lettersOf(script)];
  // Few letters, so that titles begin alike.
  const few = fc.tuple(sample(letters), sample(marks));
  const titles = few.chain(([first, further]) => {
    const word = fc
      .tuple(fc.constantFrom(...first), fc.array(fc.constantFrom(...first, ...further), { maxLength: 3 }))
      .map(([letter, rest]) => letter + rest.join(''));
    const title = fc
      .array(fc.oneof({ weight: 8, arbitrary: word }, { weight: 1, arbitrary: fc.nat(1200).map(String) }), { minLength: 1, maxLength: 3 })
      .map((words) => words.join(' '));
    return fc.tuple(title, title);
  });

  test('are in the order of Intl.Collator at primary strength', () => {
    fc.assert(
      fc.property(titles, ([one, other]) => {
        expect({ one, other, order: Math.sign(byCodePoint(sortKey(one), sortKey(other))) }).toEqual({
          one,
          other,
          order: Math.sign(collated(one, other)),
        });
      }),
      { seed: 15, numRuns: 1500 },
    );
  });
});

test('titles of all scripts are in one order', () => {
  const letters = fc.constantFrom(...SCRIPTS.flatMap((script) => lettersOf(script).filter(isLetter).slice(0, 60)));
  fc.assert(
    fc.property(letters, letters, (one, other) => {
      expect(Math.sign(byCodePoint(sortKey(`${one}a`), sortKey(`${other}a`)))).toBe(Math.sign(collated(`${one}a`, `${other}a`)));
    }),
    { seed: 15, numRuns: 5000 },
  );
});

test.each([
  ['words stay apart', ['Al Anbar', 'Alabama']],
  ['hyphens and other punctuation part words', ['Al-Anbar', 'Al, Bab', 'Alabama']],
  ['numbers sort by value', ['9th meeting', '10th meeting', '8967th meeting', 'Meeting 2', 'Meeting 10']],
  ['numbers of other scripts sort by value', ['٣ ماده', '١٠ ماده', '٢٠ ماده']],
  ['numbers come before words', ['2022', '12345678901234567890', 'Aral']],
  ['case and diacritics do not count', ['Antonio A', 'António B', 'ANTONIO C', 'Søren 1', 'Soren 2', 'Straße 1', 'Strasse 2']],
  [
    'apostrophes do not count, however they are written',
    ["O'zbekiston 1", 'Oʻzbekiston 2', 'O‘zbekiston 3', 'Ozbekiston 4', "People's", 'Peoplesoft'],
  ],
  ['Russian', ['Ёлка 1', 'Елка 2', 'Игра', 'Йод', 'Казань', 'Якутск']],
  ['Ukrainian', ['Гай', 'Ґанок', 'Єднання', 'Зима', 'Їжак 1', 'Іжак 2', 'Київ']],
  ['Kazakh', ['Абай', 'Әлем', 'Караганда', 'Қазақстан', 'Лето', 'Орал', 'Өскемен', 'Ұлытау', 'Чу']],
  ['Azerbaijani', ['Elçin', 'Əliyev', 'Füzuli']],
  ['Greek', ['Άλφα 1', 'Αλφα 2', 'Βήτα', 'Έψιλον', 'Ωμέγα']],
  ['Thai sorts by the consonant before the vowel that is written first', ['กา', 'เกาะ', 'ขา']],
])('%s', (_, titles) => {
  expect(inOrder(titles.toReversed())).toEqual(titles);
});

test('a title in ASCII is its words', () => {
  expect(sortKey('  The Council of Heads of State, on-line ')).toBe('the council of heads of state on line');
  expect(sortKey('Protocol 007 of 2022')).toBe('protocol 17 of 42022');
});

test('a key is short, well-formed, and empty for a title without letters and digits', () => {
  expect(sortKey('…!')).toBe('');
  for (const letter of ['x', 'ə', '한', '𐍈', '9', 'ဪ']) {
    expect(sortKey(letter.repeat(500)).length).toBeLessThanOrEqual(SORT_KEY_MAX);
    expect(sortKey(letter.repeat(500)).isWellFormed()).toBe(true);
  }
});

test('the order is the same in whatever language the machine speaks', () => {
  const module = join(import.meta.dirname, '../../../dist/domain/text/sort-key.js');
  const program = `import(${JSON.stringify(module)}).then((keys) => console.log(keys.letterOrderDigest()))`;
  for (const locale of ['sv_SE.UTF-8', 'tr_TR.UTF-8', 'C']) {
    const output = execFileSync(process.execPath, ['-e', program], { env: { LC_ALL: locale }, encoding: 'utf8' });
    expect(Number(output)).toBe(letterOrderDigest());
  }
});
