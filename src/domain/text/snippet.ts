import { fold } from './fold.ts';
import type { SearchTerm } from './full-text.ts';

/** Words of a snippet before the first hit. */
const WORDS_BEFORE = 8;

/** Words of a snippet. */
const WORDS = 30;

const WORD = /[\p{L}\p{N}]+/gu;

type TextWord = { start: number; end: number; hit: boolean };

/** A search term, word by word. */
type Piece = { words: readonly string[]; prefix: boolean };

/**
 * Returns up to 30 words of the first text that has a search term, each hit between `**`, with "…" in place of the text before and after.
 * Returns undefined if no text has a term. A long text is split into words near the hit only.
 */
export function snippetOf(texts: readonly string[], terms: readonly SearchTerm[]): string | undefined {
  const pieces = terms.map(pieceOf);
  const starts = startPattern(pieces);
  for (const text of texts) {
    const candidate = fold(text).search(starts);
    if (candidate < 0) continue;
    // Folding may change offsets: without a hit near the candidate, the text is read from its start.
    for (const from of new Set([wordBefore(text, candidate), 0])) {
      const words = wordsOf(text, from, pieces);
      const first = words.findIndex(({ hit }) => hit);
      if (first >= 0) return excerpt(text, words, { first: Math.max(0, first - WORDS_BEFORE), from });
    }
  }
  return undefined;
}

/** Makes a predicate: a text has all search terms. It reads each text once. */
export function hasAll(terms: readonly SearchTerm[]): (text: string) => boolean {
  const pieces = terms.map(pieceOf);
  return (text) => {
    const folded = fold(text);
    // Most texts lack a word, which is found without splitting them into words.
    if (!pieces.every(({ words }) => folded.includes(words[0] ?? ''))) return false;
    const words = folded.match(WORD) ?? [];
    return pieces.every((piece) => words.some((_, index) => matchesAt(words, index, piece)));
  };
}

const pieceOf = ({ text, prefix }: SearchTerm): Piece => ({ words: Array.from(text.matchAll(WORD), ([word]) => fold(word)), prefix });

/** A pattern of the places of a folded text where a term may start. */
function startPattern(pieces: readonly Piece[]): RegExp {
  const first = pieces.flatMap(({ words: [word, ...more], prefix }) => {
    if (word === undefined) return [];
    const literal = word.replaceAll(/[^\p{L}\p{N}]/gu, '.');
    return [prefix && more.length === 0 ? literal : `${literal}(?![\\p{L}\\p{N}])`];
  });
  return new RegExp(first.length === 0 ? '(?!)' : `(?<![\\p{L}\\p{N}])(?:${first.join('|')})`, 'u');
}

/** Characters read before a candidate, for the words before it. */
const CHARACTERS_BEFORE = 400;

/** The start of a word far enough before an offset for the words between them. */
const wordBefore = (text: string, offset: number): number =>
  offset <= CHARACTERS_BEFORE ? 0 : text.indexOf(' ', offset - CHARACTERS_BEFORE) + 1;

/** The words of a text from an offset on, until all those of the snippet are compared with the terms. */
function wordsOf(text: string, from: number, pieces: readonly Piece[]): TextWord[] {
  const words: TextWord[] = [];
  const folded: string[] = [];
  const longest = Math.max(1, ...pieces.map((piece) => piece.words.length));
  let compared = 0;
  let end = Infinity;
  const compare = () => {
    const matching = pieces.filter((piece) => matchesAt(folded, compared, piece));
    for (const piece of matching) for (const word of words.slice(compared, compared + piece.words.length)) word.hit = true;
    if (matching.length > 0 && end === Infinity) end = compared + WORDS;
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

function matchesAt(words: readonly string[], at: number, { words: wanted, prefix }: Piece): boolean {
  if (wanted.length === 0 || at + wanted.length > words.length) return false;
  const last = wanted.length - 1;
  return wanted.every((word, index) => isWord(words[at + index]!, word, prefix && index === last));
}

const isWord = (word: string, wanted: string, prefix: boolean): boolean => (prefix ? word.startsWith(wanted) : word === wanted);

function excerpt(text: string, words: readonly TextWord[], { first, from }: { first: number; from: number }): string {
  const shown = words.slice(first, first + WORDS);
  const cutAfter = first + WORDS < words.length;
  const isStart = first === 0 && from === 0;
  let at = isStart ? 0 : shown[0]!.start;
  let marked = isStart ? '' : '… ';
  for (const { start, end, hit } of shown) {
    marked += text.slice(at, start) + (hit ? `**${text.slice(start, end)}**` : text.slice(start, end));
    at = end;
  }
  return (marked + (cutAfter ? ' …' : text.slice(at))).replace(/\s+/g, ' ').trim();
}
