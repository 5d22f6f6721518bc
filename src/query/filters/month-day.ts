import { invalidParameter } from '../../domain/errors.ts';
import { firstUnits } from '../../domain/text/first-units.ts';
import { askedTerms, echoedList, echoOf, alternatives, filter, valuesIn } from './filter.ts';

/** The days of each month, in a leap year. */
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The month and day on which the moment begins, in any year: "on this day". */
export const monthDay = filter(
  {
    monthDay: alternatives(
      'Beginning on this day of any year, `01-10`; of moments whose beginning is known to the day, in the Gregorian calendar.',
    ),
  },
  ({ monthDay: value }) => {
    // ISO 8601 once wrote --01-10, and vCard does.
    const asked = valuesIn('monthDay', value?.replaceAll(/(?<![^,!\s])--(?=\d)/g, ''));
    for (const each of [...asked.any, ...asked.none]) refuseBadDay(each);
    return { ...askedTerms('month-day', asked, 'by-moment'), echo: { monthDay: echoOf(asked) } };
  },
  { monthDay: echoedList },
);

/** Refuses what is no month and day. Throws `invalid-request`. */
function refuseBadDay(value: string): void {
  const [, month, day] = /^(\d\d)-(\d\d)$/.exec(value) ?? [];
  const days = DAYS[Number(month) - 1];
  if (days !== undefined && Number(day) >= 1 && Number(day) <= days) return;
  const loose = /^-*(\d{1,2})-(\d{1,2})$/.exec(value);
  const meant = loose
    ?.slice(1)
    .map((part) => part.padStart(2, '0'))
    .join('-');
  const form = meant && meant !== value ? `write ${meant}` : 'write the month and the day, such as 01-10 for the 10th of January';
  throw invalidParameter('monthDay', `monthDay=${firstUnits(value, 80)} is not a day of a year: ${form}`);
}
