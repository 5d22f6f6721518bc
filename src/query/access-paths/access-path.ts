import { type Query, total } from '../plan/query.ts';
import { areFewChanged, changed } from './change-scan.ts';
import type { Fragment } from './residual-filter.ts';
import { hasTags, matches } from './fts-scan.ts';
import { gathered, merged } from './posting-scan.ts';
import { isPastDated, type Progress, type Range, rangesOf, undatedRange } from '../../domain/time/position-ranges.ts';

/** Up to this many postings are gathered and sorted; beyond, what is found comes in order, and only a page of it is read. */
export const GATHERED_MAX = 1000;

/** Beyond this many moments that may have to be looked at, a statement is heavy: it may take more than some 5 ms. */
const LIGHT_MAX = 10_000;

/** The same where each of them is looked up on its own, elsewhere in the file. */
const LIGHT_LOOKUPS_MAX = 1000;

/**
 * Where the moments that answer a query are looked for. `few`: the postings of its rarest terms. `changes`: the records changed of late.
 * `matches`: the full text, whose tags are the terms. `term`: the postings of one term. `terms`: those of several that no tag knows.
 */
export type Source = 'few' | 'changes' | 'matches' | 'term' | 'terms';

/** The source that looks at the fewest moments, as far as the counts of the terms tell. */
export function sourceOf(query: Query): Source {
  if (query.searchTerms !== undefined) return 'matches';
  if (areFewChanged(query) && query.changes! <= total(query.conjuncts[0]!)) return 'changes';
  const isPlain = query.updatedSince === undefined && isOneTerm(query);
  if (query.reach.moments <= GATHERED_MAX && !isPlain) return 'few';
  if (areFewChanged(query)) return 'changes';
  if (isOneTerm(query)) return 'term';
  return hasTags(query.conjuncts[0]!) ? 'matches' : 'terms';
}

/** Whether one term is asked for, at the most beside a type that more than half of all moments have: probing for that one seldom fails. */
function isOneTerm({ conjuncts, everything }: Query): boolean {
  const [terms, beside, ...more] = conjuncts;
  if (terms!.length > 1 || more.length > 0) return false;
  return beside === undefined || (beside[0]!.field === 'type' && total(beside) * 2 > everything);
}

/** The positions that answer, dated and undated ones apart, each of the fragments in the order asked, but `few` and `changes` in none. */
export type Positions = { dated: Fragment[]; undated: Fragment[] };

/** What there is to find from `progress` on. Several fragments may find the same position. */
export function positionsFrom(query: Query, progress: Progress, order: 'ASC' | 'DESC'): Positions {
  if (query.conjuncts.some((terms) => terms.length === 0)) return { dated: [], undated: [] };
  const source = sourceOf(query);
  const found = (ranges: readonly Range[]): Fragment[] => {
    if (source === 'few') return [gathered(query, ranges)];
    if (source === 'changes') return [changed(query, ranges)];
    if (source === 'matches') return [matches(query, ranges, order)];
    return query.conjuncts[0]!.map((term) => merged(query, term, ranges));
  };
  return {
    dated: query.undated === 'only' || isPastDated(progress) ? [] : found(rangesOf(query.window, progress)),
    undated: query.undated === 'without' ? [] : found([undatedRange(progress)]),
  };
}

/** All there is to find, each position once, in any order. */
export function allPositions(query: Query): Positions {
  const forward = { direction: 'forward' } as const;
  if (query.conjuncts.every((terms) => terms.length > 0) && sourceOf(query) === 'terms') {
    return {
      dated: query.undated === 'only' ? [] : [gathered(query, rangesOf(query.window, forward))],
      undated: query.undated === 'without' ? [] : [gathered(query, [undatedRange(forward)])],
    };
  }
  return positionsFrom(query, forward, 'ASC');
}

/** So many terms are looked for, in each level, within a few milliseconds. */
const LIGHT_TERMS_MAX = 20;

/** Whether the full text has to join terms that many moments have: how many of either are read until they meet, their counts do not tell. */
const joinsTerms = ({ conjuncts }: Query): boolean =>
  conjuncts.filter(([term]) => term!.field !== 'type' && term!.field !== 'everything').length > 1;

/** Whether so many terms are asked for that each moment, or each level, takes long. */
export const isWide = ({ conjuncts }: Query): boolean => conjuncts.reduce((sum, terms) => sum + terms.length, 0) > LIGHT_TERMS_MAX;

/** Whether a page may have to look at so many moments that others would wait for it. */
export function isHeavy(query: Query): boolean {
  if (isWide(query)) return true;
  if (query.searchTerms !== undefined) return !query.isLight;
  const source = sourceOf(query);
  if (source === 'few') return false;
  if (source === 'changes') return query.changes! > LIGHT_LOOKUPS_MAX;
  if (query.updatedSince !== undefined || source === 'terms') return true;
  return source === 'matches' && (joinsTerms(query) || query.reach.moments > LIGHT_MAX);
}

/** Whether looking at all that answers, rather than at a page of it, is too much for others to wait for. */
export function isHeavyAsWhole(query: Query): boolean {
  const looksUp = query.match === 'certain' || query.each === 'record' || query.searchTerms !== undefined;
  return isHeavy(query) || (sourceOf(query) !== 'few' && query.reach.moments > (looksUp ? LIGHT_LOOKUPS_MAX : LIGHT_MAX));
}
