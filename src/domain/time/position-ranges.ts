import { UNBOUNDED_START } from './day.ts';
import {
  DAY_POSITIONS,
  GAPS_LEVEL,
  isUndated,
  lastPositionOf,
  LEVELS,
  NO_END_LEVEL,
  NO_START_LEVEL,
  noStartDay,
  POSITION_MAX,
  positionOf,
  UNDATED_DAY,
  UNDATED_LEVEL,
} from './levels.ts';
import type { Window } from './window.ts';

/** The positions of one level that may overlap a window, inclusive. */
export type Range = { level: number; low: bigint; high: bigint };

/** The point from which paging goes on: strictly after this position in the direction. */
export type ScanStart = { direction: 'forward' | 'backward'; after?: bigint | undefined };

const FIRST = positionOf(UNBOUNDED_START);
const LAST_DATED = positionOf(UNDATED_DAY) - 1n;

/** Positions from the first day on which a moment of a level may start to the window. */
export const REACH = LEVELS.map((days) => BigInt(days) * DAY_POSITIONS);

/** The earlier and the later of two positions. */
export const least = (one: bigint, other: bigint): bigint => (one < other ? one : other);
export const most = (one: bigint, other: bigint): bigint => (one > other ? one : other);

/**
 * One range of positions per level: whatever of the level overlaps the window starts in it. What starts in it need not overlap: the
 * end is compared row by row.
 */
export function rangesOf({ from, to }: Window, { direction, after }: ScanStart): Range[] {
  const low = direction === 'forward' && after !== undefined ? after + 1n : FIRST;
  const end = direction === 'backward' && after !== undefined ? after - 1n : LAST_DATED;
  const high = to === undefined ? end : least(end, lastPositionOf(to));
  const inside = from === undefined ? undefined : positionOf(from);
  return [
    ...REACH.map((reach, level) => ({ level, low: inside === undefined ? low : most(low, inside - reach), high })),
    { level: GAPS_LEVEL, low, high },
    { level: NO_END_LEVEL, low, high },
    { level: NO_START_LEVEL, low: from === undefined ? low : most(low, positionOf(noStartDay(from))), high },
  ];
}

/** The range of the undated, which come last in both directions. */
export function undatedRange({ direction, after }: ScanStart): Range {
  const begun = after !== undefined && isUndated(after);
  const low = direction === 'forward' && begun ? after + 1n : LAST_DATED + 1n;
  const high = direction === 'backward' && begun ? after - 1n : POSITION_MAX;
  return { level: UNDATED_LEVEL, low, high };
}

/** Returns true where paging has come to the undated, so that no dated ones are left. */
export function isPastDated({ after }: ScanStart): boolean {
  return after !== undefined && isUndated(after);
}

/** All positions from the first of some ranges to the last. */
export function around(ranges: readonly Range[]): { low: bigint; high: bigint } {
  return { low: ranges.map(({ low }) => low).reduce(least), high: ranges.map(({ high }) => high).reduce(most) };
}
