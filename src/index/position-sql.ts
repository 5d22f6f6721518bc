import { type CalendarUnit, UNIT_MONTHS, YEAR_ONE } from '../domain/time/day.ts';
import { dialect } from '../storage/dialect.ts';
import { DAY_OFFSET, ONE_DAY_PLACES, MOMENT_BITS, MOMENT_MAX, PLACE_BITS } from '../domain/time/levels.ts';

/** Mask of the moment's key in a position. */
export const MOMENT_MASK = MOMENT_MAX;

/** The slot of a position, what it has besides the key of the moment: JavaScript has no safe number for the whole. */
export const SLOT_OF = (position: string): string => `(${position} >> ${MOMENT_BITS})`;

/** The slot and the key of a position, or two such parts of the negative number of a row: safe integers both. */
export const HALVES_OF = (position: string): string => `${SLOT_OF(position)}, (${position} & ${MOMENT_MASK})`;

/** The columns of a `DateRow`: the bounds of the moment at a position, which its row in `moments` has. A moment without a known start has a first day before all others. */
export const DATE_OF = (position: string, row: string): string =>
  `${DAY_OF(position)}, ${row}.start_max, ${row}.end_min, ${row}.end_max, ${row}.doubted`;

/** The table `moments` under an alias, read through its covering index `moments_in_brief`: SQLite would otherwise read the rows. */
export const MOMENTS_IN_BRIEF = (alias: string): string => dialect.through('moments', alias, 'moments_in_brief');

/** The table `moments` under an alias, read through the index of moments whose first day is not known exactly, by the latest one. */
export const MOMENTS_BY_LATEST_START = (alias: string): string => dialect.through('moments', alias, 'moments_by_latest_start');

/** The first day at a position, unless the start is unknown. */
export const DAY_OF = (position: string): string => `((${position} >> ${PLACE_BITS + MOMENT_BITS}) - ${DAY_OFFSET})`;

/** The place within the day at a position. */
const PLACE_OF = (position: string): string => `(${SLOT_OF(position)} & ${2 ** PLACE_BITS - 1})`;

/** The level at a position. */
export const LEVEL_OF = (position: string): string =>
  `(CASE WHEN ${PLACE_OF(position)} > ${ONE_DAY_PLACES} THEN ${PLACE_OF(position)} - ${ONE_DAY_PLACES} ELSE 0 END)`;

/** The condition that the moment at a position lies on one day: it has level 0. */
export const IS_OF_ONE_DAY = (position: string): string => `(${PLACE_OF(position)} < ${ONE_DAY_PLACES})`;

/** The month (year * 12 + month - 1) of the day at a position, unless the start is unknown or there is no date. */
export const MONTH_OF = (position: string): string => MONTH_OF_DAY(DAY_OF(position));

/** The month of a day. Hinnant's `civil_from_days`, in months since a March; 50 eras of 400 years keep the divisions above zero. */
export function MONTH_OF_DAY(day: string): string {
  const shifted = `(${day} + ${719_468 + 50 * 146_097})`;
  const dayOfEra = `(${shifted} % 146097)`;
  const yearOfEra = `((${dayOfEra} - ${dayOfEra} / 1460 + ${dayOfEra} / 36524 - ${dayOfEra} / 146096) / 365)`;
  const dayOfYear = `(${dayOfEra} - 365 * ${yearOfEra} - ${yearOfEra} / 4 + ${yearOfEra} / 100)`;
  return `((${shifted} / 146097 * 400 + ${yearOfEra} - ${50 * 400}) * 12 + (5 * ${dayOfYear} + 2) / 153 + 2)`;
}

/**
 * The first month of the unit with a month, as `firstMonthOf` has it. Adding 1,200,000 makes division round down before Christ, of which `isBefore` is
 * the condition.
 */
export function FIRST_MONTH_OF(month: string, unit: CalendarUnit, isBefore = `${month} < ${YEAR_ONE}`): string {
  if (unit === 'month') return month;
  const width = UNIT_MONTHS[unit];
  const shift = 1_200_000 - YEAR_ONE;
  const before = `((${month} + ${shift}) / ${width} * ${width} - ${shift})`;
  return unit === 'year'
    ? before
    : `(CASE WHEN ${isBefore} THEN ${before} ELSE ${dialect.greater(String(YEAR_ONE), `${month} / ${width} * ${width}`)} END)`;
}
