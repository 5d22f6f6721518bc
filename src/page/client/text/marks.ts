import { fold } from '../../../domain/text/fold.ts';

/** A part of a text, and whether it is one of those looked for. */
export type Part = { text: string; isHit: boolean };

/** A word or a phrase that is looked for: folded words, of which the last may be a beginning. */
export type Wanted = { words: readonly string[]; isBeginning: boolean };

/** A range of a text, the end exclusive, in UTF-16 code units. */
type Range = readonly [start: number, end: number];

const TERM = /(-?)(?:"([^"]*)"?(\*?)|([^\s"]+))/gu;

/** A word: an apostrophe within it is a part of it, except before the s of a possessive. */
const WORD = /[\p{L}\p{N}\p{M}]+(?:['\u2018\u2019`](?!s(?![\p{L}\p{N}]))[\p{L}\p{N}\p{M}]+)*/gu;

/** Scripts without spaces: a word of theirs stands anywhere between two spaces. */
const DENSE = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/** The words and phrases of a query, less those it excludes, and the other forms of its words where these are known. */
export function wantedOf(q: string, forms: readonly string[] = []): Wanted[] {
  const wanted = [...q.replaceAll(/[“”„«»]/g, '"').matchAll(TERM)].flatMap(([, minus, phrase, phraseStar, word = '']) => {
    if (minus !== '' || word === 'OR') return [];
    return wantedText(phrase ?? word, phrase === undefined ? word.endsWith('*') : phraseStar === '*');
  });
  return [...wanted, ...forms.flatMap((form) => wantedText(form, false))];
}

/** Every typed word as the beginning of a word. */
export function wantedBeginnings(typed: string): Wanted[] {
  return foldedWords(typed).map((word) => ({ words: [word], isBeginning: true }));
}

/** The words of a text as they are compared. */
export function foldedWords(text: string): string[] {
  return (fold(text).match(WORD) ?? []).map(withoutApostrophes);
}

function wantedText(text: string, isBeginning: boolean): Wanted[] {
  const words = foldedWords(text);
  return words.length === 0 ? [] : [{ words, isBeginning }];
}

/** The text in parts, those that match a wanted word or phrase apart. Its parts joined are the text. */
export function markedParts(text: string, wanted: readonly Wanted[]): Part[] {
  if (wanted.length === 0) return partsOf(text, []);
  const { folded, places } = foldedWithPlaces(text);
  const words = [...folded.matchAll(WORD)].map(({ 0: word, index }) => ({
    word: withoutApostrophes(word),
    index,
    end: index + word.length,
  }));
  const ranges = wanted.flatMap((each) => words.flatMap((_, at) => matchAt(words, at, each)));
  return partsOf(
    text,
    ranges.map(([start, end]) => [places[start] ?? text.length, places[end] ?? text.length]),
  );
}

/** The text of a snippet, in which the API writes matched words between two asterisks. */
export function partsOfSnippet(snippet: string): Part[] {
  const parts = snippet.split('**').map((text, index) => ({ text, isHit: index % 2 === 1 }));
  return parts.filter(({ text }) => text !== '');
}

type Placed = { word: string; index: number; end: number };

/** The range of the folded text that a wanted text has where it begins at the word, if it does. */
function matchAt(words: readonly Placed[], at: number, { words: wanted, isBeginning }: Wanted): Range[] {
  const first = words[at]!;
  const [sought = ''] = wanted;
  if (wanted.length === 1 && DENSE.test(sought)) {
    const inside = first.word.indexOf(sought);
    return inside < 0 ? [] : [[first.index + inside, first.index + inside + sought.length]];
  }
  const last = words[at + wanted.length - 1];
  const isMatch = wanted.every((word, index) => {
    const found = words[at + index]?.word ?? '';
    return isBeginning && index === wanted.length - 1 ? found.startsWith(word) : found === word;
  });
  return isMatch && last ? [[first.index, last.end]] : [];
}

/** Letters with the marks that follow them, and stray marks. */
const UNIT = /\P{M}\p{M}*|\p{M}+/gu;

/** The folded text, and for every place in it the place in the text of the letter that it comes from. */
function foldedWithPlaces(text: string): { folded: string; places: number[] } {
  const places: number[] = [];
  let folded = '';
  for (const { 0: unit, index } of text.matchAll(UNIT)) {
    const added = fold(unit);
    folded += added;
    for (let length = added.length; length > 0; length -= 1) places.push(index);
  }
  return { folded, places };
}

const withoutApostrophes = (word: string): string => word.replaceAll(/['\u2018\u2019`]/g, '');

/** The text cut at its ranges, which may overlap. */
function partsOf(text: string, ranges: readonly Range[]): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const [start, end] of ranges.toSorted(([a], [b]) => a - b)) {
    if (end <= at) continue;
    parts.push({ text: text.slice(at, Math.max(at, start)), isHit: false }, { text: text.slice(Math.max(at, start), end), isHit: true });
    at = end;
  }
  return [...parts, { text: text.slice(at), isHit: false }].filter((part) => part.text !== '');
}
