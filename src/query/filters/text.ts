import { z } from 'zod';
import { invalidParameter } from '../../domain/errors.ts';
import { spellOut } from '../../domain/full-text/spell-out.ts';
import {
  type AskedText,
  holds,
  parseTextQuery,
  type Phrase,
  phrasesIn,
  type TextCondition,
  type TextExpression,
} from '../../domain/full-text/text-query.ts';
import { endOfWords } from '../../index/word-forms.ts';
import type { Warning } from '../../model/page.ts';
import { offloadIf, type Reader, type Statement } from '../../storage/port.ts';
import { dialect } from '../../storage/dialect.ts';
import type { TextMatch } from '../../storage/full-text/text-match.ts';
import { COUNTED_MAX, LIGHT_LOOKUPS_MAX, LOOKUP_MAX } from '../plan/costs.ts';
import type { TextQuery } from '../plan/query.ts';
import { filter } from './filter.ts';
import { nearestWords, readForms } from './word-lookup.ts';

/**
 * Maximum number of words that the prefixes of one query expand to together. FTS5 reads all rows of a prefix before it returns one; the rows
 * of words it reads as far as they are needed.
 */
const EXPANSIONS_MAX = 1200;

/** Maximum number of prefixes of a query that are left to FTS5 because they expand to more words. */
const UNEXPANDED_MAX = 2;

/** The number of words of which the rows of each are counted up to `COUNTED_MAX`, and up to `LOOKUP_MAX`, in some 5 ms. */
const LIGHT_COUNTS_MAX = { far: 4, near: 20 };

/**
 * Parses the parameter `q`, spells it out and estimates its cost. Expressions without a prefix are counted first: one that holds for no text ends the
 * query before any prefix is expanded. Throws `invalid-request`, also if more than two prefixes expand to too many words.
 */
export async function parseText(reader: Reader, q: string): Promise<TextQuery & { warnings: Warning[] }> {
  const asked = parseTextQuery(q);
  const { clauses, excluded } = spellOut(asked, await readForms(reader, asked));
  const whole = clauses.filter((clause) => !hasPrefix(clause));
  const frequencies = await documentFrequencies(reader, whole, LOOKUP_MAX);
  const absent = frequencies.indexOf(0);
  if (absent >= 0) return nothing(whole[absent]!, clauses, await unknownWords(reader, asked));
  const lowest = Math.min(COUNTED_MAX + 1, ...frequencies);
  const isSelective = lowest <= LOOKUP_MAX;
  if (![...clauses, ...excluded].some(hasPrefix)) {
    const documentFrequency = isSelective ? lowest : await lowestFrequency(reader, whole);
    const words = phrasesOf(clauses).reduce((sum, phrase) => sum + phrase.words.length, 0);
    const isLight = documentFrequency * words <= LIGHT_LOOKUPS_MAX;
    return { clauses, excluded, asked: clauses, documentFrequency, isLight, hasPrefix: false, warnings: [] };
  }
  const expanded = await expandPrefixes(reader, { clauses, excluded });
  const beginnings = expanded.clauses.filter((_, index) => hasPrefix(clauses[index]!));
  const without = beginnings.find((clause) => !holds(clause, (phrase) => phrase !== NOWHERE));
  if (without) return nothing(without, clauses, await unknownWords(reader, asked));
  refuseUnexpanded(expanded);
  const text = { ...expanded, asked: clauses, isLight: false, hasPrefix: true, warnings: [] };
  if (isSelective) return { ...text, documentFrequency: lowest };
  const counted = [...whole, ...beginnings.filter((clause) => !hasPrefix(clause))];
  return { ...text, documentFrequency: await lowestFrequency(reader, counted) };
}

/** A prefix that no word has. No text has such a word. */
const NOWHERE: Phrase = { words: ['_nowhere'] };

/** The query of a text that is nowhere. */
const nothing = (clause: TextExpression, clauses: readonly TextExpression[], warnings: Warning[]): TextQuery & { warnings: Warning[] } => ({
  clauses: [clause],
  excluded: [],
  asked: clauses,
  documentFrequency: 0,
  isLight: true,
  hasPrefix: false,
  warnings,
});

/** Words and phrases that are echoed at most. */
const ECHOED_MAX = 50;

