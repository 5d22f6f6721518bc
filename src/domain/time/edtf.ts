import { type Calendar, gregorian } from './calendars.ts';
import { EARLIEST_DAY, LATEST_DAY, UNBOUNDED_END, UNBOUNDED_START } from './day.ts';
import { adviceFor, MAX_LENGTH, quoted, refusal, unreadable } from './edtf-advice.ts';

/** Every precision, finest first. */
export const PRECISIONS = ['day', 'month', 'season', 'year', 'decade', 'century'] as const;

/** The unit in which a date is known. */
export type Precision = (typeof PRECISIONS)[number];

/** The end of a date that is open or unknown. Only a set may miss both: `[..1911,1945..]`. */
export type Side = 'start' | 'end' | 'both';

/**
 * The earliest and latest day on which something can have started and ended, in days since 1970-01-01, inclusive;
 * `UNBOUNDED_START` and `UNBOUNDED_END` where nothing limits it.
 */
export type Bounds = { startMin: number; startMax: number; endMin: number; endMax: number };

/** One date as written: `first` and `last` are the days it covers (since 1970-01-01, inclusive), before `approximate` widens them. */
export type DatePart = {
  precision: Precision;
  calendar: Calendar;
  first: number;
  last: number;
  approximate: boolean;
  uncertain: boolean;
};

/**
 * A run of dates of one precision, one of which a set means: `first` and `last` are its days, sentinels where it has no first or last date. `from`
 * and `to` are its ends, the same for a single date.
 */
export type Run = { precision: Precision; first: number; last: number; from?: DatePart; to?: DatePart };

/**
 * A date and what it says. `edtf` is the text as given. Of an interval, `precision` is the coarser of its two ends, and `approximate` and
 * `uncertain` are true if either end is. `from` and `to` are its ends, absent where open or unknown; a date without a slash is both of its own ends.
 * A set, of which one is meant, has `oneOf` instead: its runs, in order.
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
  oneOf?: readonly Run[];
};

/** One side of an interval: the days on which it can lie, and either the date it names or why it names none. */
type End = { first: number; last: number; part?: DatePart; missing?: 'open' | 'unknown' };

/**
 * Reads a date in EDTF: level 0 of ISO 8601-2:2019 and, of level 1, seasons (`2001-21`), decades and centuries (`199X`, `19XX`), unspecified months and
 * days (`2004-XX`), years before 0 (`-0044`), `?`, `~` and `%` after a date, open and unknown ends (`2021-09/..`, `/2021`); of level 2, sets of which one
 * is meant (`[1890,1892]`, `[1890..1892]`, `[..1911]`, `[1945..]`). Years, months and days are those of `calendar`. At most 64 characters, years -9999
 * to 9999. Throws `invalid-request` with a message that says what is wrong and what to write instead.
 */
export function parseEdtf(text: string, calendar = gregorian): EdtfDate {
  try {
    return read(text, calendar);
  } catch (error) {
    // Forms are looked for with the months, weeks and eras of the Gregorian calendar.
    throw text.length > MAX_LENGTH || calendar !== gregorian ? error : adviceFor(text, error, (form) => read(form, calendar));
  }
}

