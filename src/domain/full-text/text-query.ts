import { invalidParameter } from '../errors.ts';
import { firstUnits } from '../text/first-units.ts';
import { fold } from '../text/fold.ts';
import { isUnspaced, type Word, wordsOf } from './words.ts';

/**
 * A term of a text query as it was asked: words of which other forms are found too, the exact words of a phrase, or words of which the last is a
 * beginning. At least one word.
 */
export type AskedTerm = { kind: 'words' | 'phrase' | 'prefix'; words: readonly Word[] };

/** A text query: a text must have a term of each list of alternatives, and none of the excluded terms. */
export type AskedText = { clauses: readonly (readonly AskedTerm[])[]; excluded: readonly AskedTerm[] };

/** Maximum number of words of a query. */
const WORDS_MAX = 100;

/** A phrase in quotes, or characters up to a space or a quote; each may follow a minus sign, and a star may follow. */
const TERM = /([-−]?)"([^"]*)"?(\*?)|([^\s"]+)/gu;

/** Quotation marks of any language; the mark within a Hebrew abbreviation is none. */
const QUOTES = /(?<!\p{sc=Hebrew})"|"(?!\p{sc=Hebrew})|[“”„«»]/gu;

type Operator = 'OR' | 'AND' | 'NOT';
const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ['OR', 'OR'],
  ['|', 'OR'],
  ['||', 'OR'],
  ['AND', 'AND'],
  ['NOT', 'NOT'],
]);

type Piece = { term: AskedTerm; isExcluded: boolean; written: string } | { operator: Operator; written: string };

/**
 * Parses a text query: words, "phrases", prefix*, -word, and OR between two terms. All other characters are punctuation, which separates words.
 * Throws `invalid-request`, with what to write instead, for a query without a letter or digit to look for, with operators that cannot be
 * understood, or with more than 100 words.
 */
export function parseTextQuery(query: string): AskedText {
  const pieces = piecesOf(query);
  const clauses: AskedTerm[][] = [];
  const excluded: AskedTerm[] = [];
  let isAlternative = false;
  for (const [index, piece] of pieces.entries()) {
    if ('operator' in piece) {
      isAlternative = joins(pieces, index, piece.operator);
      continue;
    }
    if (piece.isExcluded) excluded.push(piece.term);
    else if (isAlternative) clauses.at(-1)!.push(piece.term);
    else clauses.push([piece.term]);
    isAlternative = false;
  }
  refuseGroups(query, pieces);
  if (clauses.length === 0) throw nothingAsked(query, excluded.length > 0);
  const words = [...clauses.flat(), ...excluded].reduce((sum, term) => sum + term.words.length, 0);
  if (words > WORDS_MAX) throw refused(`q has ${words} words: give at most ${WORDS_MAX}`);
  return { clauses: distinct(clauses), excluded };
}

const refused = (message: string): Error => invalidParameter('q', message);

function nothingAsked(query: string, excludes: boolean): Error {
  const shown = firstUnits(query, 60);
  return excludes
    ? refused(`q="${shown}" only says what to leave out: give at least one word to look for as well`)
    : refused(`q="${shown}" has no word to look for: give at least one letter or digit`);
}

function piecesOf(query: string): Piece[] {
  const pieces: Piece[] = [];
  for (const [written, minus, phrase, star, plain] of query
    .replaceAll(/\p{Cf}+/gu, '')
    .replaceAll(QUOTES, '"')
    .matchAll(TERM)) {
    const operator = plain === undefined ? undefined : OPERATORS.get(plain);
    if (operator) {
      pieces.push({ operator, written });
      continue;
    }
    const isExcluded = minus === '-' || minus === '−' || /^\(*[-−]/.test(plain ?? '');
    const words = wordsOf(phrase ?? plain!);
    if (words.length === 0) continue;
    const isPrefix = star === '*' || /\*\)*$/.test(plain ?? '');
    const kind = isPrefix ? 'prefix' : phrase === undefined ? 'words' : 'phrase';
    pieces.push({ term: { kind, words }, isExcluded, written });
  }
  // A line that ends in OR, or begins with AND, has a word there.
  return pieces.map((piece, index) => {
    const isBetween = index > 0 && index < pieces.length - 1;
    return 'operator' in piece && !isBetween ? termOf(piece) : piece;
  });
}