/** The words and phrases that a text may match by, as `words` of an echo has them. */
export const echoedWordsOf = ({ asked }: Pick<TextQuery, 'asked'>): string[] =>
  [...new Set(phrasesOf(asked).map(({ words, prefix }) => `${words.join(' ')}${prefix ? '*' : ''}`))].slice(0, ECHOED_MAX);

const hasPrefix = (expression: TextExpression): boolean => phrasesIn(expression).some(({ prefix }) => prefix);

const phrasesOf = (clauses: readonly TextExpression[]): Phrase[] => clauses.flatMap(phrasesIn);

/** Upper bounds of the rows of the full text for which each expression holds: counted by word up to `most` and one more. */
async function documentFrequencies(reader: Reader, expressions: readonly TextExpression[], most: number): Promise<number[]> {
  const unions = new Map(expressions.flatMap(unionsIn).map((union) => [JSON.stringify(union), union]));
  const light = most > LOOKUP_MAX ? LIGHT_COUNTS_MAX.far : LIGHT_COUNTS_MAX.near;
  const weight = offloadIf(phrasesOf([...unions.values()]).length > light);
  const answers = await reader.read(Array.from(unions.values(), (union) => ({ ...countMatches(union, most), ...weight })));
  const counts = new Map(Array.from(unions.keys(), (key, index) => [key, answers[index]![0]![0]]));
  return expressions.map((expression) => boundOf(expression, (union) => counts.get(JSON.stringify(union))!));
}

/** Words any of which a text may have, whose rows FTS5 counts without looking at most of them, as it would for a phrase. */
const isUnion = (expression: TextExpression): boolean => isWord(expression) || ('any' in expression && expression.any.every(isWord));

const isWord = (match: TextMatch): match is Phrase => 'words' in match && match.words.length === 1;

/** The parts of an expression that are counted apart. The words among some alternatives are counted together. */
const partsOf = (expression: TextExpression): readonly TextExpression[] => {
  if ('words' in expression) return expression.words.map((word) => ({ words: [word] }));
  if ('all' in expression) return expression.all;
  const words = expression.any.filter(isWord);
  return [...(words.length > 0 ? [{ any: words }] : []), ...expression.any.filter((each) => !isWord(each))];
};

const unionsIn = (expression: TextExpression): TextExpression[] =>
  isUnion(expression) ? [expression] : partsOf(expression).flatMap(unionsIn);

/** The upper bound of an expression: the lowest of its words or parts, and the sum of alternatives. */
function boundOf(expression: TextExpression, countOf: (union: TextExpression) => number): number {
  if (isUnion(expression)) return countOf(expression);
  const bounds = partsOf(expression).map((part) => boundOf(part, countOf));
  return 'any' in expression ? bounds.reduce((sum, bound) => sum + bound, 0) : Math.min(...bounds);
}

/** The lowest document frequency of some expressions, counted up to `COUNTED_MAX` and one more. */
const lowestFrequency = async (reader: Reader, expressions: readonly TextExpression[]): Promise<number> =>
  Math.min(COUNTED_MAX + 1, ...(await documentFrequencies(reader, expressions, COUNTED_MAX)));

/** Counts the rows of the full text that match an expression, up to `most` and one more. */
export const countMatches = (match: TextMatch, most: number): Statement<[count: number]> => ({
  sql: (isWord(match) && !match.prefix ? dialect.wordCount : dialect.textCount)(':match', most + 1),
  params: [{ match }],
});

/** Warnings of the words of a query that no text has, with the nearest that texts have. */
async function unknownWords(reader: Reader, asked: AskedText): Promise<Warning[]> {
  const words = asked.clauses.filter(({ length }) => length === 1).flatMap(([term]) => (term!.kind === 'prefix' ? [] : term!.words));
  const distinct = [...new Map(words.map((word) => [word.folded, word])).values()].slice(0, WARNED_MAX);
  const found = await documentFrequencies(
    reader,
    distinct.map(({ folded }) => ({ words: [folded] })),
    0,
  );
  const unknown = distinct.filter((_, index) => found[index] === 0);
  return Promise.all(
    unknown.map(async ({ letters, folded }) => {
      const didYouMean = await nearestWords(reader, folded);
      const advice = didYouMean.length > 0 ? `: did you mean ${didYouMean.join(' or ')}?` : '';
      return {
        parameter: 'q',
        value: letters,
        message: `no text has the word "${letters}"${advice}`,
        ...(didYouMean.length > 0 && { didYouMean }),
      };
    }),
  );
}