function read(text: string, calendar: Calendar): EdtfDate {
  if (text.length > MAX_LENGTH)
    throw refusal(`${quoted(text)} is too long: it has ${text.length} characters, and at most ${MAX_LENGTH} are taken`);
  if (/^\[[^[\]/]*\]$/.test(text)) return oneOf(text, calendar);
  const [left = '', right, ...more] = text.split('/');
  if (right === undefined) {
    const end = namedEnd(scanPart(text, calendar));
    return dateOf(text, end, end);
  }
  if (more.length > 0) throw refusal(`${quoted(text)} has more than one slash: an interval has one, between its start and its end`);

  const start = scanEnd(left, UNBOUNDED_START, calendar);
  const end = scanEnd(right, UNBOUNDED_END, calendar);
  if (!start.part && !end.part) throw refusal(`${quoted(text)} has no date on either side: write at least one of them`);
  if (end.last < start.first)
    throw refusal(`${quoted(text)} ends before it starts: write the earlier date first, ${right}/${left}`, [`${right}/${left}`]);
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

/** A set of which one is meant: it lies at one of its dates, and lasts no longer. */
function oneOf(edtf: string, calendar: Calendar): EdtfDate {
  const runs = edtf
    .slice(1, -1)
    .split(',')
    .map((item) => runOf(edtf, item, calendar))
    .toSorted((one, other) => one.first - other.first || one.last - other.last);
  const first = Math.min(...runs.map((run) => run.first));
  const last = Math.max(...runs.map((run) => run.last));
  const parts = runs.flatMap(({ from, to }) => [from, to].filter((part) => part !== undefined));
  const unknown = sideOf(first === UNBOUNDED_START, last === UNBOUNDED_END);
  return {
    edtf,
    startMin: first,
    startMax: last,
    endMin: first,
    endMax: last,
    precision: runs.map(({ precision }) => precision).reduce(coarser),
    ...(unknown && { unknown }),
    approximate: parts.some(({ approximate }) => approximate),
    uncertain: parts.some(({ uncertain }) => uncertain),
    oneOf: runs,
  };
}

/** An item of a set: a date, or a run from one date to another of the same precision, either of which may be missing. */
function runOf(set: string, item: string, calendar: Calendar): Run {
  const [left = '', right, ...more] = item.split('..');
  if (item === '') throw unreadable(set);
  if (right === undefined) {
    const { first, last, part } = namedEnd(scanPart(left, calendar));
    return { precision: part!.precision, first, last, from: part!, to: part! };
  }
  if (more.length > 0 || (left === '' && right === '')) throw unreadable(set);
  const [from, to] = [left, right].map((each) => (each === '' ? undefined : scanPart(each, calendar)));
  const { precision } = (from ?? to)!;
  if (from?.approximate || from?.uncertain || to?.approximate || to?.uncertain)
    throw refusal(`${quoted(set)} has a qualifier in a range: write the first and the last date that it may be, without ?, ~ and %`);
  if (from && to && from.precision !== to.precision)
    throw refusal(`${quoted(set)} goes from a ${from.precision} to a ${to.precision}: write both ends alike`);
  if (from && to && to.first <= from.first)
    throw refusal(`${quoted(set)} has a range that ends before it starts: write the earlier date first, ${right}..${left}`);
  return { precision, first: from?.first ?? UNBOUNDED_START, last: to?.last ?? UNBOUNDED_END, ...(from && { from }), ...(to && { to }) };
}

const sideOf = (start: boolean, end: boolean): Side | undefined => (start && end ? 'both' : start ? 'start' : end ? 'end' : undefined);

const coarser = (one: Precision, other: Precision): Precision => (PRECISIONS.indexOf(one) < PRECISIONS.indexOf(other) ? other : one);

function sideThatIs(missing: 'open' | 'unknown', start: End, end: End): Side | undefined {
  if (start.missing === missing) return 'start';
  return end.missing === missing ? 'end' : undefined;
}

/** An open end lies beyond every day, at the sentinel `beyond`; an unknown one may lie anywhere. */
function scanEnd(text: string, beyond: number, calendar: Calendar): End {
  if (text === '..') return { first: beyond, last: beyond, missing: 'open' };
  if (text === '') return { first: UNBOUNDED_START, last: UNBOUNDED_END, missing: 'unknown' };
  return namedEnd(scanPart(text, calendar));
}

/** "About" reaches half the unit further on each side (rounded down, at least a day), but never outside the calendar. ISO 8601-2 sets no amount. */
function namedEnd(part: DatePart): End {
  if (!part.approximate) return { first: part.first, last: part.last, part };
  const margin = Math.max(1, Math.floor((part.last - part.first + 1) / 2));
  return { first: Math.max(EARLIEST_DAY, part.first - margin), last: Math.min(LATEST_DAY, part.last + margin), part };
}

// Every alternative has one width and nothing repeats without bound, so matching never backtracks further than a few characters.
const PART = /^(-?)(\d{4}|\d{3}X|\d{2}XX)(?:-(\d{2}|XX)(?:-(\d{2}|XX))?)?([?~%]?)$/;

function scanPart(text: string, calendar: Calendar): DatePart {
  const [matched, sign = '', year = '', month, day, qualifier] = PART.exec(text) ?? [];
  if (matched === undefined) throw unreadable(text);
  if (sign + year === '-0000') throw refusal(`${quoted(text)} has no such year: write 0000 for 1 BCE and -0001 for 2 BCE`);
  if (calendar.era !== undefined) refuseOutsideEra(text, sign + year, calendar);
  const days = month === undefined ? daysOfYears(sign, year, calendar) : daysWithin(text, sign + year, month, day, calendar);
  // The last winter alone reaches beyond the last day.
  const last = calendar === gregorian ? Math.min(days.last, LATEST_DAY) : days.last;
  if (days.first < EARLIEST_DAY || last > LATEST_DAY)
    throw refusal(`${quoted(text)} lies outside the Gregorian years -9999 to 9999: write a ${calendar.title} date within them`);
  return {
    ...days,
    last,
    calendar,
    approximate: qualifier === '~' || qualifier === '%',
    uncertain: qualifier === '?' || qualifier === '%',
  };
}

function refuseOutsideEra(text: string, year: string, { title, era }: Calendar): void {
  if (year.startsWith('-') || year === '0000')
    throw refusal(`${quoted(text)} lies before 0001, the first ${title} year (${era}): write the date in the Gregorian calendar`);
}

type Days = Pick<DatePart, 'precision' | 'first' | 'last'>;

/** A year, or with `X` for its last digits a decade or a century. Below 0 the digits count backwards, and -000X ends with -0001, since there is no -0000. */
function daysOfYears(sign: string, digits: string, { dayOf, era }: Calendar): Days {
  const low = Number(digits.replaceAll('X', '0'));
  const high = Number(digits.replaceAll('X', '9'));
  const precision = digits.endsWith('XX') ? 'century' : digits.endsWith('X') ? 'decade' : 'year';
  const [firstYear, lastYear] = sign === '' ? [era === undefined ? low : Math.max(low, 1), high] : [-high, -Math.max(low, 1)];
  return { precision, first: dayOf(firstYear, 1, 1), last: dayOf(lastYear + 1, 1, 1) - 1 };
}

/** A part of a year: `XX` is unspecified, so what is known is the year or the month before it. */
function daysWithin(text: string, year: string, month: string, day: string | undefined, calendar: Calendar): Days {
  if (year.includes('X') || (month === 'XX' && day !== undefined && day !== 'XX')) throw unreadable(text);
  if (month === 'XX') return daysOfYears(year.startsWith('-') ? '-' : '', year.replace('-', ''), calendar);
  if (Number(month) >= 21 && Number(month) <= 24 && day === undefined) return daysOfSeason(text, Number(year), Number(month), calendar);

  const monthName = calendar.monthNames[Number(month) - 1];
  if (monthName === undefined) {
    throw refusal(
      `${quoted(text)} has no such month: months run from 01 to 12, as in ${year}-12, and seasons, without a day, from 21 to 24, as in ${year}-21`,
    );
  }
  const first = calendar.dayOf(Number(year), Number(month), 1);
  const length = calendar.daysInMonth(Number(year), Number(month));
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
function daysOfSeason(text: string, year: number, season: number, { dayOf, era, title }: Calendar): Days {
  if (era !== undefined) throw refusal(`${quoted(text)} is a season, which has no fixed months in the ${title} calendar: write its months`);
  const first = dayOf(year, 3 * (season - 20), 1);
  const last = season === 24 ? dayOf(year + 1, 3, 1) - 1 : dayOf(year, 3 * (season - 20) + 3, 1) - 1;
  return { precision: 'season', first, last };
}
