import { type Word, wordsOf } from '../../../domain/full-text/words.ts';

/** A part of a text, and whether it is one of those looked for. */
export type Part = { text: string; isHit: boolean };

/** A word or a phrase that is looked for: folded words, of which the last may be a beginning. */
export type Wanted = { words: readonly string[]; isBeginning: boolean };

/** The words, phrases and beginnings (`kaz*`) that an answer says it looked for: `words` of its `query`, other forms of the words asked among them. */
export function wantedOf(words: readonly string[]): Wanted[] {
  const wanted = words.map((each) => ({ words: foldedWords(each), isBeginning: each.endsWith('*') }));
  return wanted.filter((each) => each.words.length > 0);
}

/** Every typed word as the beginning of a word. */
export function wantedBeginnings(typed: string): Wanted[] {
  return foldedWords(typed).map((word) => ({ words: [word], isBeginning: true }));
}

/** The words of a text as they are compared. */
export function foldedWords(text: string): string[] {
  return wordsOf(text).map(({ folded }) => folded);
}

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
