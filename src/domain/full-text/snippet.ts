import { fold } from '../text/fold.ts';
import { holds, type Phrase, phrasesIn, type TextExpression } from './text-query.ts';
import { type Word, wordsOf } from './words.ts';

/** Words of a snippet before the first hit. */
const WORDS_BEFORE = 8;

/** Words of a snippet. */
const WORDS = 30;

/** Characters of a snippet before the first hit, at most: some words are very long. */
const CHARACTERS_BEFORE = 400;

/** Words of a text that are looked at before all of it is. */
const FIRST_WORDS = 500;

/**
 * Returns up to 30 words of the first text in which a phrase of the expressions stands, each hit between `**`, with "…" in place of the text before
 * and after. Returns undefined if no text has one. Most texts have none and are not split into words, unless a word stands nowhere as it is folded.
 */
export function snippetOf(texts: readonly string[], expressions: readonly TextExpression[]): string | undefined {
  const find = finderOf(expressions);
  const firstWords = [...new Set(expressions.flatMap(phrasesIn).map(({ words }) => words[0]!))];
  for (const text of texts) {
    const from = placeBefore(text, firstWords);
    const snippet = from === undefined ? undefined : snippetFrom(text, from, find);
    if (snippet !== undefined) return snippet;
  }
  for (const text of texts) {
    const snippet = snippetFrom(text, 0, find);
    if (snippet !== undefined) return snippet;
  }
  return undefined;
}

/** A place in a text, between two words, from which a snippet with the first of some folded words may begin; undefined if it has none of them. */
function placeBefore(text: string, words: readonly string[]): number | undefined {
  const folded = fold(text);
  const places = words.map((word) => folded.indexOf(word)).filter((place) => place >= 0);
  if (places.length === 0) return undefined;
  const before = Math.min(...places) - CHARACTERS_BEFORE;
  // Folding may change lengths: then the text is read from its start.
  return before <= 0 || folded.length !== text.length ? 0 : text.indexOf(' ', before) + 1;
}

function snippetFrom(text: string, from: number, find: Finder): string | undefined {
  const rest = text.slice(from);
  const read = (most?: number) => snippetIn(rest, wordsOf(rest, most), { find, isStart: from === 0 });
  return read(FIRST_WORDS) ?? (rest.length > FIRST_WORDS ? read() : undefined);
}

/** Makes a predicate: all expressions hold for a text. It reads each text once. */
export function hasAll(expressions: readonly TextExpression[]): (text: string) => boolean {
  const find = finderOf(expressions);
  return (text) => {
    const folded = fold(text);
    // Most texts lack a word, which is found without splitting them into words.
    const may = ({ words }: Phrase) => folded.includes(words[0]!) || JOINED.test(text);
    if (!expressions.every((expression) => holds(expression, may))) return false;
    const words = wordsOf(text);
    const found = new Set(words.flatMap((_, index) => find(words, index)));
    return expressions.every((expression) => holds(expression, (phrase) => found.has(phrase)));
  };
}

/** Characters that a word of a text may have and its folded form lacks. */
const JOINED = /[.,'’‘‛`´′＇׳״&\u00A0\u202F]/u;

/** Returns the phrases that stand in a text from the word with an index on. */
type Finder = (words: readonly Word[], index: number) => Phrase[];

/** A finder of the phrases in expressions. */
function finderOf(expressions: readonly TextExpression[]): Finder {
  const byFirstWord = new Map<string, Phrase[]>();
  const beginnings: Phrase[] = [];
  for (const phrase of expressions.flatMap(phrasesIn)) {
    const first = phrase.words[0]!;
    if (phrase.prefix && phrase.words.length === 1) beginnings.push(phrase);
    else byFirstWord.set(first, [...(byFirstWord.get(first) ?? []), phrase]);
  }
  return (words, index) => [
    ...(byFirstWord.get(words[index]!.folded) ?? []).filter((phrase) => standsAt(words, index, phrase)),
    ...beginnings.filter((phrase) => standsAt(words, index, phrase)),
  ];
}

function standsAt(words: readonly Word[], index: number, { words: wanted, prefix }: Phrase): boolean {
  const last = wanted.length - 1;
  return wanted.every((word, at) => {
    const found = words[index + at]?.folded;
    return prefix && at === last ? found?.startsWith(word) : found === word;
  });
}

/** `isStart`: no text stands before this one. */
function snippetIn(text: string, words: readonly Word[], { find, isStart }: { find: Finder; isStart: boolean }): string | undefined {
  const hits = new Set<number>();
  let end = words.length;
  let first: number | undefined;
  for (let index = 0; index < end; index += 1)
    for (const phrase of find(words, index)) {
      for (const [at] of phrase.words.entries()) hits.add(index + at);
      first ??= firstShown(words, index);
      end = Math.min(end, first + WORDS);
    }
  return first === undefined ? undefined : excerpt(text, words, { first, hits, isStart: isStart && first === 0 });
}

function firstShown(words: readonly Word[], hit: number): number {
  let first = hit;
  while (first > 0 && hit - first < WORDS_BEFORE && words[hit]!.start - words[first - 1]!.start < CHARACTERS_BEFORE) first -= 1;
  return first;
}

function excerpt(
  text: string,
  words: readonly Word[],
  { first, hits, isStart }: { first: number; hits: ReadonlySet<number>; isStart: boolean },
): string {
  const next = words[first + WORDS];
  let at = isStart ? 0 : words[first]!.start;
  let marked = isStart ? '' : '… ';
  for (const [index, { start, end }] of words.slice(first, first + WORDS).entries()) {
    const word = text.slice(start, end);
    marked += text.slice(at, start) + (hits.has(first + index) ? `**${word}**` : word);
    at = end;
  }
  const shown = (marked + (next ? ' …' : text.slice(at))).replace(/\s+/g, ' ').trim();
  // Characters of a script without spaces are words of their own: marks between them say nothing.
  return shown.replaceAll('****', '');
}
