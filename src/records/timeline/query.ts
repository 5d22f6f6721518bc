import type { Sought } from '../../domain/full-text.ts';
import type { Window } from '../../domain/window.ts';
import { type Reader, statement } from '../../storage/engine.ts';

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
  /** Whether the text has a beginning of a word: FTS5 reads all that have any such word before it answers one. */
  hasPrefix?: boolean;
  /** Milliseconds since 1970-01-01 UTC. */
  updatedSince?: number;
  /** How many entries have changed since then, as far as they are counted. */
  changes?: number;
  /** The one entry type asked for, which the tallies count apart. */
  type?: string;
  /** Whether each record is answered once, at its first moment, or with all its moments. */
  each: 'record' | 'moment';
  reach: Reach;
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
 * nothing can be found.
 */
export async function lookUpTerms(reader: Reader, conjuncts: readonly Term[][]): Promise<Pick<Query, 'conjuncts' | 'everything'>> {
  const everything: Term = { field: 'everything', value: '' };
  const asked = [everything, ...conjuncts.flat()];
  const counts = statement<[asked: number, key: number, count: number]>(
    `SELECT j.key, t.id, t.count FROM json_each(?) j CROSS JOIN terms t ON t.field = j.value ->> 0 AND t.value = j.value ->> 1 WHERE t.count > 0`,
    JSON.stringify(asked.map(({ field, value }) => [field, value])),
  );
  const [rows] = await reader.read([counts]);
  const known = new Map(rows.map(([index, key, count]) => [asked[index]!, { key, count }]));
  const found = conjuncts.map((terms) =>
    terms.flatMap((term): KnownTerm[] => {
      const occurs = known.get(term);
      return occurs ? [{ ...term, ...occurs }] : [];
    }),
  );
  return { conjuncts: found.toSorted((a, b) => total(a) - total(b)), everything: known.get(everything)?.count ?? 0 };
}

/** How many postings a conjunct has at the most. */
export function total(terms: readonly KnownTerm[]): number {
  return terms.reduce((sum, { count }) => sum + count, 0);
}
