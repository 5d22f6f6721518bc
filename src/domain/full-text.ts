import { AnnalsError } from './errors.ts';
import { firstUnits } from './first-units.ts';

/** One thing that must occur: a word, a phrase of several, or the beginning of a word; of that, `words` are all that begin so, where they are known. */
export type Sought = { text: string; prefix: boolean; words?: readonly string[] };

/** How many words and phrases a query may have. */
const SOUGHT_MAX = 20;

const PIECE = /"([^"]*)"?(\*?)|([^\s"]+)/gu;
const WORD_CHARACTER = /[\p{L}\p{N}]/u;

/** A quote would end the quoted piece, and NUL the whole expression. */
// oxlint-disable-next-line no-control-regex -- NUL is what is looked for
const NEVER_QUOTED = /["\u0000]/g;

/**
 * A text query: words, "phrases", prefix*. Anything else is punctuation, which separates words; no character has any
 * other meaning; typographic quotes are quotes. What is given twice is sought once. Throws `invalid-request` for a query without a letter or digit, or with more than 20 words and phrases.
 */
export function parseFullText(query: string): Sought[] {
  const sought: Sought[] = [];
  for (const [, phrase, star, word] of query.replaceAll(/[“”„«»]/g, '"').matchAll(PIECE)) {
    const text = phrase ?? word!.replace(/\*+$/, '');
    if (WORD_CHARACTER.test(text)) sought.push({ text, prefix: phrase === undefined ? word!.endsWith('*') : star === '*' });
  }
  if (sought.length === 0) throw unsearchable(`q="${firstUnits(query, 60)}" has no word to look for: give at least one letter or digit`);
  if (sought.length > SOUGHT_MAX) throw unsearchable(`q has ${sought.length} words and phrases: give at most ${SOUGHT_MAX}`);
  return [...new Map(sought.map((piece) => [`${piece.text.toLowerCase()}${piece.prefix ? '*' : ''}`, piece])).values()];
}

/**
 * The single words that must occur for all that is sought to occur: those that are given as a whole, and those of which only the beginning
 * is. Where two words meet is a guess, good enough to count them.
 */
export function wordsOf(sought: readonly Sought[]): { exact: Sought[]; begun: Sought[] } {
  const all = sought.flatMap(({ text, prefix, ...known }): Sought[] => {
    const parts = text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
    return parts.map((part, index) =>
      prefix && index === parts.length - 1 ? { text: part, prefix, ...known } : { text: part, prefix: false },
    );
  });
  return { exact: all.filter(({ prefix }) => !prefix), begun: all.filter(({ prefix }) => prefix) };
}

/** The beginning of a word with which something sought ends, as the index has it; nothing where that is more than a matter of case. */
export const beginningOf = ({ text }: Sought): string | undefined => /(?<![\p{L}\p{N}\p{M}])[a-z0-9а-я]+$/iu.exec(text)?.[0].toLowerCase();

/** Words that could be a tag of the interval index, or its beginning, if columns were not told apart. */
const LIKE_TAG = /(?:^|[^\p{L}\p{N}\p{M}])(?:[tl]\p{N}*|y\p{L}*)(?:$|[^\p{L}\p{N}\p{M}])/iu;

/**
 * A text query as an FTS5 expression over the columns that hold text. Every piece is quoted, so that nothing in it is FTS5 syntax. A word that
 * cannot be a tag is sought without naming columns: FTS5 then need not look at where it stands, which takes half the time.
 */
export function toMatch(sought: readonly Sought[]): string {
  const pieces = sought.map((piece) =>
    piece.words ? `(${spelledOut(piece, piece.words).join(' OR ')})` : `${quoted(piece.text)}${piece.prefix ? ' *' : ''}`,
  );
  const columns = sought.some(({ text }) => LIKE_TAG.test(text)) ? '{title names body} : ' : '';
  return `${columns}(${pieces.join(' AND ')})`;
}

const quoted = (text: string): string => `"${text.replaceAll(NEVER_QUOTED, ' ')}"`;

/** A text query with each of the words in place of their beginning. */
const spelledOut = (piece: Sought, words: readonly string[]): string[] =>
  words.map((word) => quoted(piece.text.slice(0, -beginningOf(piece)!.length) + word));

function unsearchable(message: string): AnnalsError {
  return new AnnalsError('invalid-request', message, [{ parameter: 'q', message }]);
}
