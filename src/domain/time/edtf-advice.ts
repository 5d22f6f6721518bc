import { AnnalsError } from '../errors.ts';
import { shortened } from '../text/first-units.ts';

/** Longest text of a date, in characters. */
export const MAX_LENGTH = 64;

/** The usual meaning of a text that is no date here: the first pattern found decides. */
const ADVICE: [RegExp, string][] = [
  [/^$/, 'nothing is written; write a date, such as 2018-03'],
  [/[{}]/, 'braces mean all of several dates; record each of them, or write one of them in square brackets, such as [1890,1892]'],
  [
    /[[\]]/,
    'a set of dates stands alone in square brackets; write one of several dates as [1890,1892], [1890..1892], [..1911] or [1945..]',
  ],
  [/,/, 'several dates, of which one is meant, stand in square brackets; write [1890,1892]'],
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

/** The error of a text that is not a date, with what to write instead. */
export function unreadable(text: string): AnnalsError {
  const advice = ADVICE.find(([pattern]) => pattern.test(text))?.[1] ?? COMMON_ADVICE;
  return refusal(`${quoted(text)} is not a date: ${advice}`);
}

/** The error of a date, `invalid-request`. */
export function refusal(message: string): AnnalsError {
  return new AnnalsError('invalid-request', message, [{ message }]);
}

/** The text as a message may show it: cut to a date's length, without what would break a line or not print. */
export function quoted(text: string): string {
  return `"${shortened(text, MAX_LENGTH).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD')}"`;
}
