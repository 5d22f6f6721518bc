import { invalidParameter } from '../errors.ts';
import { firstUnits } from './first-units.ts';

/**
 * A term of a text query, which must occur: a word, a phrase of several, or a prefix, which the last word of `text` begins with. `expansions` are
 * the indexed words with that prefix, if they are known.
 */
export type SearchTerm = { text: string; prefix: boolean; expansions?: readonly string[] };

/** Maximum number of terms of a query. */
const TERMS_MAX = 20;

const TERM = /"([^"]*)"?(\*?)|([^\s"]+)/gu;
const WORD_CHARACTER = /[\p{L}\p{N}]/u;

/** Characters that FTS5 would read as syntax within quotes: a quote ends the term, NUL the expression. */
// oxlint-disable-next-line no-control-regex -- the expression must match NUL
const NEVER_QUOTED = /["\u0000]/g;

/**
 * Parses a text query: words, "phrases", prefix*. All other characters are punctuation, which separates words; typographic quotes are quotes.
 * A repeated term counts once. Throws `invalid-request` for a query without a letter or digit, or with more than 20 terms.
 */
export function parseSearchTerms(query: string): SearchTerm[] {
  const terms: SearchTerm[] = [];
  for (const [, phrase, star, word] of query.replaceAll(/[“”„«»]/g, '"').matchAll(TERM)) {
    const text = phrase ?? word!.replace(/\*+$/, '');
    if (WORD_CHARACTER.test(text)) terms.push({ text, prefix: phrase === undefined ? word!.endsWith('*') : star === '*' });
  }
  if (terms.length === 0)
    throw invalidParameter('q', `q="${firstUnits(query, 60)}" has no word to look for: give at least one letter or digit`);
  if (terms.length > TERMS_MAX) throw invalidParameter('q', `q has ${terms.length} words and phrases: give at most ${TERMS_MAX}`);
  return [...new Map(terms.map((term) => [`${term.text.toLowerCase()}${term.prefix ? '*' : ''}`, term])).values()];
}

/** The single words of terms, whole words and prefixes apart. Word boundaries are a guess, good enough to count words. */
export function wordsOf(terms: readonly SearchTerm[]): { whole: SearchTerm[]; prefixes: SearchTerm[] } {
  const words = terms.flatMap((term) => {
    const parts = term.text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
    return parts.map((text, index) => (index === parts.length - 1 ? { ...term, text } : { text, prefix: false }));
  });
  return { whole: words.filter(({ prefix }) => !prefix), prefixes: words.filter(({ prefix }) => prefix) };
}

/** The prefix at the end of a term, as the index has it; undefined if folding it takes more than lower case. */
export const prefixOf = ({ text }: SearchTerm): string | undefined => /(?<![\p{L}\p{N}\p{M}])[a-z0-9а-я]+$/iu.exec(text)?.[0].toLowerCase();

/** Words that may be a tag of the interval index, or the prefix of one, unless columns are named. */
const LIKE_TAG = /(?:^|[^\p{L}\p{N}\p{M}])(?:[tl]\p{N}*|y\p{L}*)(?:$|[^\p{L}\p{N}\p{M}])/iu;

/**
 * The FTS5 expression of terms in the columns that hold text. Every term is quoted, so it has no FTS5 syntax. Columns are named only if a term
 * may be a tag: without them, FTS5 need not look at positions, which takes half the time.
 */
export function toMatch(terms: readonly SearchTerm[]): string {
  const parts = terms.map((term) =>
    term.expansions ? `(${expanded(term, term.expansions).join(' OR ')})` : `${quoted(term.text)}${term.prefix ? ' *' : ''}`,
  );
  const columns = terms.some(({ text }) => LIKE_TAG.test(text)) ? '{title names body} : ' : '';
  return `${columns}(${parts.join(' AND ')})`;
}

const quoted = (text: string): string => `"${text.replaceAll(NEVER_QUOTED, ' ')}"`;

/** A term with each of the words in place of its prefix. */
const expanded = (term: SearchTerm, words: readonly string[]): string[] =>
  words.map((word) => quoted(term.text.slice(0, -prefixOf(term)!.length) + word));
