import { AnnalsError, type Issue } from '../errors.ts';
import { type Calendar, CALENDAR_NAMES, CALENDARS } from './calendars.ts';
import { isoOfDay } from './day.ts';
import { quoted } from './edtf-advice.ts';
import { type Bounds, type EdtfDate, parseEdtf, type Precision, PRECISIONS } from './edtf.ts';
import type { DatedBounds } from './historical-date.ts';
import { AFTER_ALL_DAYS, BEFORE_ALL_DAYS } from './levels.ts';

/** The relations that a moment may have to a window: it shares a day with it, begins in it, lies wholly in it, or lasts all of it. */
export const OVERLAPS = ['any', 'starts', 'within', 'covers'] as const;
export type Overlap = (typeof OVERLAPS)[number];

/** The first and the last day on which a window may begin, and may end: the same day twice where it is known, beyond every day without a limit. */
export type Limits = { fromMin: number; fromMax: number; toMin: number; toMax: number };

/**
 * The days a query asks about, since 1970-01-01, inclusive. What matches starts by `to` and ends from `from` on; a side that is absent has no limit.
 * `asked` says what else is asked of it: without it, that it shares a day with the window. Nothing is certain of a window that is `doubted`.
 */
export type Window = { from?: number; to?: number; asked?: { overlap: Overlap; limits: Limits; doubted: boolean } };

/** No limits. */
export const UNLIMITED: Limits = { fromMin: BEFORE_ALL_DAYS, fromMax: BEFORE_ALL_DAYS, toMin: AFTER_ALL_DAYS, toMax: AFTER_ALL_DAYS };

/** The limits of a window: of one without `asked`, its days. */
export const limitsOf = ({ from = BEFORE_ALL_DAYS, to = AFTER_ALL_DAYS, asked }: Window): Limits =>
  asked?.limits ?? { fromMin: from, fromMax: from, toMin: to, toMax: to };

/** The window of the moments that overlap limits so. */
export function windowWithin(overlap: Overlap, limits: Limits, doubted = false): Window {
  const { fromMin, fromMax, toMin, toMax } = limits;
  const [from, to] = overlap === 'covers' ? [toMin, fromMax] : [fromMin, toMax];
  return {
    ...(from > BEFORE_ALL_DAYS && { from }),
    ...(to < AFTER_ALL_DAYS && { to }),
    asked: { overlap, limits, doubted },
  };
}

/** A comparison of a bound of a date with a limit of a window. */
export type Comparison = readonly [bound: keyof Bounds, is: '<=' | '>=', limit: keyof Limits];

/** Conditions under which an overlap is possible, and certain, of a date without `?` and `%`. */
export const CONDITIONS: Readonly<Record<Overlap, Readonly<Record<Match, readonly Comparison[]>>>> = {
  any: {
    possible: [
      ['startMin', '<=', 'toMax'],
      ['endMax', '>=', 'fromMin'],
    ],
    certain: [
      ['startMax', '<=', 'toMin'],
      ['endMin', '>=', 'fromMax'],
    ],
  },
  starts: {
    possible: [
      ['startMin', '<=', 'toMax'],
      ['startMax', '>=', 'fromMin'],
    ],
    certain: [
      ['startMin', '>=', 'fromMax'],
      ['startMax', '<=', 'toMin'],
    ],
  },
  within: {
    possible: [
      ['startMin', '<=', 'toMax'],
      ['startMax', '>=', 'fromMin'],
      ['endMin', '<=', 'toMax'],
      ['endMax', '>=', 'fromMin'],
    ],
    certain: [
      ['startMin', '>=', 'fromMax'],
      ['endMax', '<=', 'toMin'],
    ],
  },
  covers: {
    possible: [
      ['startMin', '<=', 'fromMax'],
      ['endMax', '>=', 'toMin'],
    ],
    certain: [
      ['startMax', '<=', 'fromMin'],
      ['endMin', '>=', 'toMax'],
    ],
  },
};

/** Returns true for a window with a limit. */
export const hasWindow = ({ from, to }: Window): boolean => from !== undefined || to !== undefined;

