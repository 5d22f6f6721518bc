import { z } from 'zod';
import { invalidParameter } from '../../domain/errors.ts';
import { parseSearchTerms, prefixOf, type SearchTerm, toMatch, wordsOf } from '../../domain/text/full-text.ts';
import { RECORD_TYPES } from '../../domain/record-type.ts';
import { offloadIf, type Reader, type Statement } from '../../storage/port.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';
import { countUpTo } from '../lists/page.ts';
import { COUNTED_MAX, LIGHT_LOOKUPS_MAX, LOOKUP_MAX } from '../plan/costs.ts';
import type { TextQuery } from '../plan/query.ts';
import { filter } from './filter.ts';

const { fullText } = dialect;

/**
 * Maximum number of words that the prefixes of one query expand to together. FTS5 reads all rows of a prefix before it returns one; the rows
 * of words it reads as far as they are needed.
 */
const EXPANSIONS_MAX = 1200;

/** Maximum number of prefixes of a query that are left to FTS5 because they expand to more words. */
const UNEXPANDED_MAX = 2;

/** The number of words of which the rows of each are counted up to `COUNTED_MAX` in some 5 ms. */
const LIGHT_WORDS_MAX = 4;

/** The greatest character: every word with a prefix comes before the prefix followed by it. */
const LAST_CHARACTER = '\u{10FFFF}';

/**
 * Parses the parameter `q` and estimates its cost. Whole words are counted first: one that is in no text ends the query before any prefix is
 * expanded. Throws `invalid-request`, also if more than two prefixes expand to too many words.
 */
export async function parseText(reader: Reader, q: string): Promise<TextQuery> {
  const parsed = parseSearchTerms(q);
  const { whole, prefixes } = wordsOf(parsed);
  const words = [...new Map(whole.map((word) => [word.text.toLowerCase(), word])).values()];
  const frequencies = await documentFrequencies(reader, words, LOOKUP_MAX);
  for (const [index, word] of words.entries())
    if (frequencies[index] === 0 && (await isIndexable(reader, word))) return matchingNothing(word);
  const indexed = words.filter((_, index) => frequencies[index] !== 0);
  const lowest = Math.min(COUNTED_MAX + 1, ...frequencies.filter((rows) => rows > 0));
  const isSelective = lowest <= LOOKUP_MAX;
  if (prefixes.length === 0) {
    const documentFrequency = isSelective ? lowest : await lowestFrequency(reader, indexed);
    return { searchTerms: parsed, documentFrequency, isLight: documentFrequency * whole.length <= LIGHT_LOOKUPS_MAX };
  }
  const searchTerms = await expandPrefixes(reader, parsed);
  const absent = searchTerms.find(({ expansions }) => expansions?.length === 0);
  if (absent) return matchingNothing({ text: absent.text, prefix: true });
  refuseUnexpanded(searchTerms);
  if (isSelective) return { searchTerms, documentFrequency: lowest, isLight: false };
  const expanded = wordsOf(searchTerms).prefixes.filter(({ expansions }) => expansions !== undefined);
  const bounds = [await lowestFrequency(reader, indexed), await lowestFrequency(reader, expanded)];
  return { searchTerms, documentFrequency: Math.min(...bounds), isLight: false };
}

const matchingNothing = (term: SearchTerm): TextQuery => ({ searchTerms: [term], documentFrequency: 0, isLight: true });

/** Counts the rows of the full text that have each word, up to `most` and one more. */
async function documentFrequencies(reader: Reader, words: readonly SearchTerm[], most: number): Promise<number[]> {
  // FTS5 merges the rows of all words with a prefix before it returns the first.
  const isHeavy = words.some(({ prefix }) => prefix) || (most > LOOKUP_MAX && words.length > LIGHT_WORDS_MAX);
  const counts = words.map((word) => ({ ...countMatches(toMatch([word]), most), ...offloadIf(isHeavy) }));
  const answers = await reader.read(counts);
  return answers.map(([row]) => row![0]);
}

/** The lowest document frequency of the words, counted up to `COUNTED_MAX` and one more. */
async function lowestFrequency(reader: Reader, words: readonly SearchTerm[]): Promise<number> {
  return Math.min(COUNTED_MAX + 1, ...(await documentFrequencies(reader, words, COUNTED_MAX)));
}

/** A letter or digit in every version of the tokenizer of the full text. */
const SURE_LETTER = /[a-z0-9а-я]/iu;

