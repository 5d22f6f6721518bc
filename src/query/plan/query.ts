import type { SearchTerm } from '../../domain/full-text.ts';
import type { Window } from '../../domain/time/window.ts';
import type { Reader, Statement } from '../../storage/port.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';

/**
 * One thing a moment can be asked for (`index/entry.ts`). `from` and `to`, in days, narrow it to moments that may overlap
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
  searchTerms?: readonly SearchTerm[];
  /** Whether so few moments have the text that all of them can be looked at. */
  isSelective?: boolean;
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
  // By their place: a scope stands for thousands of terms.
  const known: ((typeof rows)[number] | undefined)[] = Array.from({ length: asked.length });
  for (const row of rows) known[row[0]] = row;
  let place = 1;
  const looked = conjuncts.map((terms) => {
    const occurring = terms.map((term) => knownTerm(term, known[place++]));
    const isType = terms[0]!.field === 'type';
    return {
      isType,
      isOfType: !isType && occurring.every((each) => each?.mixed !== 1),
      terms: occurring.flatMap((each) => each?.term ?? []),
    };
  });
  const needed = type !== undefined && looked.some(({ isOfType }) => isOfType) ? looked.filter(({ isType }) => !isType) : looked;
  const found = needed.map(({ terms }) => terms);
  return { conjuncts: found.toSorted((a, b) => total(a) - total(b)), everything: known[0]?.[2] ?? 0 };
}

/** A term with its key and count, and whether it is of several types; nothing for one that does not occur. */
function knownTerm(
  term: Term,
  row: readonly [asked: number, key: number, count: number, mixed: number] | undefined,
): { term: KnownTerm; mixed: number } | undefined {
  if (!row) return undefined;
  const [, key, count, mixed] = row;
  const isPlain = term.from === undefined && term.to === undefined;
  return { term: isPlain ? { field: term.field, value: term.value, key, count } : { ...term, key, count }, mixed };
}

/** The terms that occur, and whether any moment that has them may be of another type. */
function termsNamed(asked: readonly Term[], type = ''): Statement<[asked: number, key: number, count: number, mixed: number]> {
  return {
    sql: `SELECT ${dialect.ordinal('j')}, t.id, t.count, EXISTS (SELECT 1 FROM monthly_counts o WHERE o.term = t.id AND o.type < :type)
        OR EXISTS (SELECT 1 FROM monthly_counts o WHERE o.term = t.id AND o.type > :type)
      FROM ${dialect.elements('j', ':asked')} CROSS JOIN terms t
        ON t.field = ${dialect.column('j', 0, 'text')} AND t.value = ${dialect.column('j', 1, 'text')} WHERE t.count > 0`,
    params: [{ type, asked: JSON.stringify(asked.map(({ field, value }) => [field, value])) }],
    ...(asked.length > LIGHT_TERMS_MAX ? { offload: true } : { cacheable: true }),
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
