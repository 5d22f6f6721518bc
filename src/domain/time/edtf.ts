import { dayOf, daysInMonth, EARLIEST_DAY, LATEST_DAY, MONTH_NAMES, UNBOUNDED_END, UNBOUNDED_START } from './day.ts';
import { AnnalsError } from '../errors.ts';
import { shortened } from '../text/first-units.ts';

/** Every precision, finest first. */
export const PRECISIONS = ['day', 'month', 'season', 'year', 'decade', 'century'] as const;

/** The unit in which a date is known. */
export type Precision = (typeof PRECISIONS)[number];

/** The end of an interval that is open or unknown. A date names at least one end, so `parseEdtf` never returns `both`. */
export type Side = 'start' | 'end' | 'both';

/**
 * The earliest and latest day on which something can have started and ended, in days since 1970-01-01, inclusive;
 * `UNBOUNDED_START` and `UNBOUNDED_END` where nothing limits it.
 */
export type Bounds = { startMin: number; startMax: number; endMin: number; endMax: number };

/** One date as written: `first` and `last` are the days it covers (since 1970-01-01, inclusive), before `approximate` widens them. */
export type DatePart = { precision: Precision; first: number; last: number; approximate: boolean; uncertain: boolean };

/**
 * A date and what it says. `edtf` is the text as given. Of an interval, `precision` is the coarser of its two ends, and `approximate` and
 * `uncertain` are true if either end is. `from` and `to` are its ends, absent where open or unknown; a date without a slash is both of its own ends.
 */
export type EdtfDate = Bounds & {
  edtf: string;
  precision: Precision;
  open?: Side;
  unknown?: Side;
  approximate: boolean;
  uncertain: boolean;
  from?: DatePart;
  to?: DatePart;
};

const MAX_LENGTH = 64;

/** One side of an interval: the days on which it can lie, and either the date it names or why it names none. */
type End = { first: number; last: number; part?: DatePart; missing?: 'open' | 'unknown' };

/**
 * Reads a date in EDTF: level 0 of ISO 8601-2:2019 and, of level 1, seasons (`2001-21`), decades and centuries (`199X`, `19XX`), unspecified months and
 * days (`2004-XX`), years before 0 (`-0044`), `?`, `~` and `%` after a date, open and unknown ends (`2021-09/..`, `/2021`). At most 64 characters,
 * years -9999 to 9999. Throws `invalid-request` with a message that says what is wrong and what to write instead.
 */
export function parseEdtf(text: string): EdtfDate {
  if (text.length > MAX_LENGTH) throw refusal(`${quoted(text)} is too long: at most ${MAX_LENGTH} characters, such as 2015/2021`);
  const [left = '', right, ...more] = text.split('/');
  if (right === undefined) {
    const end = namedEnd(scanPart(text));
    return dateOf(text, end, end);
  }
  if (more.length > 0) throw refusal(`${quoted(text)} has more than one slash: write an interval as start/end, such as 2015/2021`);

  const start = scanEnd(left, UNBOUNDED_START);
  const end = scanEnd(right, UNBOUNDED_END);
  if (!start.part && !end.part) throw refusal(`${quoted(text)} has no date on either side: write at least one, such as 2021/.. or /2021`);
  if (end.last < start.first) throw refusal(`${quoted(text)} ends before it starts: write the earlier date first, ${right}/${left}`);
  return dateOf(text, start, end);
}

/** One rule gives the bounds of every date: each end lies in its range of days, and no start follows its end. */
function dateOf(edtf: string, start: End, end: End): EdtfDate {
  const { part: from } = start;
  const { part: to } = end;
  const open = sideThatIs('open', start, end);
  const unknown = sideThatIs('unknown', start, end);
  return {
    edtf,
    startMin: start.first,
    startMax: Math.min(start.last, end.last),
    endMin: Math.max(start.first, end.first),
    endMax: end.last,
    precision: coarser(from?.precision ?? 'day', to?.precision ?? 'day'),
    ...(open && { open }),
    ...(unknown && { unknown }),
    approximate: from?.approximate === true || to?.approximate === true,
    uncertain: from?.uncertain === true || to?.uncertain === true,
    ...(from && { from }),
    ...(to && { to }),
  };
}

const coarser = (one: Precision, other: Precision): Precision => (PRECISIONS.indexOf(one) < PRECISIONS.indexOf(other) ? other : one);

function sideThatIs(missing: 'open' | 'unknown', start: End, end: End): Side | undefined {
  if (start.missing === missing) return 'start';
  return end.missing === missing ? 'end' : undefined;
}

/** An open end lies beyond every day, at the sentinel `beyond`; an unknown one may lie anywhere. */
function scanEnd(text: string, beyond: number): End {
  if (text === '..') return { first: beyond, last: beyond, missing: 'open' };
  if (text === '') return { first: UNBOUNDED_START, last: UNBOUNDED_END, missing: 'unknown' };
  return namedEnd(scanPart(text));
}

/** "About" reaches half the unit further on each side (rounded down, at least a day), but never outside the calendar. ISO 8601-2 sets no amount. */
function namedEnd(part: DatePart): End {
  if (!part.approximate) return { first: part.first, last: part.last, part };
  const margin = Math.max(1, Math.floor((part.last - part.first + 1) / 2));
  return { first: Math.max(EARLIEST_DAY, part.first - margin), last: Math.min(LATEST_DAY, part.last + margin), part };
}

