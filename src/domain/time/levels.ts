/**
 * Bounds of the index's levels, in days. A moment lies in the first level whose bound B >= days it may span - 1, so within a level
 * every moment that overlaps [from, to] starts in [from - B, to]. They are calendar-exact (months, years, leap years, decades, centuries),
 * because most historical dates are such units and start on the first.
 */
export const LEVELS: readonly number[] = [
  0, 1, 3, 7, 15, 27, 28, 29, 30, 63, 127, 255, 363, 364, 365, 730, 1826, 3650, 3651, 3652, 7304, 18_262, 36_522, 36_523, 36_524, 73_048,
  365_242, 7_305_000,
];

/** Level of dates with gaps, such as 1890 or 1892: each that starts by `to` may overlap, by one of its days. */
export const GAPS_LEVEL = 28;
/** Level of moments whose end is open or unknown: each that starts by `to` may overlap. */
export const NO_END_LEVEL = 29;
/** Level of moments whose start is open or unknown: all bear the same first day. */
export const NO_START_LEVEL = 30;
/** Level of moments without any date; always listed last. */
export const UNDATED_LEVEL = 31;

/** Day that undated moments bear in every column, after every real one. */
export const UNDATED_DAY = 3_350_000;
/** Month that undated moments are counted in. */
export const UNDATED_MONTH = 1_000_000;

/** Largest key of a moment: 25 bits. */
export const MOMENT_MAX = 2 ** 25 - 1;

/** Days before 1970-01-01 at which positions start. */
export const DAY_OFFSET = 5_000_000;

/** Days beyond every bound, sentinels included: the limits of a window that has none. */
export const BEFORE_ALL_DAYS = -9_000_000;
export const AFTER_ALL_DAYS = 9_000_000;

/** The level of a moment that may span the days `start` to `end`; `unbounded` says which ends are sentinels, `gaps` whether some days are left out. */
export function levelOf(start: number, end: number, unbounded: { start: boolean; end: boolean }, gaps = false): number {
  if (gaps) return GAPS_LEVEL;
  if (unbounded.start) return NO_START_LEVEL;
  if (unbounded.end) return NO_END_LEVEL;
  return LEVELS.findIndex((bound) => bound >= end - start);
}

/**
 * The position of a moment on the timeline, one integer below 2^53 that sorts: by earliest day, then the narrower level first, then by key.
 * The rows of the full text stand in its order, too. The smallest position of a day is that of level 0 and moment 0.
 */
export function positionOf(startDay: number, level = 0, moment = 0): number {
  return (startDay + DAY_OFFSET) * 2 ** 30 + level * 2 ** 25 + moment;
}

/** The last possible position: that of an undated moment with the largest key. The first is 0. */
export const POSITION_MAX = positionOf(UNDATED_DAY, UNDATED_LEVEL, MOMENT_MAX);

/** The day under which moments without a known start are filed: before every real day, in order of their ends (in steps of 16 days). */
export function noStartDay(endDay: number): number {
  return Math.floor((endDay + DAY_OFFSET) / 16) - DAY_OFFSET;
}

/** Returns true for a position of an undated moment. */
export function isUndated(position: number): boolean {
  return position >= positionOf(UNDATED_DAY);
}
