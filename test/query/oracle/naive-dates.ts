import { type Calendar, CALENDARS } from '../../../src/domain/time/calendars.ts';
import { UNBOUNDED_END, UNBOUNDED_START } from '../../../src/domain/time/day.ts';
import { type Bounds, parseEdtf } from '../../../src/domain/time/edtf.ts';
import type { Dated } from './documents.ts';

/** Days asked for, inclusive; a side without a limit is absent. */
type Days = { from?: number; to?: number };

/** The certainty with which a date overlaps a window, by all that it may mean: each member of a set by itself. */
export function matchOf(
  date: Dated | undefined,
  { from = -Infinity, to = Infinity }: Days,
  overlap: 'any' | 'starts' | 'within' | 'covers' = 'any',
): 'certain' | 'possible' | undefined {
  if (date?.edtf === undefined) return undefined;
  const { edtf } = date;
  const members = membersOf(edtf, calendarOf(date), from, to);
  const isPossible = ({ startMin, startMax, endMin, endMax }: Bounds): boolean =>
    ({
      any: startMin <= to && endMax >= from,
      starts: startMin <= to && startMax >= from,
      within: startMin <= to && startMax >= from && endMin <= to && endMax >= from,
      covers: startMin <= from && endMax >= to,
    })[overlap];
  const isCertain = ({ startMin, startMax, endMin, endMax }: Bounds): boolean =>
    ({
      any: startMax <= to && endMin >= from,
      starts: startMin >= from && startMax <= to,
      within: startMin >= from && endMax <= to,
      covers: startMax <= from && endMin >= to,
    })[overlap];
  if (!members.some(isPossible)) return undefined;
  return members.every(isCertain) && !/[?%]/.test(edtf) ? 'certain' : 'possible';
}

/** The calendar in which a date is written. */
export const calendarOf = ({ calendar = 'gregorian' }: Dated): Calendar => CALENDARS[calendar];

/** The dates of which one is meant: of a run, the units about the ends of the window, and its own first and last. */
function membersOf(edtf: string, calendar: Calendar, from: number, to: number): Bounds[] {
  if (!edtf.startsWith('[')) return [parseEdtf(edtf, calendar)];
  return edtf
    .slice(1, -1)
    .split(',')
    .flatMap((item) => {
      const [left = '', right] = item.split('..');
      return right === undefined ? [parseEdtf(left, calendar)] : unitsOf(left, right, calendar, { from, to });
    });
}

function unitsOf(left: string, right: string, calendar: Calendar, { from, to }: Required<Days>): Bounds[] {
  const first = left === '' ? UNBOUNDED_START : parseEdtf(left, calendar).startMin;
  const last = right === '' ? UNBOUNDED_END : parseEdtf(right, calendar).endMax;
  const days = [from, to, first, last].filter((day) => day >= first && day <= last && Number.isFinite(day));
  const units = days.filter((day) => day !== UNBOUNDED_START && day !== UNBOUNDED_END).map((day) => unitWith(day, left || right, calendar));
  const far = [...(left === '' ? [[UNBOUNDED_START, UNBOUNDED_START]] : []), ...(right === '' ? [[UNBOUNDED_END, UNBOUNDED_END]] : [])];
  return [...units, ...far].map(([start, end]) => ({ startMin: start!, startMax: end!, endMin: start!, endMax: end! }));
}

/** The unit of the precision of a date that holds a day, found day by day. */
function unitWith(day: number, like: string, calendar: Calendar): [first: number, last: number] {
  const name = unitName(like, calendar);
  let [first, last] = [day, day];
  while (name(first - 1) === name(day)) first -= 1;
  while (name(last + 1) === name(day)) last += 1;
  return [first, last];
}

/** The name of the unit in which a day lies, for units of the precision of a date. */
function unitName(like: string, { civilOf }: Calendar): (day: number) => string {
  const season = /^-?\d{4}-2[1-4]$/.test(like);
  return (day) => {
    const { year, month, day: ofMonth } = civilOf(day);
    if (season) return month === 12 ? `${year}/4` : month < 3 ? `${year - 1}/4` : `${year}/${Math.floor(month / 3)}`;
    if (like.endsWith('XX') && !like.includes('-XX')) return digitsOf(year, 100);
    if (like.endsWith('X') && !like.includes('-XX')) return digitsOf(year, 10);
    const parts = like
      .replace(/^-/, '')
      .split('-')
      .filter((part) => part !== 'XX').length;
    return parts === 1 ? String(year) : parts === 2 ? `${year}-${month}` : `${year}-${month}-${ofMonth}`;
  };
}

/** The digits of a year but the last; below 0 they count backwards. */
const digitsOf = (year: number, size: number): string => (year < 0 ? `-${Math.floor(-year / size)}` : String(Math.floor(year / size)));

/** The dates of which one is meant, where a set has several: of a run, any part of it. */
export function datesOf(date: Dated): Bounds[] {
  const { edtf = '' } = date;
  const calendar = calendarOf(date);
  if (!edtf.startsWith('[')) return [parseEdtf(edtf, calendar)];
  return edtf
    .slice(1, -1)
    .split(',')
    .map((item) => {
      const [left = '', right] = item.split('..');
      if (right === undefined) return parseEdtf(left, calendar);
      const first = left === '' ? UNBOUNDED_START : parseEdtf(left, calendar).startMin;
      const last = right === '' ? UNBOUNDED_END : parseEdtf(right, calendar).endMax;
      return { startMin: first, startMax: last, endMin: first, endMax: last };
    });
}

/** Returns whether a set leaves out days between its first and its last. */
export function hasGaps(date: Dated): boolean {
  if (!(date.edtf ?? '').startsWith('[')) return false;
  const runs = datesOf(date).toSorted((one, other) => one.startMin - other.startMin);
  let last = runs[0]!.endMax;
  return runs.some(({ startMin, endMax }) => {
    const isGap = startMin > last + 1;
    last = Math.max(last, endMax);
    return isGap;
  });
}
