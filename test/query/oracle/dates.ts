import fc from 'fast-check';
import { CALENDAR_NAMES, type CalendarName, CALENDARS } from '../../../src/domain/time/calendars.ts';
import { parseEdtf } from '../../../src/domain/time/edtf.ts';

const digits = (value: number, width: number): string => String(value).padStart(width, '0');

const year = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1989, max: 2024 }).map(String) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 9999 }).map((each) => digits(each, 4)) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 9999 }).map((each) => `-${digits(each, 4)}`) },
);
const month = fc.tuple(year, fc.integer({ min: 1, max: 12 })).map(([of, number]) => `${of}-${digits(number, 2)}`);

/** Days, half of them in one March, so that many entries share a day. */
const day = fc.oneof(
  fc.integer({ min: 24, max: 31 }).map((number) => `2018-03-${number}`),
  fc.tuple(month, fc.integer({ min: 1, max: 28 })).map(([of, number]) => `${of}-${digits(number, 2)}`),
);

/** One date without a qualifier, of every precision; also the first and last there are. */
export const plainDate = fc.oneof(
  { weight: 6, arbitrary: day },
  { weight: 3, arbitrary: month },
  { weight: 3, arbitrary: year },
  { weight: 1, arbitrary: fc.tuple(year, fc.integer({ min: 21, max: 24 })).map(([of, season]) => `${of}-${season}`) },
  { weight: 1, arbitrary: fc.constantFrom('199X', '200X', '201X', '-004X') },
  { weight: 1, arbitrary: fc.constantFrom('19XX', '20XX', '18XX', '-01XX') },
  { weight: 1, arbitrary: fc.constantFrom('-9999-01-01', '9999-12-31', '0000', '2016-02-29', '2018-12-31', '2019-01-01') },
);

const fuzzyDate = fc.tuple(plainDate, fc.constantFrom('~', '~', '?', '%')).map(([date, mark]) => date + mark);
const someDate = fc.oneof({ weight: 4, arbitrary: plainDate }, { weight: 1, arbitrary: fuzzyDate });

function isDate(text: string, calendar: CalendarName = 'gregorian'): boolean {
  try {
    parseEdtf(text, CALENDARS[calendar]);
    return true;
  } catch {
    return false;
  }
}

/** Two dates as an interval, in the order in which they make one. */
const ordered = ([left, right]: [string, string]): string =>
  [`${left}/${right}`, `${right}/${left}`].find((interval) => isDate(interval)) ?? left;

/** An interval without qualifiers, as a window may be. */
export const plainInterval = fc.tuple(plainDate, plainDate).map(ordered);

const sameUnit = (one: string, other: string): string =>
  [`${one}..${other}`, `${other}..${one}`].find((range) => isDate(`[${range}]`)) ?? one;

const alternative = fc.oneof(
  { weight: 4, arbitrary: someDate },
  {
    weight: 2,
    arbitrary: fc.oneof(fc.tuple(day, day), fc.tuple(month, month), fc.tuple(year, year)).map(([one, other]) => sameUnit(one, other)),
  },
);

/** One of several dates, with gaps and without, also before and after one. */
export const oneOfDates = fc
  .oneof(
    { weight: 4, arbitrary: fc.array(alternative, { minLength: 1, maxLength: 3 }).map((each) => `[${each.join(',')}]`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(plainDate, fc.array(alternative, { maxLength: 1 }))
        .map(([date, more]) => `[${[`..${date}`, ...more].join(',')}]`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(plainDate, fc.array(alternative, { maxLength: 1 }))
        .map(([date, more]) => `[${[...more, `${date}..`].join(',')}]`),
    },
  )
  .filter((text) => text.length <= 64 && isDate(text));

/** A date as records bear it: exact, fuzzy, from one to another, one of several, open or unknown at an end; or none. */
export const recordDate: fc.Arbitrary<string | undefined> = fc.oneof(
  { weight: 10, arbitrary: someDate },
  { weight: 4, arbitrary: fc.tuple(someDate, someDate).map(ordered) },
  { weight: 2, arbitrary: someDate.chain((date) => fc.constantFrom(`${date}/..`, `${date}/`)) },
  { weight: 2, arbitrary: someDate.chain((date) => fc.constantFrom(`../${date}`, `/${date}`)) },
  { weight: 4, arbitrary: oneOfDates },
  { weight: 2, arbitrary: fc.constant(undefined) },
);

/** A calendar in which a date may be written, mostly none. */
export const calendarFor = (edtf: string | undefined): fc.Arbitrary<CalendarName | undefined> =>
  fc
    .option(fc.constantFrom(...CALENDAR_NAMES), { nil: undefined, freq: 2 })
    .map((calendar) => (edtf !== undefined && calendar && isDate(edtf, calendar) ? calendar : undefined));

/** The parameters of a window, most of them none or narrow enough to leave something out. */
export const windowAsked: fc.Arbitrary<{ from?: string; to?: string; on?: string }> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: plainDate.map((from) => ({ from })) },
  { weight: 2, arbitrary: plainDate.map((to) => ({ to })) },
  { weight: 3, arbitrary: fc.oneof(plainDate, plainInterval).map((on) => ({ on })) },
  {
    weight: 3,
    arbitrary: fc.tuple(plainDate, plainDate).map(([one, other]) => {
      const [from, to] = parseEdtf(one).startMin <= parseEdtf(other).endMax ? [one, other] : [other, one];
      return { from, to };
    }),
  },
);
