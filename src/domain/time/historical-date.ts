import { memo } from '../caches/memo.ts';
import { CALENDAR_NAMES, type CalendarName, CALENDARS } from './calendars.ts';
import { isoOfDay, UNBOUNDED_END, UNBOUNDED_START } from './day.ts';
import { labelOf } from './edtf-label.ts';
import { type Bounds, type EdtfDate, parseEdtf, PRECISIONS, type Run } from './edtf.ts';

/** Dates that were read: a record that is written needs each of its dates several times, and many records of an import have the same. */
const known = memo<HistoricalDate>(4096);

/** A date in EDTF, written in a calendar: the days on which it lies, and `derived`, the fields that are returned with it. Throws as `parseEdtf`. */
export const historicalDate = (edtf: string, calendar: CalendarName = 'gregorian'): HistoricalDate =>
  known(`${calendar} ${edtf}`, () => readDate(edtf, calendar));

type HistoricalDate = Readonly<ReturnType<typeof readDate>>;

/**
 * A run of a date that is one of several: its first and last day, and the index in `unitEnds` of its units where it has more than one: it lasts as
 * long as one of these.
 */
export type Member = readonly [first: number, last: number, unit: number | null];

/** The days on which a date lies. It is `doubted` with `?` or `%`: nothing about it is certain. `members` are those of one of several dates. */
export type DatedBounds = Bounds & { doubted: boolean; members?: readonly Member[]; hasGaps: boolean };

function readDate(edtf: string, calendar: CalendarName) {
  const date = parseEdtf(edtf, CALENDARS[calendar]);
  const { startMin, endMax, precision, open, unknown } = date;
  return {
    bounds: boundsOf(date),
    derived: {
      earliest: startMin === UNBOUNDED_START ? undefined : isoOfDay(startMin),
      latest: endMax === UNBOUNDED_END ? undefined : isoOfDay(endMax),
      precision,
      label: labelOf(date),
      open,
      unknown,
    },
  };
}

/** The bounds of a date. */
export function boundsOf({ startMin, startMax, endMin, endMax, uncertain, oneOf }: EdtfDate): DatedBounds {
  const members = oneOf?.map((run): Member => [run.first, run.last, run.from === run.to ? null : unitOf(run)]);
  return {
    startMin,
    startMax,
    endMin,
    endMax,
    doubted: uncertain,
    ...(members && { members }),
    hasGaps: members !== undefined && haveGaps(members),
  };
}

/** The index in `unitEnds` of the units of a run. */
function unitOf({ precision, from, to }: Run): number {
  const calendar = CALENDAR_NAMES.findIndex((name) => CALENDARS[name] === (from ?? to)?.calendar);
  return calendar * PRECISIONS.length + PRECISIONS.indexOf(precision);
}

/** Returns whether some day between the first and the last of some runs, in order, is in none. */
function haveGaps(members: readonly Member[]): boolean {
  let last = members[0]![1];
  for (const member of members) {
    if (member[0] > last + 1) return true;
    last = Math.max(last, member[1]);
  }
  return false;
}
