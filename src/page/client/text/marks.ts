import { type AskedTerm, parseTextQuery, runsOf } from '../../../domain/full-text/text-query.ts';
import { isUnspaced, segmented, type Word, wordsOf } from '../../../domain/full-text/words.ts';

/** A part of a text, and whether it is one of those looked for. */
export type Part = { text: string; isHit: boolean };

/** A word or a phrase that is looked for: folded words, of which the last may be a beginning. */
export type Wanted = { words: readonly string[]; isBeginning: boolean };

/** The words and phrases of a query, less those it excludes, and the other forms of its words where these are known. None of a query that cannot be read. */
export function wantedOf(q: string, forms: readonly string[] = []): Wanted[] {
  return [...termsOf(q).flatMap(wantedTerms), ...forms.flatMap((form) => phrase(wordsOf(form)))];
}

function termsOf(q: string): AskedTerm[] {
  try {
    return parseTextQuery(q).clauses.flat();
  } catch {
    return [];
  }
}

/** Every typed word as the beginning of a word. */
export function wantedBeginnings(typed: string): Wanted[] {
  return foldedWords(typed).map((word) => ({ words: [word], isBeginning: true }));
}

/** The words of a text as they are compared. */
export function foldedWords(text: string): string[] {
  return wordsOf(text).map(({ folded }) => folded);
}

function wantedTerms({ kind, words }: AskedTerm): Wanted[] {
  if (kind !== 'words') return phrase(words).map((wanted) => ({ ...wanted, isBeginning: kind === 'prefix' }));
  return runsOf(words).flatMap((run) => {
    if (!isUnspaced(run[0]!)) return phrase(run);
    return segmented(run.map(({ letters }) => letters).join('')).flatMap((segment) => phrase(wordsOf(segment)));
  });
}

const phrase = (words: readonly Word[]): Wanted[] =>
  words.length === 0 ? [] : [{ words: words.map(({ folded }) => folded), isBeginning: false }];

/** The text in parts, those that match a wanted word or phrase apart. Its parts joined are the text. */
export function markedParts(text: string, wanted: readonly Wanted[]): Part[] {
  const words = wanted.length === 0 ? [] : wordsOf(text);
  const ranges = words.flatMap((first, at) =>
    wanted.flatMap((each): [start: number, end: number][] => {
      const last = words[at + each.words.length - 1];
      return last && standsAt(words, at, each) ? [[first.start, last.end]] : [];
    }),
  );
  return partsOf(text, ranges);
}

function standsAt(words: readonly Word[], at: number, { words: wanted, isBeginning }: Wanted): boolean {
  return wanted.every((word, index) => {
    const found = words[at + index]?.folded ?? '';
    return isBeginning && index === wanted.length - 1 ? found.startsWith(word) : found === word;
  });
}

/** The text of a snippet, in which the API writes matched words between two asterisks. */
export function partsOfSnippet(snippet: string): Part[] {
  const parts = snippet.split('**').map((text, index) => ({ text, isHit: index % 2 === 1 }));
  return parts.filter(({ text }) => text !== '');
}

/** The forms in which snippets have the words that were asked for: `drugs` where `drug` was asked. */
export function formsIn(snippets: readonly string[]): string[] {
  return [...new Set(snippets.flatMap(partsOfSnippet).flatMap(({ text, isHit }) => (isHit ? [text] : [])))];
}

/** The text cut at its ranges, which may overlap. */
function partsOf(text: string, ranges: readonly (readonly [start: number, end: number])[]): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const [start, end] of ranges) {
    if (end <= at) continue;
    parts.push({ text: text.slice(at, Math.max(at, start)), isHit: false }, { text: text.slice(Math.max(at, start), end), isHit: true });
    at = end;
  }
  return [...parts, { text: text.slice(at), isHit: false }].filter((part) => part.text !== '');
}
