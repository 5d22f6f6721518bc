import { type Calendar, gregorian } from './calendars.ts';
import type { DatePart, EdtfDate, Precision, Run } from './edtf.ts';

/**
 * A date in English, as precise as the date and no more: `6 to 13 January 2022`, `spring 2001`, `1990s`, `since September 2021`, `about March 2018 (uncertain)`.
 *
 * A century is its range of years, `1900–1999`: "20th century" would begin in 1901, and "1900s" may be a decade; so the first decade of a
 * century is a range too, `1900–1909`. Years before 1 are counted the historians' way (ISO year 0000 is 1 BCE, -0044 is 45 BCE), and years below 1000 say CE.
 * Open ends read `until 2021` and `since 2021`, unknown ones `until 2021, start unknown` and `from 2021, end unknown`; one of several dates reads
 * `1890 or 1892`, `before 1912`, `some day from 7 to 11 January 1989`. A date of another calendar is followed by the Gregorian days that it names:
 * `October 1917 (Julian; 14 October to 13 November 1917)`.
 */
export function labelOf(date: EdtfDate): string {
  const { from, to, oneOf: [run] = [] } = date;
  const { calendar = gregorian } = from ?? to ?? run?.from ?? run?.to ?? {};
  return calendar === gregorian ? wordsOf(date) : `${wordsOf(date)} (${calendar.title}; ${wordsOf(inGregorianDays(date))})`;
}

/** The Gregorian days that a date names. */
function inGregorianDays(date: EdtfDate): EdtfDate {
  return { ...date, ...daysNamed(date), ...(date.oneOf && { oneOf: date.oneOf.map((run) => ({ ...run, ...daysNamed(run) })) }) };
}

/** The first and the last day that a date or a run names: the same day where there is only one. */
function daysNamed({ from, to }: Pick<Run, 'from' | 'to'>): Omit<Run, 'first' | 'last'> {
  const first = from && dayPart(from.first);
  const last = to && (from?.first === to.last ? first : dayPart(to.last));
  return { precision: 'day', ...(first && { from: first }), ...(last && { to: last }) };
}

const dayPart = (day: number): DatePart => ({
  precision: 'day',
  calendar: gregorian,
  first: day,
  last: day,
  approximate: false,
  uncertain: false,
});

function wordsOf(date: EdtfDate): string {
  const { from, to, oneOf } = date;
  if (oneOf) return alternatives(oneOf.map(runLabel));
  if (from && to) return from === to ? qualified(from, nameOf(from)) : intervalLabel(from, to);
  if (to) return date.open ? `until ${afterPreposition(to)}` : `until ${afterPreposition(to)}, start unknown`;
  if (from) return date.open ? `since ${afterPreposition(from)}` : `from ${afterPreposition(from)}, end unknown`;
  // The type allows a date without any end, the parser does not.
  return date.edtf;
}

const alternatives = (labels: readonly string[]): string =>
  labels.length > 1 ? `${labels.slice(0, -1).join(', ')} or ${labels.at(-1)}` : labels.join('');

function runLabel({ precision, from, to }: Run): string {
  if (from && to)
    return from === to
      ? qualified(from, nameOf(from))
      : `some ${precision} from ${withArticle(withoutSharedTail(from, to))} to ${withArticle(nameOf(to))}`;
  if (to) return `before ${limitName(precision, to.calendar, to.last + 1)}`;
  if (!from) return '';
  // The middle of the first month of a season, of which only the last day is at hand.
  return `after ${limitName(precision, from.calendar, from.first - (precision === 'season' ? 75 : 1))}`;
}

/** The day, month, season or year with a day, which limits a run: `before 1912`. */
function limitName(precision: Precision, calendar: Calendar, day: number): string {
  const unit = precision === 'decade' || precision === 'century' ? 'year' : precision;
  return nameOf({ ...dayPart(day), precision: unit, calendar });
}

function intervalLabel(from: DatePart, to: DatePart): string {
  const start = qualified(from, nameOf(from));
  const end = qualified(to, nameOf(to));
  if (start === end) return start;
  const isPlain = !from.approximate && !from.uncertain && !to.approximate && !to.uncertain;
  // The part that both ends share is said once, but not where a qualifier could then be read as belonging to both.
  return `${isPlain ? withoutSharedTail(from, to) : start} to ${end}`;
}

/** The start of an interval less the year, or month and year, that its end repeats: `28 February` of 2018, `6` of January 2022. */
function withoutSharedTail(from: DatePart, to: DatePart): string {
  const start = from.calendar.civilOf(from.first);
  const end = to.calendar.civilOf(to.first);
  if (!isWithinYear(from) || !isWithinYear(to) || start.year !== end.year) return nameOf(from);
  if (from.precision === 'day' && to.precision === 'day' && start.month === end.month) return String(start.day);
  return nameWithinYear(from);
}

function isWithinYear(part: DatePart): boolean {
  return part.precision === 'day' || part.precision === 'month' || part.precision === 'season';
}

function qualified(part: DatePart, name: string): string {
  return `${part.approximate ? 'about ' : ''}${name}${part.uncertain ? ' (uncertain)' : ''}`;
}

function afterPreposition(part: DatePart): string {
  return qualified(part, withArticle(nameOf(part)));
}

const withArticle = (name: string): string => (/^\d+s/.test(name) ? `the ${name}` : name);

function nameOf(part: DatePart): string {
  const { calendar, precision } = part;
  const { year } = calendar.civilOf(part.first);
  if (isWithinYear(part)) return `${nameWithinYear(part)} ${yearName(year, calendar)}`;
  if (precision === 'year') return yearName(year, calendar);
  if (precision === 'decade' && year >= 1000 && year % 100 !== 0) return `${year}s${eraName(year, calendar)}`;
  return yearRange(year, calendar.civilOf(part.last).year, calendar);
}

const SEASON_STARTING_IN: Record<number, string> = { 3: 'spring', 6: 'summer', 9: 'autumn', 12: 'winter' };

function nameWithinYear(part: DatePart): string {
  const { month, day } = part.calendar.civilOf(part.first);
  if (part.precision === 'season') return SEASON_STARTING_IN[month] ?? '';
  const monthName = part.calendar.monthNames[month - 1] ?? '';
  return part.precision === 'day' ? `${day} ${monthName}` : monthName;
}

/** An astronomical year as people write it: `45 BCE`, `900 CE`, `1990`, `1341 AH`. */
export function yearName(year: number, calendar = gregorian): string {
  return `${countedYear(year)}${eraName(year, calendar)}`;
}

function yearRange(first: number, last: number, calendar: Calendar): string {
  const isOfOneEra = eraName(first, calendar) === eraName(last, calendar);
  return `${isOfOneEra ? countedYear(first) : yearName(first, calendar)}–${yearName(last, calendar)}`;
}

function countedYear(year: number): number {
  return year < 1 ? 1 - year : year;
}

function eraName(year: number, { era }: Calendar): string {
  if (era !== undefined) return ` ${era}`;
  if (year < 1) return ' BCE';
  return year < 1000 ? ' CE' : '';
}