/**
 * Tells whether a word that no row has is a word to the tokenizer. A character that it does not know is a space to it, within a phrase too:
 * after the tag that every record has, a space changes nothing, and a word matches nothing.
 */
async function isIndexable(reader: Reader, { text }: SearchTerm): Promise<boolean> {
  if (SURE_LETTER.test(text)) return true;
  const anyRecord = `tags : (${RECORD_TYPES.map((type) => `"y${type} ${text}"`).join(' OR ')})`;
  const [rows] = await reader.read([countMatches(anyRecord, 0)]);
  return rows[0]![0] === 0;
}

/** Counts the rows of the full text that match an expression, up to `most` and one more. */
export const countMatches = (match: string, most: number): Statement<[count: number]> =>
  countUpTo(`SELECT 1 FROM ${fullText.from('f')} WHERE ${fullText.matches('f', ':match')}`, { match }, most);

/**
 * Expands the prefixes of terms to the indexed words that have them. Each prefix may have its share of the words, the longest first, as they have
 * the fewest; prefixes with more words are then expanded as far as all words that are left suffice. Stops at a prefix that no word has.
 */
async function expandPrefixes(reader: Reader, terms: readonly SearchTerm[]): Promise<SearchTerm[]> {
  const expanded = [...terms];
  const prefixes = terms
    .flatMap((term, index) => (term.prefix ? { index, prefix: prefixOf(term) ?? '' } : []))
    .filter(({ prefix }) => prefix !== '')
    .toSorted((a, b) => b.prefix.length - a.prefix.length);
  const share = Math.floor(EXPANSIONS_MAX / prefixes.length);
  let left = EXPANSIONS_MAX;
  /** Expands a prefix that has at most `most` words; returns false for others. */
  async function expand({ index, prefix }: (typeof prefixes)[number], most: number): Promise<boolean> {
    const expansions = await wordsWith(reader, prefix, most);
    if (expansions.length > most) return false;
    expanded[index] = { ...expanded[index]!, expansions };
    left -= expansions.length;
    return true;
  }
  const larger: typeof prefixes = [];
  for (const each of prefixes) {
    if (!(await expand(each, share))) larger.push(each);
    if (expanded[each.index]!.expansions?.length === 0) return expanded;
  }
  let unexpanded = 0;
  for (const each of larger) if (unexpanded <= UNEXPANDED_MAX && !(await expand(each, left))) unexpanded += 1;
  return expanded;
}

/** Reads up to `most` words with a prefix, and one more. The list of words has a row for each occurrence, so it is read by leaps. */
async function wordsWith(reader: Reader, prefix: string, most: number): Promise<string[]> {
  const words: Statement<[word: string]> = {
    sql: `WITH RECURSIVE w (term) AS (SELECT (SELECT term FROM ${fullText.words} WHERE term >= :prefix ORDER BY term LIMIT 1)
        UNION ALL SELECT (SELECT term FROM ${fullText.words} WHERE term >= w.term || char(1) ORDER BY term LIMIT 1) FROM w
          WHERE w.term >= :prefix AND w.term < :end ${dialect.limit(':leaps')})
      SELECT term FROM w WHERE term >= :prefix AND term < :end`,
    params: [{ prefix, end: `${prefix}${LAST_CHARACTER}`, leaps: most + 1 }],
    offload: true,
  };
  const [rows] = await reader.read([words]);
  return rows.map(([word]) => word);
}

function refuseUnexpanded(terms: readonly SearchTerm[]): void {
  const unexpanded = terms.filter(({ prefix, expansions }) => prefix && expansions === undefined).map(({ text }) => `${text}*`);
  if (unexpanded.length <= UNEXPANDED_MAX) return;
  const message = `q has ${unexpanded.length} beginnings that very many words have (${unexpanded.slice(0, 5).join(', ')}): give more letters of all but ${UNEXPANDED_MAX}, or whole words`;
  throw invalidParameter('q', message);
}

/** The schema of `q`, also of lists of other records. */
export const textParameter = z
  .string()
  .min(1)
  .max(300)
  .optional()
  .describe('Full text: words (all of them), "phrases", prefix*. Without regard to case and diacritics.');

/** A text that the entry or the moment has. */
export const text = filter({ q: textParameter }, async ({ q = '' }, { reader }) => ({
  text: await parseText(reader, q),
  echo: { q },
}));
