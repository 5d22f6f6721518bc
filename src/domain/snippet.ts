import { foldDiacritics } from './name.ts';
import type { Sought } from './full-text.ts';

/** How many words stand before the first hit, and how many in all. */
const BEFORE = 8;
const LENGTH = 30;

const WORD = /[\p{L}\p{N}]+/gu;

type Word = { start: number; end: number; folded: string; hit: boolean };

/** Something sought, word by word. */
type Piece = { words: readonly string[]; prefix: boolean };

/**
 * The part of the first text in which something sought stands, at most 30 words, each hit between `**`; where more stands before or
 * after, "…". Nothing when no text has any of it. A text is read as far as the part goes.
 */
export function snippetOf(texts: readonly string[], sought: readonly Sought[]): string | undefined {
  const pieces = sought.map(pieceOf);
  for (const text of texts) {
    const words = wordsOf(text, pieces, LENGTH);
    const first = words.findIndex(({ hit }) => hit);
    if (first >= 0) return excerpt(text, words, Math.max(0, first - BEFORE));
  }
  return undefined;
}

/** Whether every one of the words, phrases and beginnings that are sought stands in the text. */
export function hasAll(text: string, sought: readonly Sought[]): boolean {
  return sought.every((piece) => wordsOf(text, [pieceOf(piece)], 0).some(({ hit }) => hit));
}

const pieceOf = ({ text, prefix }: Sought): Piece => ({ words: Array.from(text.matchAll(WORD), ([word]) => fold(word)), prefix });

/** The words of a text, as far as all that is sought stands in the `more` words after the first hit. */
function wordsOf(text: string, pieces: readonly Piece[], more: number): Word[] {
  const words: Word[] = [];
  const longest = Math.max(1, ...pieces.map((piece) => piece.words.length));
  let compared = 0;
  let end = Infinity;
  const compare = () => {
    if (markAt(words, compared, pieces) && end === Infinity) end = compared + more;
    compared += 1;
  };
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (compared > end) return words;
    words.push({ start: index, end: index + word.length, folded: fold(word), hit: false });
    if (words.length - compared >= longest) compare();
  }
  while (compared < words.length) compare();
  return words;
}

/** Marks the words of every piece that stands at a place. Answers whether any does. */
function markAt(words: readonly Word[], place: number, pieces: readonly Piece[]): boolean {
  const standing = pieces.filter((piece) => standsAt(words, place, piece));
  for (const piece of standing) for (const word of words.slice(place, place + piece.words.length)) word.hit = true;
  return standing.length > 0;
}

function standsAt(words: readonly Word[], place: number, { words: wanted, prefix }: Piece): boolean {
  if (wanted.length === 0 || place + wanted.length > words.length) return false;
  const last = wanted.length - 1;
  return wanted.every((word, index) => isWord(words[place + index]!.folded, word, prefix && index === last));
}

const isWord = (word: string, wanted: string, prefix: boolean): boolean => (prefix ? word.startsWith(wanted) : word === wanted);

function excerpt(text: string, words: readonly Word[], first: number): string {
  const shown = words.slice(first, first + LENGTH);
  const cutAfter = first + LENGTH < words.length;
  let at = first === 0 ? 0 : shown[0]!.start;
  let marked = first === 0 ? '' : '… ';
  for (const { start, end, hit } of shown) {
    marked += text.slice(at, start) + (hit ? `**${text.slice(start, end)}**` : text.slice(start, end));
    at = end;
  }
  return (marked + (cutAfter ? ' …' : text.slice(at))).replace(/\s+/g, ' ').trim();
}

const fold = (word: string): string => foldDiacritics(word).toLowerCase();
