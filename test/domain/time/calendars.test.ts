import { describe, expect, it, test } from 'vitest';
import { AnnalsError } from '../../../src/domain/errors.ts';
import { CALENDAR_NAMES, calendarAdvice, type CalendarName, CALENDARS } from '../../../src/domain/time/calendars.ts';
import { dayOf, EARLIEST_DAY, isoOfDay, LATEST_DAY } from '../../../src/domain/time/day.ts';
import { boundsOf, historicalDate } from '../../../src/domain/time/historical-date.ts';
import { parseEdtf } from '../../../src/domain/time/edtf.ts';
import { matchOf, windowWithin } from '../../../src/domain/time/window.ts';

const { julian, 'islamic-civil': islamic } = CALENDARS;

function messageOf(edtf: string, calendar: CalendarName): string {
  try {
    historicalDate(edtf, calendar);
  } catch (error) {
    if (error instanceof AnnalsError) return error.message;
    throw error;
  }
  return '';
}

test.each(CALENDAR_NAMES)('the %s calendar goes from day to date and back without change, over the whole range', (name) => {
  const calendar = CALENDARS[name];
  for (let day = EARLIEST_DAY; day <= LATEST_DAY; day += 7) {
    const { year, month, day: ofMonth } = calendar.civilOf(day);
    if (calendar.dayOf(year, month, ofMonth) !== day || ofMonth < 1 || ofMonth > calendar.daysInMonth(year, month))
      expect.fail(`civilOf(${day}) is ${year}-${month}-${ofMonth}`);
  }
});

