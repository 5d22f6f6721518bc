import type { Phrase } from '../../domain/full-text/text-query.ts';
import type { TextMatch } from './text-match.ts';
import { PARTS_TAG, quoted } from './tsvector.ts';

/** The weights of words by their column, as `search` has them: those of the body have the third. */
const [TITLE, TITLE_OR_NAMES] = ['A', 'AB'] as const;

/** A phrase or a tag of a condition, as a tsquery and with its words as operands of one; `isLeftOut` is true for one that a row must not have. */
type Leaf = { query: string; operands: readonly string[]; isLeftOut: boolean };

/** Renders a leaf of a condition. */
type Render = (leaf: Leaf) => string;

/** The tsquery of a condition. */
export const toTsquery = (match: TextMatch): string => rendered(match, ({ query }) => query);

/**
 * The tsquery of a condition that rows in parts meet, too, where they may meet it: their vectors have no phrases. These need the longest word of a phrase,
 * which is often the rarest; `long_text_matches` looks at the rest.
 */
export const toRowQuery = (match: TextMatch): string =>
  rendered(match, ({ query, operands, isLeftOut }) => {
    if (operands.length < 2) return query;
    return isLeftOut ? `(${query} & !${PARTS})` : `(${query} | ${PARTS} & ${longestOf(operands)})`;
  });

const PARTS = quoted(PARTS_TAG);

const longestOf = (operands: readonly string[]): string =>
  operands.reduce((longest, each) => (each.length > longest.length ? each : longest));

/** The phrases and tags of a condition as tsqueries, and the condition as a tsquery of `p1`, `p2` and so on in their places. */
export function leavesOf(match: TextMatch): { leaves: readonly string[]; formula: string } {
  const leaves: string[] = [];
  const formula = rendered(match, ({ query }) => `p${leaves.push(query)}`);
  return { leaves, formula };
}

function rendered(match: TextMatch, render: Render, weights = '', isLeftOut = false): string {
  const within = (part: TextMatch, of = weights) => rendered(part, render, of, isLeftOut);
  const same = (part: TextMatch) => within(part);
  if ('words' in match) return render({ ...phraseOf(match, weights), isLeftOut });
  if ('tag' in match) return render({ query: quoted(match.tag), operands: [], isLeftOut });
  // One word with a star is found faster than the words that begin so.
  if ('any' in match && match.beginning) return within(match.beginning);
  if ('any' in match) return joined(' | ', match.any.map(same));
  if ('all' in match) return joined(' & ', match.all.map(same));
  if ('inTitle' in match) return within(match.inTitle, TITLE);
  if ('inTitleOrNames' in match) return within(match.inTitleOrNames, TITLE_OR_NAMES);
  return `(${within(match.having)} & !${rendered(match.without, render, weights, !isLeftOut)})`;
}

const joined = (operator: string, parts: readonly string[]): string => (parts.length === 1 ? parts[0]! : `(${parts.join(operator)})`);

function phraseOf({ words, prefix }: Phrase, weights: string): Pick<Leaf, 'query' | 'operands'> {
  const last = words.length - 1;
  const operands = words.map((word, index) => {
    const flags = (prefix && index === last ? '*' : '') + weights;
    return quoted(word) + (flags && `:${flags}`);
  });
  return { query: last > 0 ? `(${operands.join(' <-> ')})` : (operands[0] ?? ''), operands };
}

/** The tsqueries of the phrases that a row ranks by: none of those that are left out. */
export function phrasesOf(match: TextMatch, weights = ''): string[] {
  if ('words' in match) return [phraseOf(match, weights).query];
  if ('tag' in match) return [];
  if ('any' in match) return match.any.flatMap((part) => phrasesOf(part, weights));
  if ('all' in match) return match.all.flatMap((part) => phrasesOf(part, weights));
  if ('inTitle' in match) return phrasesOf(match.inTitle, TITLE);
  if ('inTitleOrNames' in match) return phrasesOf(match.inTitleOrNames, TITLE_OR_NAMES);
  return phrasesOf(match.having, weights);
}