/** The certainty that something lies in a window: `certain` on every reading of its date, `possible` on some. */
export type Match = 'certain' | 'possible';

type Parameter = 'from' | 'to' | 'on';

/**
 * The window that the parameters `from`, `to` and `on` ask for. A partial date (`2018`, `2018-03`, `2001-21`, `199X`) is its first day in `from`, its last
 * in `to`, and both in `on`, which also takes an interval (`2022-03-03/2022-03-04`). Throws `invalid-request` with one issue per parameter that is
 * wrong: not a date, qualified by `?`, `~` or `%`, an interval where a single date is due, `on` beside `from` or `to`, a `from` that lies after `to`.
 */
export function parseWindow(asked: { [name in Parameter]?: string }): Window {
  const issues: Issue[] = [];
  const on = readParameter('on', asked.on, issues);
  const from = readParameter('from', asked.from, issues);
  const to = readParameter('to', asked.to, issues);

  if (asked.on !== undefined && (asked.from !== undefined || asked.to !== undefined)) {
    issues.push({ parameter: 'on', message: 'on already says both ends: leave out from and to, or leave out on, as in from=2018&to=2019' });
  }
  if (from && to && from.startMin > to.endMax) {
    const message = `from=${from.edtf} (${isoOfDay(from.startMin)}) is after to=${to.edtf} (${isoOfDay(to.endMax)}): write the earlier date in from`;
    issues.push({ parameter: 'from', message }, { parameter: 'to', message });
  }
  if (issues.length > 0) throw new AnnalsError('invalid-request', [...new Set(issues.map((issue) => issue.message))].join('; '), issues);

  const first = (on ?? from)?.startMin;
  const last = (on ?? to)?.endMax;
  return { ...(first !== undefined && { from: first }), ...(last !== undefined && { to: last }) };
}

/** The date in one parameter, or `undefined` where it is absent or wrong; what is wrong is added to `issues`. */
function readParameter(parameter: Parameter, text: string | undefined, issues: Issue[]): EdtfDate | undefined {
  if (text === undefined) return undefined;
  try {
    const date = parseEdtf(text);
    const message = unfitForWindow(parameter, date);
    if (message === undefined) return date;
    issues.push({ parameter, message });
  } catch (error) {
    if (!(error instanceof AnnalsError)) throw error;
    const forms = error.issues.flatMap(({ didYouMean = [] }) => didYouMean).flatMap((form) => formFor(parameter, parseEdtf(form)) ?? []);
    const written = [...new Set(forms)].join(' or ');
    const advice = forms.length > 0 ? `${quoted(text)} does not bound a window: write ${written}` : error.message;
    issues.push({ parameter, message: advice });
  }
  return undefined;
}

/** The reason why a date cannot bound a window, if there is one. A window is exact: only the dates that it is compared with may be "about" or "perhaps". */
function unfitForWindow(parameter: Parameter, date: EdtfDate): string | undefined {
  const isExact = !date.oneOf && !date.approximate && !date.uncertain && date.from !== undefined && date.to !== undefined;
  if (isExact && (parameter === 'on' || date.from === date.to)) return undefined;
  const form = formFor(parameter, date);
  const written = `${parameter}=${date.edtf}`;
  const advice = form === undefined ? 'leave it out' : `write ${form}`;
  if (date.oneOf) return `${written} is one of several dates: a window is exact, ${advice}`;
  if (date.from && date.to && (date.approximate || date.uncertain)) return `${written} is qualified: ${advice}`;
  if (!date.from || !date.to) return `${written} has no limit on one side: ${advice}`;
  return `${written} is an interval: ${advice}, or on=${date.edtf}`;
}

const startOf = (text: string): number => parseEdtf(text).startMin;

const sorted = (texts: string[]): string[] => texts.toSorted((one, other) => startOf(one) - startOf(other));

