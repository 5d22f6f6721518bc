import { foldDiacritics } from './name.ts';
import type { Sought } from './full-text.ts';

/** How many words stand before the first hit, and how many in all. */
const BEFORE = 8;
const LENGTH = 30;

const WORD = /[\p{L}\p{N}]+/gu;

type Word = { start: number; end: number; hit: boolean };

/**
 * The part of the first text in which something sought stands, at most 30 words, each hit between `**`; where more stands before or
 * after, "…". Nothing when no text has any of it.
 */
export function snippetOf(texts: readonly string[], sought: readonly Sought[]): string | undefined {
  for (const text of texts) {
    const words = wordsOf(text, sought);
    const first = words.findIndex(({ hit }) => hit);
    if (first >= 0) return excerpt(text, words, Math.max(0, first - BEFORE));
  }
  return undefined;
}

/** Whether every one of the words, phrases and beginnings that are sought stands in the text. */
export function hasAll(text: string, sought: readonly Sought[]): boolean {
  return sought.every((piece) => wordsOf(text, [piece]).some(({ hit }) => hit));
}

function wordsOf(text: string, sought: readonly Sought[]): Word[] {
  const words = [...text.matchAll(WORD)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    folded: fold(match[0]),
    hit: false,
  }));
  for (const piece of sought) {
    const wanted = fold(piece.text).match(WORD) ?? [];
    for (let first = 0; first + wanted.length <= words.length; first += 1) {
      const found = words.slice(first, first + wanted.length);
      if (found.every(({ folded }, index) => isWord(folded, wanted[index]!, piece.prefix && index === wanted.length - 1))) {
        for (const word of found) word.hit = true;
      }
    }
  }
  return words;
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
