import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  civilOf,
  dayOf,
  daysInMonth,
  EARLIEST_DAY,
  isoOfDay,
  LATEST_DAY,
  monthIndexOf,
  UNBOUNDED_END,
  UNBOUNDED_START,
} from '../../../src/domain/time/day.ts';

const anyDay = fc.integer({ min: EARLIEST_DAY, max: LATEST_DAY });

/** The engine's own calendar, as an independent answer. `Date.UTC` reads years 0..99 as 1900..1999, so the year is set afterwards. */
function dayByDate(year: number, month: number, day: number): number {
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() / 86_400_000;
}

describe('day', () => {
  it('counts from 1970-01-01', () => {
    expect(dayOf(1970, 1, 1)).toBe(0);
    expect(dayOf(1969, 12, 31)).toBe(-1);
    expect(dayOf(2000, 3, 1)).toBe(11_017);
    expect(dayOf(0, 1, 1)).toBe(-719_528);
  });

  it('gives every date of the range the day number that the engine gives it', () => {
    for (let day = EARLIEST_DAY; day <= LATEST_DAY; day += 13) {
      const { year, month, day: ofMonth } = civilOf(day);
      if (dayByDate(year, month, ofMonth) !== day) expect.fail(`civilOf(${day}) is ${year}-${month}-${ofMonth}`);
      if (dayOf(year, month, ofMonth) !== day) expect.fail(`dayOf does not undo civilOf(${day})`);
    }
  });

  it('goes from day to date and back without change', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const { year, month, day: ofMonth } = civilOf(day);
        expect(dayOf(year, month, ofMonth)).toBe(day);
      }),
      { numRuns: 5000 },
    );
  });

  it('goes from date to day and back without change, on the first and last day of every month of the range', () => {
    for (let year = -9999; year <= 9999; year += 1) {
      for (let month = 1; month <= 12; month += 1) {
        const first = dayOf(year, month, 1);
        const last = dayOf(year, month, daysInMonth(year, month));
        const next = month === 12 ? dayOf(year + 1, 1, 1) : dayOf(year, month + 1, 1);
        if (last + 1 !== next) expect.fail(`${year}-${month} does not end where the next month begins`);
        if (civilOf(first).month !== month || civilOf(last).day !== daysInMonth(year, month))
          expect.fail(`${year}-${month} does not come back`);
      }
    }
  });

  it('knows leap years, also the centuries and year 0', () => {
    expect([2004, 1900, 2000, 0, -4, -100, -400, 2013].map((year) => daysInMonth(year, 2))).toEqual([29, 28, 29, 29, 29, 28, 29, 28]);
    expect([1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((month) => daysInMonth(2013, month))).toEqual([
      31, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31,
    ]);
  });

  it('writes days in ISO 8601, years before 0 with a sign and four digits', () => {
    expect(isoOfDay(dayOf(2018, 3, 5))).toBe('2018-03-05');
    expect(isoOfDay(dayOf(-44, 3, 15))).toBe('-0044-03-15');
    expect(isoOfDay(dayOf(0, 2, 29))).toBe('0000-02-29');
    expect(isoOfDay(dayOf(476, 9, 4))).toBe('0476-09-04');
    expect([isoOfDay(EARLIEST_DAY), isoOfDay(LATEST_DAY)]).toEqual(['-9999-01-01', '9999-12-31']);
  });

  it('numbers months so that each month is one more than the month before, across year 0 too', () => {
    expect(monthIndexOf(dayOf(0, 1, 31))).toBe(0);
    expect(monthIndexOf(dayOf(-1, 12, 31))).toBe(-1);
    expect(monthIndexOf(dayOf(2018, 3, 5))).toBe(2018 * 12 + 2);
    fc.assert(
      fc.property(anyDay, (day) => {
        const isLastOfMonth = civilOf(day + 1).day === 1;
        expect(monthIndexOf(day + 1) - monthIndexOf(day)).toBe(isLastOfMonth ? 1 : 0);
      }),
    );
  });

  it('keeps its sentinels outside every day that a date can name, widened or not', () => {
    expect(UNBOUNDED_START).toBeLessThan(EARLIEST_DAY - 40_000);
    expect(UNBOUNDED_END).toBeGreaterThan(LATEST_DAY + 40_000);
  });
});
