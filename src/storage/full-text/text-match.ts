import type { Phrase, TextCondition } from '../../domain/full-text/text-query.ts';

/**
 * A condition on a row of the full text, which a statement has as a parameter and each engine renders: phrases of folded words, all or any of some
 * conditions (`beginning`: all spellings of this phrase with a prefix), one without another, a tag of the row, and a condition on its title, or on its title and names, alone. In `nearby`, whose rows are names, the
 * words of a phrase are letters in a row.
 */
export type TextMatch =
  | Phrase
  | { any: readonly TextMatch[]; beginning?: Phrase }
  | { all: readonly TextMatch[] }
  | { having: TextMatch; without: TextMatch }
  | { tag: string }
  | { inTitle: TextMatch }
  | { inTitleOrNames: TextMatch };

/** The condition of a query. */
export const matchOf = ({ clauses, excluded }: TextCondition): TextMatch => butNot({ all: clauses }, excluded);

/** The condition to have any of some tags. */
export const anyTag = (tags: readonly string[]): TextMatch => ({ any: tags.map((tag) => ({ tag })) });

/** A condition, and that none of some others holds. */
export const butNot = (having: TextMatch, without: readonly TextMatch[]): TextMatch =>
  without.length === 0 ? having : { having, without: without.length === 1 ? without[0]! : { any: without } };
