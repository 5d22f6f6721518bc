import { type Civil, civilOf, dayOf, daysInMonth, MONTH_NAMES } from './day.ts';

/** A calendar of twelve months: the day number (since 1970-01-01) of a date that exists, the date of a day number, and the length of a month. */
export type Calendar = {
  /** Its name in labels and messages. */
  title: string;
  monthNames: readonly string[];
  /** The era of a calendar that counts years from 1 only. Its months move through the seasons. */
  era?: string;
  dayOf: (year: number, month: number, day: number) => number;
  civilOf: (day: number) => Civil;
  daysInMonth: (year: number, month: number) => number;
};

/** The proleptic Gregorian calendar. */
export const gregorian: Calendar = { title: 'Gregorian', monthNames: MONTH_NAMES, dayOf, civilOf, daysInMonth };

/** The proleptic Julian calendar: every fourth year is a leap year, year 0 (1 BCE) too. Years begin on 1 January. */
const julian: Calendar = {
  title: 'Julian',
  monthNames: MONTH_NAMES,
  dayOf(year, month, day) {
    // Years that begin in March have had all their leap days: the calendars differ by those of the centuries, and by two days in year 0.
    const marchYear = month > 2 ? year : year - 1;
    return dayOf(year, month, day) + Math.floor(marchYear / 100) - Math.floor(marchYear / 400) - 2;
  },
  civilOf(day) {
    const marchYear = Math.floor((4 * (day - julian.dayOf(0, 3, 1)) + 3) / 1461);
    // The days of a year that ends with 29 February are those of any calendar.
    const { month, day: ofMonth } = civilOf(dayOf(1999, 3, 1) + day - julian.dayOf(marchYear, 3, 1));
    return { year: month > 2 ? marchYear : marchYear + 1, month, day: ofMonth };
  },
  daysInMonth: (year, month) => daysInMonth(year % 4 === 0 ? 2000 : 2001, month),
};

// 1 Muharram 1: 16 July 622 in the Julian calendar, 19 July in the Gregorian.
const DAY_BEFORE_HIJRA = dayOf(622, 7, 18);

/**
 * The civil Islamic calendar, reckoned by rule: 11 leap years in 30, months of 30 and 29 days in turn, 16 July 622 (Julian) as its first day.
 * Source: Reingold and Dershowitz, Calendrical Calculations, 4th edition, chapter 7.
 */
const islamicCivil: Calendar = {
  title: 'Islamic civil',
  monthNames: [
    'Muharram',
    'Safar',
    'Rabi I',
    'Rabi II',
    'Jumada I',
    'Jumada II',
    'Rajab',
    'Shaban',
    'Ramadan',
    'Shawwal',
    'Dhu al-Qadah',
    'Dhu al-Hijjah',
  ],
  era: 'AH',
  dayOf: (year, month, day) =>
    DAY_BEFORE_HIJRA + 354 * (year - 1) + Math.floor((11 * year + 3) / 30) + 29 * (month - 1) + Math.floor(month / 2) + day,
  civilOf(day) {
    const year = Math.floor((30 * (day - DAY_BEFORE_HIJRA - 1) + 10_646) / 10_631);
    const month = Math.floor((11 * (day - islamicCivil.dayOf(year, 1, 1)) + 330) / 325);
    return { year, month, day: day - islamicCivil.dayOf(year, month, 1) + 1 };
  },
  daysInMonth: (year, month) => (month % 2 === 1 || (month === 12 && (11 * year + 14) % 30 < 11) ? 30 : 29),
};

/** The names of the calendars in which a date may be written. The index stores numbers of units that follow from their order: add new ones at the end. */
export const CALENDAR_NAMES = ['gregorian', 'julian', 'islamic-civil'] as const;
export type CalendarName = (typeof CALENDAR_NAMES)[number];

/** The calendars by name. */
export const CALENDARS: Readonly<Record<CalendarName, Calendar>> = { gregorian, julian, 'islamic-civil': islamicCivil };

const NOT_OFFERED: ReadonlyMap<unknown, string> = new Map([
  ['hebrew', 'its leap years have thirteen months, which EDTF cannot number'],
  ['islamic', 'its months begin when the moon is seen; islamic-civil counts them by rule, and may be a day or two off'],
  ['persian', 'its years begin with the equinox, which is observed'],
]);

/** A sentence about a calendar that is not offered: the reason, if it is a known one, and what to write instead. */
export function calendarAdvice(name: unknown): string {
  const reason = NOT_OFFERED.get(name);
  return `give one of ${CALENDAR_NAMES.join(', ')}${reason === undefined ? '' : ` (${String(name)} is not offered: ${reason})`}, or write the Gregorian days that the date means and keep its words in asStated`;
}