// Every alternative has one width and nothing repeats without bound, so matching never backtracks further than a few characters.
const PART = /^(-?)(\d{4}|\d{3}X|\d{2}XX)(?:-(\d{2}|XX)(?:-(\d{2}|XX))?)?([?~%]?)$/;

function scanPart(text: string): DatePart {
  const [matched, sign = '', year = '', month, day, qualifier] = PART.exec(text) ?? [];
  if (matched === undefined) throw unreadable(text);
  if (sign + year === '-0000') throw refusal(`${quoted(text)} has no such year: write 0000 for 1 BCE and -0001 for 2 BCE`);
  const days = month === undefined ? daysOfYears(sign, year) : daysWithin(text, sign + year, month, day);
  return { ...days, approximate: qualifier === '~' || qualifier === '%', uncertain: qualifier === '?' || qualifier === '%' };
}

type Days = Pick<DatePart, 'precision' | 'first' | 'last'>;

/** A year, or with `X` for its last digits a decade or a century. Below 0 the digits count backwards, and -000X ends with -0001, since there is no -0000. */
function daysOfYears(sign: string, digits: string): Days {
  const low = Number(digits.replaceAll('X', '0'));
  const high = Number(digits.replaceAll('X', '9'));
  const precision = digits.endsWith('XX') ? 'century' : digits.endsWith('X') ? 'decade' : 'year';
  const [firstYear, lastYear] = sign === '' ? [low, high] : [-high, -Math.max(low, 1)];
  return { precision, first: dayOf(firstYear, 1, 1), last: dayOf(lastYear, 12, 31) };
}

/** A part of a year: `XX` is unspecified, so what is known is the year or the month before it. */
function daysWithin(text: string, year: string, month: string, day: string | undefined): Days {
  if (year.includes('X') || (month === 'XX' && day !== undefined && day !== 'XX')) throw unreadable(text);
  if (month === 'XX') return { precision: 'year', first: dayOf(Number(year), 1, 1), last: dayOf(Number(year), 12, 31) };
  if (Number(month) >= 21 && Number(month) <= 24 && day === undefined) return daysOfSeason(Number(year), Number(month));

  const monthName = MONTH_NAMES[Number(month) - 1];
  if (monthName === undefined) {
    throw refusal(
      `${quoted(text)} has no such month: months run from 01 to 12, as in ${year}-12, and seasons, without a day, from 21 to 24, as in ${year}-21`,
    );
  }
  const first = dayOf(Number(year), Number(month), 1);
  const length = daysInMonth(Number(year), Number(month));
  if (day === undefined || day === 'XX') return { precision: 'month', first, last: first + length - 1 };
  if (Number(day) < 1 || Number(day) > length) {
    const written = `${year}-${month}-${day}`;
    throw refusal(`${written} does not exist: ${monthName} ${year} has ${length} days; if the day is not known, write ${year}-${month}`);
  }
  return { precision: 'day', first: first + Number(day) - 1, last: first + Number(day) - 1 };
}

/**
 * ISO 8601-2 names the seasons 21 spring to 24 winter and leaves open when they begin. Here they are the northern meteorological ones, three whole months each:
 * spring from March, summer from June, autumn from September, winter from December of the year named to February of the next.
 */
function daysOfSeason(year: number, season: number): Days {
  const first = dayOf(year, 3 * (season - 20), 1);
  const last = season === 24 ? dayOf(year + 1, 3, 1) - 1 : dayOf(year, 3 * (season - 20) + 3, 1) - 1;
  return { precision: 'season', first, last: Math.min(last, LATEST_DAY) };
}

/** The usual meaning of a text that is no date here: the first pattern found decides. */
const ADVICE: [RegExp, string][] = [
  [/^$/, 'nothing is written; write a date, such as 2018-03'],
  [/[[\]{},]/, 'sets and lists of dates are not read; write an interval, such as 2015/2021'],
  [/:|\dT/, 'a date has no time of day; write the day alone, such as 2022-01-06'],
  [/^[+-]?\d{5,}|\dE|^Y|S\d/, 'years have four digits, from -9999 to 9999, and a hyphen follows; write 0476 or 2018-03-05'],
  [/[?~%]/, 'a qualifier stands once, after the whole date; write 2004-06?, 2004-06~ or 2004-06%'],
  [
    /x/i,
    'X replaces the last one or two digits of a year alone, or a whole month or day with all that follows; write 199X, 19XX, 2004-XX or 2004-06-XX',
  ],
  [/\.\./, 'an interval has a slash; write 2015/2021, or 2021-09/.. for one that is still going on'],
  [/\s/, 'a date is digits and hyphens without spaces; write 2018-03 or 2018-03-05'],
];
const COMMON_ADVICE = 'the year has four digits, month and day two each; write 2018, 2018-03 or 2018-03-05';

function unreadable(text: string): AnnalsError {
  const advice = ADVICE.find(([pattern]) => pattern.test(text))?.[1] ?? COMMON_ADVICE;
  return refusal(`${quoted(text)} is not a date: ${advice}`);
}

function refusal(message: string): AnnalsError {
  return new AnnalsError('invalid-request', message, [{ message }]);
}

/** The text as a message may show it: cut to a date's length, without what would break a line or not print. */
function quoted(text: string): string {
  return `"${shortened(text, MAX_LENGTH).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD')}"`;
}
