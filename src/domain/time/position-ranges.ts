import { UNBOUNDED_START } from './day.ts';
import type { Window } from './window.ts';
import {
  GAPS_LEVEL,
  NO_START_LEVEL,
  noStartDay,
  NO_END_LEVEL,
  isUndated,
  LEVELS,
  MOMENT_MAX,
  positionOf,
  UNDATED_DAY,
  UNDATED_LEVEL,
} from './levels.ts';

/** The positions of one level that may overlap a window, inclusive. */
export type Range = { level: number; low: number; high: number };

/** The point from which paging goes on: strictly after this position in the direction. */
export type ScanStart = { direction: 'forward' | 'backward'; after?: number | undefined };

const FIRST = positionOf(UNBOUNDED_START);
const LAST_DATED = positionOf(UNDATED_DAY) - 1;

/**
 * One range of positions per level: whatever of the level overlaps the window starts in it. What starts in it need not overlap: the
 * end is compared row by row.
 */
export function rangesOf(window: Window, { direction, after }: ScanStart): Range[] {
  const low = direction === 'forward' && after !== undefined ? after + 1 : FIRST;
  const high = direction === 'backward' && after !== undefined ? after - 1 : LAST_DATED;
  const until = window.to === undefined ? high : Math.min(high, positionOf(window.to + 1) - 1);
  const since = (day: number | undefined) => (day === undefined ? low : Math.max(low, positionOf(Math.max(day, UNBOUNDED_START))));
  const from = window.from;
  const bounded = LEVELS.map((days, level) => ({ level, low: since(from === undefined ? undefined : from - days), high: until }));
  return [
    ...bounded,
    { level: GAPS_LEVEL, low, high: until },
    { level: NO_END_LEVEL, low, high: until },
    { level: NO_START_LEVEL, low: since(from === undefined ? undefined : noStartDay(from)), high: until },
  ];
}

/** The range of the undated, which come last in both directions. */
export function undatedRange({ direction, after }: ScanStart): Range {
  const begun = after !== undefined && isUndated(after);
  const low = direction === 'forward' && begun ? after + 1 : LAST_DATED + 1;
  const high = direction === 'backward' && begun ? after - 1 : positionOf(UNDATED_DAY, UNDATED_LEVEL, MOMENT_MAX);
  return { level: UNDATED_LEVEL, low, high };
}

/** Returns true where paging has come to the undated, so that no dated ones are left. */
export function isPastDated({ after }: ScanStart): boolean {
  return after !== undefined && isUndated(after);
}

/** All positions from the first of some ranges to the last. */
export function around(ranges: readonly Range[]): { low: number; high: number } {
  return { low: Math.min(...ranges.map(({ low }) => low)), high: Math.max(...ranges.map(({ high }) => high)) };
}
