import { z } from 'zod';
import { AnnalsError } from '../errors.ts';
import { daysInMonth } from './day.ts';

/** An instant as RFC 3339 in UTC with milliseconds. `at` counts milliseconds since 1970-01-01. */
export function instantOf(at: number): string {
  if (latest?.at !== at) latest = { at, text: new Date(at).toISOString() };
  return latest.text;
}

/** The instant written last: whatever is written together has the same one. */
let latest: { at: number; text: string } | undefined;

/** The pattern of an instant (RFC 3339, with any offset, seconds may be left out) or a day. */
export const INSTANT = /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:[0-9]{2}))?$/;

/** A space before an offset: where an address holds a bare `+`, it is decoded to a space. */
const UNESCAPED_PLUS = / (?=[0-9]{2}:[0-9]{2}$)/;

/**
 * Milliseconds since 1970-01-01 UTC of an instant, or of the beginning of a day in UTC. Throws `invalid-request` with a message that says what is
 * wrong and what to write instead.
 */
export function readInstant(text: string): number {
  const meant = text.replace(UNESCAPED_PLUS, '+');
  if (!INSTANT.test(meant)) throw refusal(text, 'is not an instant: give an instant such as 2026-11-21T10:00:00Z, or a day');
  const at = Date.parse(meant);
  const [year, month, day] = meant.slice(0, 10).split('-').map(Number);
  // Date.parse takes 30 February for 2 March.
  if (Number.isNaN(at) || day! > daysInMonth(year!, month!))
    throw refusal(text, 'does not exist: give an instant such as 2026-11-21T10:00:00Z');
  const inUtc = new Date(at).toISOString().replace('.000Z', 'Z');
  if (meant.startsWith('T24', 10)) throw refusal(text, `has an hour 24: write ${inUtc}, where the next day begins`);
  if (meant !== text) throw refusal(text, `has a space before its offset: write %2B for + in an address, or ${inUtc}`);
  return at;
}

function refusal(text: string, reason: string): AnnalsError {
  const message = `"${text}" ${reason}`;
  return new AnnalsError('invalid-request', message, [{ message }]);
}

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time as it is written on a command line, a whole number of seconds, minutes, hours or days: `90s`, `15m`, `24h`, `30d`. In milliseconds. */
const Duration = z
  .string()
  .regex(/^[1-9][0-9]{0,4}[smhd]$/)
  .transform((text) => Number.parseInt(text, 10) * UNITS[text.at(-1) as keyof typeof UNITS]); // @NOTE the pattern admits these letters only

/** The milliseconds of a length of time such as `24h`; nothing for a text that is none. */
export function durationOf(text: string): number | undefined {
  return Duration.safeParse(text).data;
}

/** The instant that a length of time from `now`, a day or an instant means, in milliseconds since 1970-01-01. Throws as `readInstant`. */
export function endOf(text: string, now: number): number {
  const duration = durationOf(text);
  return duration === undefined ? readInstant(text) : now + duration;
}