/** Words of a query that are looked for one by one at most. */
const WARNED_MAX = 5;

/**
 * Expands the prefixes of a query to the indexed words that have them. Each prefix may have its share of the words, the longest first, as they have
 * the fewest; prefixes with more words are then expanded as far as all words that are left suffice. Stops at a prefix that must occur and no word has.
 */
async function expandPrefixes(reader: Reader, { clauses, excluded }: TextCondition): Promise<TextCondition> {
  const prefixes = phrasesOf([...clauses, ...excluded])
    .filter(({ prefix }) => prefix)
    .toSorted((a, b) => b.words.at(-1)!.length - a.words.at(-1)!.length);
  const expansions = new Map<Phrase, readonly string[]>();
  const share = Math.floor(EXPANSIONS_MAX / prefixes.length);
  let left = EXPANSIONS_MAX;
  /** Expands a prefix that has at most `most` words; returns false for others. */
  async function expand(phrase: Phrase, most: number): Promise<boolean> {
    const words = await wordsWith(reader, phrase.words.at(-1)!, most);
    if (words.length > most) return false;
    expansions.set(phrase, words);
    left -= words.length;
    return true;
  }
  const larger: Phrase[] = [];
  for (const phrase of prefixes) {
    if (!(await expand(phrase, share))) larger.push(phrase);
    if (expansions.get(phrase)?.length === 0 && clauses.includes(phrase)) break;
  }
  let unexpanded = 0;
  for (const phrase of larger) if (unexpanded <= UNEXPANDED_MAX && !(await expand(phrase, left))) unexpanded += 1;
  const inFull = (expression: TextExpression): TextExpression => replaced(expression, expansions);
  return { clauses: clauses.map(inFull), excluded: excluded.map(inFull) };
}

/** An expression with the words in place of each prefix that was expanded. */
function replaced(expression: TextExpression, expansions: ReadonlyMap<Phrase, readonly string[]>): TextExpression {
  if ('any' in expression) return { any: expression.any.map((each) => replaced(each, expansions)) };
  if ('all' in expression) return { all: expression.all.map((each) => replaced(each, expansions)) };
  const words = expansions.get(expression);
  if (words === undefined) return expression;
  return words.length === 0
    ? NOWHERE
    : { any: words.map((word) => ({ words: [...expression.words.slice(0, -1), word] })), beginning: expression };
}

/** Reads up to `most` words with a prefix, and one more. */
async function wordsWith(reader: Reader, prefix: string, most: number): Promise<string[]> {
  const words: Statement<[word: string]> = {
    sql: dialect.textWords(':prefix', ':end', ':most'),
    params: [{ prefix, end: endOfWords(prefix), most: most + 1 }],
    offload: true,
  };
  const [rows] = await reader.read([words]);
  return rows.map(([word]) => word);
}

function refuseUnexpanded({ clauses, excluded }: TextCondition): void {
  const unexpanded = phrasesOf([...clauses, ...excluded]).flatMap(({ prefix, words }) => (prefix ? [`${words.join(' ')}*`] : []));
  if (unexpanded.length <= UNEXPANDED_MAX) return;
  const message = `q has ${unexpanded.length} beginnings that very many words have (${unexpanded.slice(0, 5).join(', ')}): give more letters of all but ${UNEXPANDED_MAX}, or whole words`;
  throw invalidParameter('q', message);
}

/** The syntax of a text query, for descriptions of `q`. */
const SYNTAX =
  'Words (all of them, and their inflected forms), "phrases" (exactly), prefix*, -word (without it), `OR` between two of them. Without regard to case, diacritics and apostrophes, in any script.';

/** The schema of a text query. */
export const textQuery = z.string().min(1).max(1000).describe(SYNTAX);

/** The schema of `q`, also of lists of other records. */
export const textParameter = textQuery.optional().describe(`Full text. ${SYNTAX}`);

/** The schema of the words in an echo. */
export const echoedWords = z
  .array(z.string())
  .optional()
  .describe(
    'The folded words and phrases by which a text may match `q`: its words and their other forms, the first fifty. One with `*` is a beginning.',
  );

/** A text that the entry or the moment has. */
export const text = filter(
  { q: textParameter },
  async ({ q = '' }, { reader }) => {
    const { warnings, ...query } = await parseText(reader, q);
    return { text: query, warnings, echo: { q, words: echoedWordsOf(query) } };
  },
  { words: echoedWords },
);