/** The parameters that ask for the window of a date, none for a date without limits: `from=1890&to=1892`, `on=1890/1892`. */
function formFor(parameter: Parameter, { edtf, oneOf, unknown }: EdtfDate): string | undefined {
  const exact = edtf.replaceAll(/[?~%[\]]/g, '');
  const ends = oneOf ? sorted(exact.split(/,|\.\./).filter(Boolean)) : exact.split('/').map((end) => (end === '..' ? '' : end));
  if (oneOf && unknown === 'both') return undefined;
  const from = oneOf && unknown === 'start' ? '' : ends[0]!;
  const to = oneOf && unknown === 'end' ? '' : ends.at(-1)!;
  if (from === to) return `${parameter}=${from}`;
  if (from === '' || to === '') return from === '' ? `to=${to}` : `from=${from}`;
  const [first, last] = startOf(from) > parseEdtf(to).endMax ? [to, from] : [from, to];
  return parameter === 'on' ? `on=${first}/${last}` : `from=${first}&to=${last}`;
}

/** The certainty with which a date overlaps a window as it is asked; undefined if it cannot. */
export function matchOf(date: DatedBounds, window: Window): Match | undefined {
  const overlap = window.asked?.overlap ?? 'any';
  if (!holds(date, CONDITIONS[overlap].possible, limitsOf(window)) || !membersAllow(date, window)) return undefined;
  return isCertain(date, window) ? 'certain' : 'possible';
}

const holds = (bounds: Bounds, comparisons: readonly Comparison[], limits: Limits): boolean =>
  comparisons.every(([bound, is, limit]) => (is === '<=' ? bounds[bound] <= limits[limit] : bounds[bound] >= limits[limit]));

const isCertain = (date: Bounds & { doubted: boolean }, window: Window): boolean =>
  !date.doubted && window.asked?.doubted !== true && holds(date, CONDITIONS[window.asked?.overlap ?? 'any'].certain, limitsOf(window));

/** One of several dates lies in the window by one of its days, and covers one only as long as its units last. */
function membersAllow({ members }: DatedBounds, window: Window): boolean {
  if (members === undefined) return true;
  const { from = BEFORE_ALL_DAYS, to = AFTER_ALL_DAYS } = window;
  const ends = window.asked?.overlap === 'covers' ? unitEnds(to) : undefined;
  return members.some(([first, last, unit]) => first <= to && last >= from && (!ends || unit === null || ends[unit]! >= from));
}

/** The last day of the day, month, season, year, decade and century with a day, in the order of `PRECISIONS`, for each calendar in the order of `CALENDAR_NAMES`. */
export const unitEnds = (day: number): number[] => CALENDAR_NAMES.flatMap((name) => unitEndsIn(CALENDARS[name], day));

function unitEndsIn({ civilOf, dayOf }: Calendar, day: number): number[] {
  const { year, month } = civilOf(day);
  // Below 0 the digits of a year count backwards: the decade -004X ends with -0040, the first one with -0001.
  const lastYear = (count: number) =>
    year < 0 ? -Math.max(Math.floor(-year / count) * count, 1) : (Math.floor(year / count) + 1) * count - 1;
  const years = (count: number) => dayOf(lastYear(count) + 1, 1, 1) - 1;
  const months = (count: number) => dayOf(year + Math.floor((month - 1 + count) / 12), ((month - 1 + count) % 12) + 1, 1) - 1;
  const ends: Record<Precision, number> = {
    day,
    month: months(1),
    season: months(3 - (month % 3)),
    year: years(1),
    decade: years(10),
    century: years(100),
  };
  return PRECISIONS.map((precision) => ends[precision]);
}

/** The bounds of a date as a row has them, and 1 where it is doubted. */
export type DateRow = readonly [startMin: number, startMax: number, endMin: number, endMax: number, doubted: number];

/** The certainty with which a moment that matches a window does so; nothing without a window. */
export function matchWithin([startMin, startMax, endMin, endMax, doubted]: DateRow, window: Window): { match?: Match } {
  if (!hasWindow(window)) return {};
  return { match: isCertain({ startMin, startMax, endMin, endMax, doubted: doubted === 1 }, window) ? 'certain' : 'possible' };
}
