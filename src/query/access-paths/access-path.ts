import { isPastDated, type ScanStart, type Range, rangesOf, undatedRange } from '../../domain/time/position-ranges.ts';
import type { Fragment, Plan } from '../plan/query.ts';
import { changeScan } from './change-scan.ts';
import { ftsScan } from './fts-scan.ts';
import { lookup, postingScan } from './postings.ts';

type Order = 'ASC' | 'DESC';

/** SQL of the matching positions by access path: scans in the order asked, `lookup` and `changeScan` in none. Several fragments may overlap. */
const SCANS: Record<Plan['path'], (plan: Plan, ranges: readonly Range[], order: Order) => Fragment[]> = {
  nothing: () => [],
  lookup: (plan, ranges) => [lookup(plan, ranges)],
  changeScan: (plan, ranges) => [changeScan(plan, ranges)],
  ftsScan: (plan, ranges, order) => [ftsScan(plan, ranges, order)],
  postingScan: postingScans,
  postingUnion: postingScans,
};

function postingScans(plan: Plan, ranges: readonly Range[]): Fragment[] {
  return plan.conjuncts[0]!.terms.map((term) => postingScan(plan, term, ranges));
}

/** Fragments that find the matching positions, dated and undated ones apart. */
export type Positions = { dated: Fragment[]; undated: Fragment[] };

/** The matching positions from `start` on, in its direction. */
export function positionsFrom(plan: Plan, start: ScanStart): Positions {
  const order = start.direction === 'forward' ? 'ASC' : 'DESC';
  const found = (ranges: readonly Range[]): Fragment[] => SCANS[plan.path](plan, ranges, order);
  return {
    dated: plan.undated === 'only' || isPastDated(start) ? [] : found(rangesOf(plan.window, start)),
    undated: plan.undated === 'without' ? [] : found([undatedRange(start)]),
  };
}

/** All matching positions, each once, in any order. */
export const allPositions = (plan: Plan): Positions =>
  positionsFrom(plan.path === 'postingUnion' ? { ...plan, path: 'lookup' } : plan, { direction: 'forward' });
