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

function wordsOf(text: string, sought: readonly Sought[]): Word[] {
  const wanted = sought.flatMap(({ text: piece, prefix }) => {
    const pieces = fold(piece).match(WORD) ?? [];
    return pieces.map((word, index) => ({ word, prefix: prefix && index === pieces.length - 1 }));
  });
  return [...text.matchAll(WORD)].map((match) => {
    const word = fold(match[0]);
    const hit = wanted.some((each) => (each.prefix ? word.startsWith(each.word) : word === each.word));
    return { start: match.index, end: match.index + match[0].length, hit };
  });
}

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
