import { z } from 'zod';
import { readInstant } from './instant.ts';

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
