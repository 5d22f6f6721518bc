import {
  civilOf,
  dayOf,
  EARLIEST_DAY,
  firstDayOfMonth,
  isoOfDay,
  LATEST_DAY,
  monthIndexOf,
  type CalendarUnit,
  firstMonthOf,
  lastMonthOf,
} from '../../../domain/time/day.ts';
import { parseEdtf } from '../../../domain/time/edtf.ts';
import { labelOf } from '../../../domain/time/edtf-label.ts';
import { type DatedBounds, historicalDate } from '../../../domain/time/historical-date.ts';
import type { AnsweredDate } from '../api/answers.ts';

/** A stretch of time that is on the screen: days since 1970-01-01, inclusive. */
export type Span = { from: number; to: number };

/** The days on which a date lies. */
export const boundsOf = ({ edtf, calendar }: Pick<AnsweredDate, 'edtf' | 'calendar'>): DatedBounds => historicalDate(edtf, calendar).bounds;

/** The units in which the histogram counts, finest first, with their mean length in days. */
const UNITS: Record<CalendarUnit, number> = { month: 30.437, year: 365.2425, decade: 3652.425, century: 36_524.25 };
export type Unit = CalendarUnit;

/** The shortest span the page zooms to, in days. */
export const SHORTEST = 28;

const PIXELS_PER_BAR = 6;

/** The finest unit whose bars stay wide enough to see and to hit on a strip of `width` pixels. */
export function unitFor(span: Span, width: number): Unit {
  const most = Math.max(10, width / PIXELS_PER_BAR);
  const units = Object.keys(UNITS) as Unit[]; // @NOTE the keys of a literal
  return units.find((unit) => (span.to - span.from + 1) / UNITS[unit] <= most) ?? 'century';
}

/** The span as partial dates for the API, each end at the unit's nearest boundary: whole years, decades and centuries in years, months in months. */
export function writtenSpan(span: Span, unit: Unit): { from: string; to: string } {
  const first = nearestBoundary(span.from, unit);
  const next = Math.max(nearestBoundary(span.to + 1, unit), boundaryAfter(first, unit));
  return { from: written(first, unit), to: written(Math.min(next - 1, LATEST_DAY), unit) };
}

function written(day: number, unit: Unit): string {
  const { year, month } = civilOf(day);
  const yearText = `${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}`;
  return unit === 'month' ? `${yearText}-${String(month).padStart(2, '0')}` : yearText;
}

function nearestBoundary(day: number, unit: Unit): number {
  const inside = Math.min(Math.max(day, EARLIEST_DAY), LATEST_DAY + 1);
  const before = boundaryBefore(inside, unit);
  const after = boundaryAfter(before, unit);
  return Math.max(EARLIEST_DAY, inside - before < after - inside ? before : after);
}

function boundaryBefore(day: number, unit: Unit): number {
  return firstDayOfMonth(firstMonthOf(monthIndexOf(day), unit));
}

function boundaryAfter(boundary: number, unit: Unit): number {
  return firstDayOfMonth(lastMonthOf(monthIndexOf(boundary), unit) + 1);
}

/** The span out to the unit's boundaries on both sides, so that no bucket is counted in part. */
export function widened({ from, to }: Span, unit: Unit): Span {
  const last = boundaryAfter(boundaryBefore(Math.min(to, LATEST_DAY), unit), unit) - 1;
  return { from: Math.max(EARLIEST_DAY, boundaryBefore(from, unit)), to: Math.min(last, LATEST_DAY) };
}

/** The first day of a partial date, undefined if it is none. */
export function firstDayOf(text: string): number | undefined {
  try {
    return text === '' ? undefined : parseEdtf(text).startMin;
  } catch {
    return undefined;
  }
}

/** A window in words, `1992 to 2022`, `since 1992`; empty if it is no window or cannot be read. */
export function windowLabel(from: string, to: string): string {
  try {
    if (from && to) return labelOf(parseEdtf(from === to ? from : `${from}/${to}`));
    if (from) return `since ${labelOf(parseEdtf(from))}`;
    return to ? `until ${labelOf(parseEdtf(to))}` : '';
  } catch {
    return '';
  }
}

const FEW = 62; // days, below which a span is told in days

/** A span in words: in years or months as its unit asks, or in days if it is short. */
export function spanLabel(span: Span, unit: Unit): string {
  const { from, to } =
    span.to - span.from < FEW
      ? { from: isoOfDay(span.from), to: isoOfDay(span.to) }
      : writtenSpan(span, unit === 'month' ? 'month' : 'year');
  return windowLabel(from, to);
}

/** The two ends of a span in words: in years, months or days, as it is long. */
export function endLabels({ from, to }: Span): string[] {
  const unit = to - from > 1500 ? 'year' : 'month';
  return [from, to].map((day) => (to - from < FEW ? windowLabel(isoOfDay(day), isoOfDay(day)) : dayLabel(day, unit)));
}

function dayLabel(day: number, unit: Unit): string {
  const text = written(day, unit);
  return windowLabel(text, text);
}

/** The day number of `YYYY-MM-DD`, a sign before years below 0. */
export function dayFromIso(text: string): number {
  const [, year, month, day] = /^(-?\d+)-(\d\d)-(\d\d)$/.exec(text) ?? [];
  return dayOf(Number(year), Number(month), Number(day));
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The label of a tick: a year on 1 January, else a month on its first day, else the day. */
export function tickLabel(tick: Date): string {
  const year = tick.getUTCFullYear();
  const month = tick.getUTCMonth();
  const day = tick.getUTCDate();
  if (day > 1) return `${day} ${MONTHS[month]}`;
  if (month > 0) return MONTHS[month] ?? '';
  return year < 1 ? `${1 - year} BCE` : String(year);
}