const termOf = ({ operator, written }: { operator: Operator; written: string }): Piece => ({
  term: { kind: 'words', words: wordsOf(operator) },
  isExcluded: false,
  written,
});

/** Returns whether an operator makes the term after it an alternative to the one before. */
function joins(pieces: readonly Piece[], index: number, operator: Operator): boolean {
  if (operator === 'AND') return false;
  const [before, after] = [pieces[index - 1]!, pieces[index + 1]!];
  if (operator === 'NOT')
    throw refused(`NOT is not read in q: write -${after.written} to leave that out, or "not" in quotes to look for the word`);
  if ('operator' in before || 'operator' in after) throw refused('OR stands between two words or phrases: treaty OR agreement');
  if (before.isExcluded || after.isExcluded)
    throw refused('OR joins words to look for: write what is to be left out by itself, as in treaty OR agreement -draft');
  return true;
}

/** OR joins the terms on its sides only, so parentheses may stand around alternatives, and around nothing else where there is an OR. */
function refuseGroups(query: string, pieces: readonly Piece[]): void {
  if (!pieces.some((piece) => 'operator' in piece && piece.operator === 'OR')) return;
  for (const [group, inner] of query.replaceAll(/"[^"]*"/g, '""').matchAll(/\(([^()]*)\)/gu)) {
    const terms = inner!.trim().split(/\s+/u);
    if (terms.length > 1 && terms.some((term, index) => index % 2 === 1 && OPERATORS.get(term) !== 'OR'))
      throw refused(
        `${firstUnits(group, 60)} cannot be read beside OR: OR joins the two terms on its sides, so ask for each alternative by itself`,
      );
  }
}

/** The clauses without those that are the same. */
function distinct(clauses: readonly AskedTerm[][]): AskedTerm[][] {
  const keyOf = (clause: AskedTerm[]) =>
    clause.map(({ kind, words }) => `${kind} ${words.map(({ folded }) => folded).join(' ')}`).join('\n');
  return [...new Map(clauses.map((clause) => [keyOf(clause), clause])).values()];
}

/** Words one after the other; with `prefix`, the last one begins a word of the text. */
export type Phrase = { words: readonly string[]; prefix?: true };

/** A condition on the words of a text. Alternatives may be all phrases of indexed words that spell out a phrase with a prefix, `beginning`. */
export type TextExpression = Phrase | { any: readonly TextExpression[]; beginning?: Phrase } | { all: readonly TextExpression[] };

/** A condition on a text: expressions that must all hold, and those of which none may. */
export type TextCondition = { clauses: readonly TextExpression[]; excluded: readonly TextExpression[] };

/** The phrases in an expression, in order. */
export function phrasesIn(expression: TextExpression): Phrase[] {
  if ('words' in expression) return [expression];
  return ('any' in expression ? expression.any : expression.all).flatMap(phrasesIn);
}

/** Returns whether an expression holds, given whether each phrase of it does. */
export function holds(expression: TextExpression, has: (phrase: Phrase) => boolean): boolean {
  if ('words' in expression) return has(expression);
  return 'any' in expression ? expression.any.some((each) => holds(each, has)) : expression.all.every((each) => holds(each, has));
}

/** A word of these letters. */
export const wordOf = (letters: string): Word => ({ start: 0, end: letters.length, letters, folded: fold(letters) });

/** The words of a term in runs of scripts with spaces and of scripts without. */
export function runsOf(words: readonly Word[]): Word[][] {
  const runs: Word[][] = [];
  for (const word of words) {
    const run = runs.at(-1);
    if (run && isUnspaced(run[0]!) === isUnspaced(word)) run.push(word);
    else runs.push([word]);
  }
  return runs;
}
