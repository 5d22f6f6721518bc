import { AnnalsError } from '../errors.ts';
import { shortened } from '../text/first-units.ts';
import { civilOf, isoOfDay, MONTH_NAMES } from './day.ts';
import { formsOf } from './edtf-readings.ts';

/** First and last day of a date. */
type Days = { startMin: number; endMax: number };

/** Longest text of a date, in characters. */
export const MAX_LENGTH = 64;

/** The meaning of a text that no form of a date says: the first pattern found decides. Forms in these are examples of single dates. */
const ADVICE: readonly [RegExp, string][] = [
  [/^$/, 'nothing is written; write a date, such as 2018-03'],
  [
    /^(?:[ux]{4}(?:-[ux]{2}){0,2}|0000-00(?:-00)?|open|un(?:known|dated)|n\.? ?d\.?|none|null|n\/a|-|[?]+)$/i,
    'no date is known; leave it out',
  ],
  [
    /^(?:today|now|present|yesterday|tomorrow|(?:this|last|next) [a-z]+)$/i,
    'it is another day for each reader; write the day, such as 2018-03-05',
  ],
  [
    /\b(?:early|mid|late|beginning|end|middle)\b/i,
    'a part of a unit has no word; write its first and last date with two dots between, in square brackets',
  ],
  [/[{}]/, 'braces mean all of several dates; record each of them'],
  [/[[\]]/, 'dates of which one is meant stand alone in square brackets, with a comma or two dots between'],
  [/,/, 'several dates, of which one is meant, stand in square brackets'],
  [/:|\dT/, 'a date has no time of day; write the day alone, such as 2022-01-06'],
  [/^[+-]?\d{5,}|\dE|^Y|S\d/, 'years have four digits, from -9999 to 9999, and a hyphen follows; write dates such as 0476 or 2018-03-05'],
  [/[?~%]/, 'a qualifier stands once, after the whole date'],
  [/x/i, 'X replaces the last one or two digits of a year alone, or a whole month or day with all that follows'],
  [/\.\./, 'an interval has a slash between its start and its end'],
  [/\s/, 'a date is digits and hyphens without spaces; write dates such as 2018-03 or 2018-03-05'],
];
const COMMON_ADVICE = 'the year has four digits, month and day two each; write dates such as 2018, 2018-03 or 2018-03-05';

/** The error of a text that is not a date, with what to write instead. */
export function unreadable(text: string): AnnalsError {
  const advice = ADVICE.find(([pattern]) => pattern.test(text))?.[1] ?? COMMON_ADVICE;
  return refusal(`${quoted(text)} is not a date: ${advice}`);
}

/**
 * The error of a text that `read` refused with `error`: the forms that it reads in which the text can be meant, or why it reads none. `didYouMean`
 * of its issue has the forms.
 */
export function adviceFor(text: string, error: unknown, read: (form: string) => Days): unknown {
  if (text.startsWith('0000-00')) return unreadable(text);
  const refusals: unknown[] = [];
  const readings = formsOf(text).flatMap((form) => {
    try {
      return [{ form, date: read(form) }];
    } catch (refused) {
      // A day or month that does not exist is told; other forms are no clearer than the text.
      if (/^-?\d{4}-\d\d/.test(form)) refusals.push(refused);
      return [];
    }
  });
  const forms = readings.map(({ form }) => form);
  if (forms.length === 0) return refusals[0] ?? error;
  if (forms.length === 1) return refusal(`${quoted(text)} is not a date: write ${forms[0]}`, forms);
  const meanings = readings.map(({ form, date }) => `${form} (${meaningOf(form, date)})`);
  return refusal(`${quoted(text)} is not a date and can be read in several ways: write ${meanings.join(' or ')}`, forms);
}

/** A few words that tell the meaning of a form from that of another. */
function meaningOf(form: string, { startMin, endMax }: Days): string {
  if (form.startsWith('[')) return 'at one of these dates';
  if (form.includes('/'))
    return form.endsWith('/..') ? 'still going on' : /^\/|\/$/.test(form) ? 'the other end is unknown' : 'from one to the other';
  const { year, month, day } = civilOf(startMin);
  if (startMin === endMax) return `${day} ${MONTH_NAMES[month - 1]} ${year}`;
  return year < 1 ? `${1 - year} BCE` : `${isoOfDay(startMin)} to ${isoOfDay(endMax)}`;
}

/** The error of a date, `invalid-request`. `didYouMean` are forms that would be read. */
export function refusal(message: string, didYouMean: string[] = []): AnnalsError {
  return new AnnalsError('invalid-request', message, [{ message, ...(didYouMean.length > 0 && { didYouMean }) }]);
}

/** The text as a message may show it: cut to a date's length, without what would break a line or not print. */
export function quoted(text: string): string {
  return `"${shortened(text, MAX_LENGTH).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD')}"`;
}