describe('the Julian calendar', () => {
  // Pairs of Julian and Gregorian days: reforms of calendars, and dates that are known in both.
  it.each([
    ['-0043-03-15', '-0043-03-13'],
    ['0001-01-01', '0000-12-30'],
    ['0325-05-20', '0325-05-21'],
    ['1066-10-14', '1066-10-20'],
    ['1582-10-05', '1582-10-15'],
    ['1700-02-28', '1700-03-10'],
    ['1700-02-29', '1700-03-11'],
    ['1752-09-03', '1752-09-14'],
    ['1900-02-29', '1900-03-13'],
    ['1917-10-25', '1917-11-07'],
    ['1918-02-01', '1918-02-14'],
    ['2000-01-01', '2000-01-14'],
  ])('has %s on the Gregorian day %s', (written, day) => {
    const { earliest, latest } = historicalDate(written, 'julian').derived;
    expect([earliest, latest]).toEqual([day, day]);
  });

  it('counts the days as one who walks through all months does', () => {
    // The day before the Gregorian reform.
    let [day, year, month] = [dayOf(1582, 10, 15) - 4, 1582, 10];
    const length = () => [31, year % 4 === 0 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!;
    const check = () => {
      const last = julian.civilOf(day + length() - 1);
      const isRight = julian.dayOf(year, month, 1) === day && julian.daysInMonth(year, month) === length();
      if (!isRight || last.year !== year || last.month !== month || last.day !== length()) expect.fail(`${year}-${month} is wrong`);
    };
    for (; year <= 9999; [year, month] = month === 12 ? [year + 1, 1] : [year, month + 1]) {
      check();
      day += length();
    }
    [day, year, month] = [dayOf(1582, 10, 15) - 4, 1582, 10];
    for (; year >= -9999; ) {
      check();
      [year, month] = month === 1 ? [year - 1, 12] : [year, month - 1];
      day -= length();
    }
  });

  it.each([
    ['1917-10', '1917-10-14', '1917-11-13'],
    ['1917', '1917-01-14', '1918-01-13'],
    ['1900-02', '1900-02-13', '1900-03-13'],
    ['189X', '1890-01-13', '1900-01-12'],
    ['18XX', '1800-01-12', '1900-01-12'],
    ['-004X', '-0050-12-30', '-0040-12-29'],
    ['1917-21', '1917-03-14', '1917-06-13'],
    ['1917-24', '1917-12-14', '1918-03-13'],
    ['1917-XX', '1917-01-14', '1918-01-13'],
    ['1917-10-25?', '1917-11-07', '1917-11-07'],
    ['1917-10-25~', '1917-11-06', '1917-11-08'],
    ['1917-10-25/1918-02-01', '1917-11-07', '1918-02-14'],
    ['[1917-10-25,1917-10-26]', '1917-11-07', '1917-11-08'],
  ])('reads %s as the days from %s to %s', (written, earliest, latest) => {
    expect(historicalDate(written, 'julian').derived).toMatchObject({ earliest, latest });
  });

  it('leaves an end open or unknown', () => {
    expect(historicalDate('1917/..', 'julian').derived).toMatchObject({ earliest: '1917-01-14', open: 'end' });
    expect(historicalDate('/1917', 'julian').derived).toMatchObject({ latest: '1918-01-13', unknown: 'start' });
  });

  it.each([
    ['1917-10-25', '25 October 1917 (Julian; 7 November 1917)'],
    ['1917-10', 'October 1917 (Julian; 14 October to 13 November 1917)'],
    ['1917', '1917 (Julian; 14 January 1917 to 13 January 1918)'],
    ['1900-02-29', '29 February 1900 (Julian; 13 March 1900)'],
    ['1917-21', 'spring 1917 (Julian; 14 March to 13 June 1917)'],
    ['189X', '1890s (Julian; 13 January 1890 to 12 January 1900)'],
    ['1917-10~', 'about October 1917 (Julian; 14 October to 13 November 1917)'],
    ['1917-10-25?', '25 October 1917 (uncertain) (Julian; 7 November 1917)'],
    ['1917-10-24/1917-10-26', '24 to 26 October 1917 (Julian; 6 to 8 November 1917)'],
    ['1917-02/..', 'since February 1917 (Julian; since 14 February 1917)'],
    ['189X/..', 'since the 1890s (Julian; since 13 January 1890)'],
    ['/1917-10-25', 'until 25 October 1917, start unknown (Julian; until 7 November 1917, start unknown)'],
    ['[1917-10-25,1917-10-27]', '25 October 1917 or 27 October 1917 (Julian; 7 November 1917 or 9 November 1917)'],
    ['[1917-10-25..1917-10-27]', 'some day from 25 to 27 October 1917 (Julian; some day from 7 to 9 November 1917)'],
    ['[..1911]', 'before 1912 (Julian; before 14 January 1912)'],
    ['[1945-03..]', 'after February 1945 (Julian; after 13 March 1945)'],
    ['-0043-03-15', '15 March 44 BCE (Julian; 13 March 44 BCE)'],
  ])('names the days of both calendars: %s is %s', (written, label) => {
    expect(historicalDate(written, 'julian').derived.label).toBe(label);
  });

  it('refuses days that it has not, and days outside the years of the Gregorian calendar', () => {
    expect(messageOf('1917-02-29', 'julian')).toBe(
      '1917-02-29 does not exist: February 1917 has 28 days; if the day is not known, write 1917-02',
    );
    expect(messageOf('1900-02-29', 'gregorian')).toMatch('does not exist');
    const outside = ['-9999', '-9999-01-01', '9999', '9999-12', '9999-24', '9999-23', '999X'];
    for (const written of outside)
      expect(messageOf(written, 'julian')).toBe(
        `"${written}" lies outside the Gregorian years -9999 to 9999: write a Julian date within them`,
      );
    expect(isoOfDay(parseEdtf('9999-10-19', julian).startMin)).toBe('9999-12-31');
    expect(isoOfDay(parseEdtf('-9999-03-19', julian).startMin)).toBe('-9999-01-01');
  });

  it('makes one of several years last as long as a Julian year', () => {
    const date = boundsOf(parseEdtf('[1890..1895]', julian));
    const covers = (from: string, to: string) => {
      const [{ startMin: first }, { startMin: last }] = [parseEdtf(from), parseEdtf(to)];
      return matchOf(date, windowWithin('covers', { fromMin: first, fromMax: first, toMin: last, toMax: last }));
    };
    expect(covers('1890-12-20', '1891-01-10')).toBe('possible');
    expect(covers('1891-01-05', '1891-01-20')).toBeUndefined();
  });
});

describe('the civil Islamic calendar', () => {
  const format = new Intl.DateTimeFormat('en-u-ca-islamic-civil-nu-latn', {
    timeZone: 'UTC',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  });

  it('has the dates that Intl has, from its first day on', () => {
    for (let day = dayOf(622, 7, 19); day <= LATEST_DAY; day += 29) {
      const parts = new Map(format.formatToParts(day * 86_400_000).map(({ type, value }) => [type, Number(value)]));
      const expected = { year: parts.get('year'), month: parts.get('month'), day: parts.get('day') };
      const { year, month, day: ofMonth } = islamic.civilOf(day);
      if (year !== expected.year || month !== expected.month || ofMonth !== expected.day)
        expect.fail(`${isoOfDay(day)} is ${year}-${month}-${ofMonth}, and not ${JSON.stringify(expected)}`);
    }
  });

  it('has eleven leap years in thirty', () => {
    const leapYears = Array.from({ length: 30 }, (_, index) => index + 1).filter((year) => islamic.daysInMonth(year, 12) === 30);
    expect(leapYears).toEqual([2, 5, 7, 10, 13, 16, 18, 21, 24, 26, 29]);
  });

  it.each([
    ['0001-01-01', '0622-07-19', '0622-07-19', '1 Muharram 1 AH (Islamic civil; 19 July 622 CE)'],
    ['1445-09', '2024-03-11', '2024-04-09', 'Ramadan 1445 AH (Islamic civil; 11 March to 9 April 2024)'],
    ['1341', '1922-08-24', '1923-08-13', '1341 AH (Islamic civil; 24 August 1922 to 13 August 1923)'],
    ['134X/..', '1921-09-04', undefined, 'since the 1340s AH (Islamic civil; since 4 September 1921)'],
    ['13XX', '1882-11-12', '1979-11-20', '1300–1399 AH (Islamic civil; 12 November 1882 to 20 November 1979)'],
    ['000X', '0622-07-19', '0631-04-11', '1–9 AH (Islamic civil; 19 July 622 CE to 11 April 631 CE)'],
  ])('reads %s as the days from %s to %s: %s', (written, earliest, latest, label) => {
    expect(historicalDate(written, 'islamic-civil').derived).toMatchObject({ earliest, latest, label });
  });

  it('refuses seasons, years before its first, and days that it has not', () => {
    expect(messageOf('1341-21', 'islamic-civil')).toBe(
      '"1341-21" is a season, which has no fixed months in the Islamic civil calendar: write its months',
    );
    for (const written of ['0000', '-0004-01-01'])
      expect(messageOf(written, 'islamic-civil')).toBe(
        `"${written}" lies before 0001, the first Islamic civil year (AH): write the date in the Gregorian calendar`,
      );
    expect(messageOf('1341-02-30', 'islamic-civil')).toMatch(/^1341-02-30 does not exist: Safar 1341 has 29 days/);
    expect(messageOf('9999', 'islamic-civil')).toMatch(/lies outside the Gregorian years/);
  });
});

test('a calendar that is not offered is refused with the reason and what to write instead', () => {
  expect(calendarAdvice('hebrew')).toBe(
    'give one of gregorian, julian, islamic-civil (hebrew is not offered: its leap years have thirteen months, which EDTF cannot number), or write the Gregorian days that the date means and keep its words in asStated',
  );
  expect(calendarAdvice('constructor')).not.toMatch('not offered');
});
