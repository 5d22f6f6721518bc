import { DAY_OFFSET, MOMENT_MAX } from '../domain/time/levels.ts';

/** Mask of the moment's key in a position. */
export const MOMENT_MASK = MOMENT_MAX;

/** The columns of a `DateRow`: the bounds of the moment at a position, which its row in `moments` has. A moment without a known start has a first day before all others. */
export const DATE_OF = (position: string, row: string): string =>
  `${DAY_OF(position)}, ${row}.start_max, ${row}.end_min, ${row}.end_max, ${row}.doubted`;

/** The table `moments` under an alias, read through its covering index `moments_in_brief`: SQLite would otherwise read the rows. */
export const MOMENTS_IN_BRIEF = (alias: string): string => `moments ${alias} INDEXED BY moments_in_brief`;

/** The first day at a position, unless the start is unknown. */
export const DAY_OF = (position: string): string => `((${position} >> 30) - ${DAY_OFFSET})`;

/** The level at a position. */
export const LEVEL_OF = (position: string): string => `(${position} >> 25 & 31)`;

/**
 * The month (year * 12 + month - 1) of the day at a position, unless the start is unknown or there is no date. Hinnant's `civil_from_days`,
 * in months since a March; 50 eras of 400 years keep the divisions above zero.
 */
export function MONTH_OF(position: string): string {
  const shifted = `((${position} >> 30) - ${DAY_OFFSET} + ${719_468 + 50 * 146_097})`;
  const dayOfEra = `(${shifted} % 146097)`;
  const yearOfEra = `((${dayOfEra} - ${dayOfEra} / 1460 + ${dayOfEra} / 36524 - ${dayOfEra} / 146096) / 365)`;
  const dayOfYear = `(${dayOfEra} - 365 * ${yearOfEra} - ${yearOfEra} / 4 + ${yearOfEra} / 100)`;
  return `((${shifted} / 146097 * 400 + ${yearOfEra} - ${50 * 400}) * 12 + (5 * ${dayOfYear} + 2) / 153 + 2)`;
}
