import { foldDiacritics } from './name.ts';
import type { SearchTerm } from './full-text.ts';

/** How many words stand before the first hit, and how many in all. */
const BEFORE = 8;
const LENGTH = 30;

const WORD = /[\p{L}\p{N}]+/gu;

type Word = { start: number; end: number; hit: boolean };

/** Something sought, word by word. */
type Piece = { words: readonly string[]; prefix: boolean };

/**
 * The part of the first text in which something sought stands, at most 30 words, each hit between `**`; where more stands before or
 * after, "…". Nothing when no text has any of it. Of a long text, only what stands near the hit is told apart into words.
 */
export function snippetOf(texts: readonly string[], sought: readonly SearchTerm[]): string | undefined {
  const pieces = sought.map(pieceOf);
  const beginnings = beginningsOf(pieces);
  for (const text of texts) {
    const candidate = fold(text).search(beginnings);
    if (candidate < 0) continue;
    // Folding may move what stands in a text: where nothing is found near the candidate, the text is read from its start.
    for (const from of new Set([wordBefore(text, candidate), 0])) {
      const words = wordsOf(text, from, pieces);
      const first = words.findIndex(({ hit }) => hit);
      if (first >= 0) return excerpt(text, words, { first: Math.max(0, first - BEFORE), from });
    }
  }
  return undefined;
}

/** Makes a test of texts: whether every one of the words, phrases and beginnings that are sought stands in a text. Each text is read once. */
export function hasAll(sought: readonly SearchTerm[]): (text: string) => boolean {
  const pieces = sought.map(pieceOf);
  return (text) => {
    const folded = fold(text);
    // Most texts lack a word, which is seen without telling their words apart.
    if (!pieces.every(({ words }) => folded.includes(words[0] ?? ''))) return false;
    const words = folded.match(WORD) ?? [];
    return pieces.every((piece) => words.some((_, place) => standsAt(words, place, piece)));
  };
}

const pieceOf = ({ text, prefix }: SearchTerm): Piece => ({ words: Array.from(text.matchAll(WORD), ([word]) => fold(word)), prefix });

/** Finds in a folded text where anything sought may begin. */
function beginningsOf(pieces: readonly Piece[]): RegExp {
  const first = pieces.flatMap(({ words: [word, ...more], prefix }) => {
    if (word === undefined) return [];
    const literal = word.replaceAll(/[^\p{L}\p{N}]/gu, '.');
    return [prefix && more.length === 0 ? literal : `${literal}(?![\\p{L}\\p{N}])`];
  });
  return new RegExp(first.length === 0 ? '(?!)' : `(?<![\\p{L}\\p{N}])(?:${first.join('|')})`, 'u');
}

/** How many characters before a candidate are read, for the words that are shown before it. */
const CHARACTERS_BEFORE = 400;

/** Where a word begins so far before a place that enough words stand between. */
const wordBefore = (text: string, place: number): number =>
  place <= CHARACTERS_BEFORE ? 0 : text.indexOf(' ', place - CHARACTERS_BEFORE) + 1;

/** The words of a text from a place on, as far as all that is sought stands in the words that are shown after the first hit. */
function wordsOf(text: string, from: number, pieces: readonly Piece[]): Word[] {
  const words: Word[] = [];
  const folded: string[] = [];
  const longest = Math.max(1, ...pieces.map((piece) => piece.words.length));
  let compared = 0;
  let end = Infinity;
  const compare = () => {
    const standing = pieces.filter((piece) => standsAt(folded, compared, piece));
    for (const piece of standing) for (const word of words.slice(compared, compared + piece.words.length)) word.hit = true;
    if (standing.length > 0 && end === Infinity) end = compared + LENGTH;
    compared += 1;
  };
  const word = new RegExp(WORD, 'gu');
  word.lastIndex = from;
  for (const { 0: found, index } of text.matchAll(word)) {
    if (compared > end) return words;
    words.push({ start: index, end: index + found.length, hit: false });
    folded.push(fold(found));
    if (words.length - compared >= longest) compare();
  }
  while (compared < words.length) compare();
  return words;
}

function standsAt(words: readonly string[], place: number, { words: wanted, prefix }: Piece): boolean {
  if (wanted.length === 0 || place + wanted.length > words.length) return false;
  const last = wanted.length - 1;
  return wanted.every((word, index) => isWord(words[place + index]!, word, prefix && index === last));
}

const isWord = (word: string, wanted: string, prefix: boolean): boolean => (prefix ? word.startsWith(wanted) : word === wanted);

function excerpt(text: string, words: readonly Word[], { first, from }: { first: number; from: number }): string {
  const shown = words.slice(first, first + LENGTH);
  const cutAfter = first + LENGTH < words.length;
  const isBeginning = first === 0 && from === 0;
  let at = isBeginning ? 0 : shown[0]!.start;
  let marked = isBeginning ? '' : '… ';
  for (const { start, end, hit } of shown) {
    marked += text.slice(at, start) + (hit ? `**${text.slice(start, end)}**` : text.slice(start, end));
    at = end;
  }
  return (marked + (cutAfter ? ' …' : text.slice(at))).replace(/\s+/g, ' ').trim();
}

const fold = (word: string): string => foldDiacritics(word).toLowerCase();
