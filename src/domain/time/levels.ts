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

/** Bits of a position: the day, the place within it, and the key of the moment. */
const DAY_BITS = 23;
export const PLACE_BITS = 11;
export const MOMENT_BITS = 29;

/** Largest key of a moment. */
export const MOMENT_MAX = 2 ** MOMENT_BITS - 1;

/** The places within a day of moments that lie on it alone: one for those without a time of day, then one for each minute. Levels from 1 on follow. */
export const ONE_DAY_PLACES = 1 + 24 * 60;

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

/** The place within its first day of a moment of a level; `time` is its time of day, as `HH:MM`, which counts where the moment lies on one day. */
export function placeOf(level: number, time?: string): number {
  if (level > 0) return ONE_DAY_PLACES + level;
  return time === undefined ? 0 : 1 + Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

/** The slot of a moment on the timeline, an integer below 2^34: its first day and its place within that. */
export function slotOf(startDay: number, place: number): number {
  return (startDay + DAY_OFFSET) * 2 ** PLACE_BITS + place;
}

/**
 * The position of a moment on the timeline, an integer of 63 bits: its slot, and below that its key. Positions sort by first day, then the narrower date
 * first, then by time of day, then by key. The rows of the full text stand in their order, too. Rows are read as slot and key, which are safe integers.
 */
export function positionAt(slot: number, moment: number): bigint {
  return BigInt(slot * 2 ** MOMENT_BITS) + BigInt(moment);
}

/** Positions of one day. */
export const DAY_POSITIONS = 2n ** BigInt(PLACE_BITS + MOMENT_BITS);

/** The largest integer of a database, beyond every position. */
const BEYOND_ALL = 2n ** 63n - 1n;

/** The first position of a day: 0 for a day before all others, the largest integer for one after them. */
export function positionOf(day: number): bigint {
  const number = day + DAY_OFFSET;
  if (number >= 2 ** DAY_BITS) return BEYOND_ALL;
  // A number holds such a multiple of 2^40 exactly.
  return number > 0 ? BigInt(number * 2 ** (PLACE_BITS + MOMENT_BITS)) : 0n;
}

/** The last position of a day. */
export function lastPositionOf(day: number): bigint {
  return positionOf(day + 1) - 1n;
}

/** The last position of a moment: that of an undated one with the largest key. The first is 0. */
export const POSITION_MAX = positionAt(slotOf(UNDATED_DAY, placeOf(UNDATED_LEVEL)), MOMENT_MAX);

/** The day under which moments without a known start are filed: before every real day, in order of their ends (in steps of 16 days). */
export function noStartDay(endDay: number): number {
  return Math.floor((endDay + DAY_OFFSET) / 16) - DAY_OFFSET;
}

const UNDATED = positionOf(UNDATED_DAY);

/** Returns true for a position of an undated moment. */
export function isUndated(position: bigint): boolean {
  return position >= UNDATED;
}
