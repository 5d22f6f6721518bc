/**
 * Civil dates as integers: days since 1970-01-01, proleptic Gregorian, astronomical years (year 0 is 1 BCE, ISO 8601-1).
 * No clock and no time zone: a day here is a square on the calendar.
 */

/** A calendar date: `year` astronomical, `month` 1..12, `day` 1..31. */
export type Civil = { year: number; month: number; day: number };

/** The English names of the months, January first. */
export const MONTH_NAMES = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

// From 0000-03-01, where the eras begin, to 1970-01-01.
const DAYS_BEFORE_1970 = 719_468;
const DAYS_IN_ERA = 146_097;
const YEARS_IN_ERA = 400;

/**
 * The day number of a calendar date, in days since 1970-01-01. The date must exist: `month` 1..12, `day` 1..`daysInMonth`; nothing is checked.
 *
 * The algorithm is Howard Hinnant's `days_from_civil`: years that begin in March put the leap day last, and 400 of them, an era, are 146,097 days.
 */
export function dayOf(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const era = Math.floor(marchYear / YEARS_IN_ERA);
  const yearOfEra = marchYear - era * YEARS_IN_ERA;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_IN_ERA + dayOfEra - DAYS_BEFORE_1970;
}

/** The calendar date of a day number (days since 1970-01-01): the inverse of `dayOf`, after Hinnant's `civil_from_days`. */
export function civilOf(day: number): Civil {
  const shifted = day + DAYS_BEFORE_1970;
  const era = Math.floor(shifted / DAYS_IN_ERA);
  const dayOfEra = shifted - era * DAYS_IN_ERA;
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * YEARS_IN_ERA + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  };
}

/** The number of days of a month, 28..31. `year` is astronomical, `month` 1..12. */
export function daysInMonth(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return isLeap ? 29 : 28;
}

/**
 * `YYYY-MM-DD` for a day from `EARLIEST_DAY` to `LATEST_DAY`; years before 0 have a sign and four digits (`-0044-03-15`, ISO 8601-1 expanded).
 * The two sentinels are not days: leave them out before asking. `dateOf` is `civilOf` of another calendar.
 */
export function isoOfDay(day: number, dateOf = civilOf): string {
  const civil = dateOf(day);
  const sign = civil.year < 0 ? '-' : '';
  return `${sign}${padded(Math.abs(civil.year), 4)}-${padded(civil.month, 2)}-${padded(civil.day, 2)}`;
}

/** Months since the start of year 0: `year * 12 + (month - 1)`. Consecutive months are consecutive integers, also across year 0. */
export function monthIndexOf(day: number): number {
  const { year, month } = civilOf(day);
  return year * 12 + (month - 1);
}

/** The first day of a month, of which `monthIndexOf` is the number. */
export function firstDayOfMonth(month: number): number {
  const year = Math.floor(month / 12);
  return dayOf(year, month - year * 12 + 1, 1);
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

/** -9999-01-01, the first day a date can name. */
export const EARLIEST_DAY = dayOf(-9999, 1, 1);

/** 9999-12-31, the last day a date can name. */
export const LATEST_DAY = dayOf(9999, 12, 31);

/** Stands for a start that is open or unknown, in days: earlier than every day a date can name, so that bounds always compare as integers. */
export const UNBOUNDED_START = -5_000_000;

/** Stands for an end that is open or unknown, in days: later than every day a date can name. */
export const UNBOUNDED_END = 3_300_000;

/** Units of the calendar, finest first, and their lengths in months. */
export const UNIT_MONTHS = { month: 1, year: 12, decade: 120, century: 1200 } as const;
export type CalendarUnit = keyof typeof UNIT_MONTHS;

/** All units, finest first. */
export const CALENDAR_UNITS: readonly CalendarUnit[] = ['month', 'year', 'decade', 'century'];

/** The units of the buckets of a histogram, widest first. */
export const BUCKET_UNITS = ['century', 'decade', 'year', 'month', 'day'] as const;
export type BucketUnit = (typeof BUCKET_UNITS)[number];

/** January of year 1, the first month after Christ, in months since the start of year 0. */
export const YEAR_ONE = 12;

/**
 * The first month of the unit with a month (`year * 12 + month - 1`). Decades and centuries after Christ are those of their digits, 1900 to 1999, of which
 * the first has no year 0: 1 to 99. Those before Christ are counted as historians do: 100 to 1 BCE are the years -0099 to 0000. Each year is in one.
 */
export function firstMonthOf(month: number, unit: CalendarUnit): number {
  const width = UNIT_MONTHS[unit];
  if (month < YEAR_ONE) return Math.floor((month - YEAR_ONE) / width) * width + YEAR_ONE;
  return Math.max(YEAR_ONE, Math.floor(month / width) * width);
}

/** The last month of the unit with a month. */
export function lastMonthOf(month: number, unit: CalendarUnit): number {
  const width = UNIT_MONTHS[unit];
  if (month < YEAR_ONE) return firstMonthOf(month, unit) + width - 1;
  return (Math.floor(month / width) + 1) * width - 1;
}
