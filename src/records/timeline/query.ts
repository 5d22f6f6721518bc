import type { Sought } from '../../domain/full-text.ts';
import type { Window } from '../../domain/window.ts';
import type { Reader, Statement } from '../../storage/engine.ts';

/**
 * One thing a moment can be asked for (`moment_terms` in the schema). `from` and `to`, in days, narrow it to moments that may overlap
 * them: that is how "whoever was a member at the time" is asked.
 */
export type Term = { field: string; value: string; from?: number; to?: number };

/** A term that occurs, with its key and how many postings it has. */
export type KnownTerm = Term & { key: number; count: number };

/** A question to the timeline, with names resolved. */
export type Query = {
  /** All of these must hold, the rarest first; of each, any of its terms. There is at least one. */
  conjuncts: KnownTerm[][];
  window: Window;
  match: 'possible' | 'certain';
  undated: 'with' | 'only' | 'without';
  /** The text that must occur. */
  sought?: readonly Sought[];
  /** Whether so few moments have the text that all of them can be looked at. */
  isRare?: boolean;
  /** Whether all moments that have the text are found within a few milliseconds (`TextQuery`). */
  isLight?: boolean;
  /** Whether the text has a beginning of a word: FTS5 reads all that have any such word before it answers one. */
  hasPrefix?: boolean;
  /** Milliseconds since 1970-01-01 UTC. */
  updatedSince?: number;
  /** How many entries have changed since then, as far as they are counted. */
  changes?: number;
  /** The newest moment that counts, by its key: what was made after the first page of a list by relevance does not. */
  newestMoment?: number;
  /** The one entry type asked for, which the tallies count apart. */
  type?: string;
  /** Whether each record is answered once, at its first moment, or with all its moments. */
  each: 'record' | 'moment';
  reach: Reach;
  /** Beside a text, how many moments of the rarest terms have begun in a month before the window and not ended there, where that is known. */
  begun?: number;
  /** How many moments there are. */
  everything: number;
};

/**
 * How many dated moments of the window have the rarest of what is asked, at the most; when these are more than a count looks at, `until` is the
 * last day of the part of the window that it looks at.
 */
export type Reach = { moments: number; until?: number };

/**
 * Looks the terms up and puts the rarest conjunct first; a term that does not occur is dropped, so a conjunct may become empty: then
 * nothing can be found. Where all moments of another conjunct are of the one type asked for, the type is not asked for besides.
 */
export async function lookUpTerms(
  reader: Reader,
  conjuncts: readonly Term[][],
  type: string | undefined,
): Promise<Pick<Query, 'conjuncts' | 'everything'>> {
  const everything: Term = { field: 'everything', value: '' };
  const asked = [everything, ...conjuncts.flat()];
  const [rows] = await reader.read([termsNamed(asked, type)]);
  const known = new Map(rows.map(([index, key, count, mixed]) => [asked[index]!, { key, count, mixed }]));
  const isOfType = (terms: readonly Term[]): boolean => terms[0]!.field !== 'type' && terms.every((term) => known.get(term)?.mixed !== 1);
  const needed = type !== undefined && conjuncts.some(isOfType) ? conjuncts.filter(([term]) => term!.field !== 'type') : conjuncts;
  const found = needed.map((terms) =>
    terms.flatMap((term): KnownTerm[] => {
      const occurs = known.get(term);
      return occurs ? [{ ...term, key: occurs.key, count: occurs.count }] : [];
    }),
  );
  return { conjuncts: found.toSorted((a, b) => total(a) - total(b)), everything: known.get(everything)?.count ?? 0 };
}

/** The terms that occur, and whether any moment that has them may be of another type. */
function termsNamed(asked: readonly Term[], type = ''): Statement<[asked: number, key: number, count: number, mixed: number]> {
  return {
    sql: `SELECT j.key, t.id, t.count, EXISTS (SELECT 1 FROM tallies o WHERE o.term = t.id AND o.type < :type)
        OR EXISTS (SELECT 1 FROM tallies o WHERE o.term = t.id AND o.type > :type)
      FROM json_each(:asked) j CROSS JOIN terms t ON t.field = j.value ->> 0 AND t.value = j.value ->> 1 WHERE t.count > 0`,
    params: [{ type, asked: JSON.stringify(asked.map(({ field, value }) => [field, value])) }],
    ...(asked.length > LIGHT_TERMS_MAX ? { heavy: true } : { lasting: true }),
  };
}

/** So many terms are looked up in a few milliseconds. */
const LIGHT_TERMS_MAX = 200;

/** How many postings a conjunct has at the most. */
export const total = ofConjunct((terms) => terms.reduce((sum, { count }) => sum + count, 0));

/** Remembers what is asked of a conjunct again and again while a query is planned: a scope stands for thousands of terms. */
export function ofConjunct<Result>(find: (terms: readonly KnownTerm[]) => Result): (terms: readonly KnownTerm[]) => Result {
  const found = new WeakMap<readonly KnownTerm[], { result: Result }>();
  return (terms) => {
    const known = found.get(terms);
    if (known) return known.result;
    const result = find(terms);
    found.set(terms, { result });
    return result;
  };
}
