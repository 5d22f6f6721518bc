import { UNBOUNDED_END, UNBOUNDED_START } from '../domain/time/day.ts';
import type { Bounds } from '../domain/time/edtf.ts';
import { type DatedBounds, historicalDate } from '../domain/time/historical-date.ts';
import type { Input } from './record.ts';

/** The role of a period in which an actor existed. */
export const EXISTED = 'existed';

/** The roles of dates with which an actor begins and ceases to exist. */
const BEGINNINGS: ReadonlySet<string> = new Set(['born', 'founded', 'established']);
const ENDS: ReadonlySet<string> = new Set(['died', 'dissolved', 'abolished']);

/**
 * A time in which an actor existed, by the earliest and the latest day of its beginning and of its end, and the index of the first of its dates.
 * Without `startMax` and `endMin` nothing of it is certain, as a date bears `?` or `%`.
 */
export type Existence = { ordinal: number } & Pick<Bounds, 'startMin' | 'endMax'> & Partial<Pick<Bounds, 'startMax' | 'endMin'>>;

/** A date that begins or ends an existence, by its index among the dates of the actor. */
type Turn = { ordinal: number; isEnd: boolean; bounds: DatedBounds };

/** The times in which an actor existed, as its dates tell: each period, and each run of beginnings with the run of ends after it. */
export function existenceOf({ dates = [] }: Pick<Input, 'dates'>): Existence[] {
  const turns: Turn[] = [];
  const found: Existence[] = [];
  for (const [ordinal, { role, edtf, calendar }] of dates.entries()) {
    if (edtf === undefined) continue;
    const { bounds } = historicalDate(edtf, calendar);
    if (role === EXISTED) found.push(existenceIn(ordinal, bounds, [bounds]));
    else if (BEGINNINGS.has(role) || ENDS.has(role)) turns.push({ ordinal, isEnd: ENDS.has(role), bounds });
  }
  for (let rest = inOrder(turns); rest.length > 0; ) {
    const beginnings = rest.slice(0, lengthOfRun(rest, false));
    const ends = rest.slice(beginnings.length, beginnings.length + lengthOfRun(rest.slice(beginnings.length), true));
    found.push(existenceBetween(beginnings, ends));
    rest = rest.slice(beginnings.length + ends.length);
  }
  return found;
}

/**
 * Dates by their earliest day, beginnings first. An end before any beginning that may lie after the next one is taken to: an actor that was founded in
 * December 1991 and dissolved in 1991 existed for some days of it.
 */
function inOrder(turns: readonly Turn[]): Turn[] {
  const sorted = turns.toSorted((one, other) => one.bounds.startMin - other.bounds.startMin || Number(one.isEnd) - Number(other.isEnd));
  const first = sorted.findIndex(({ isEnd }) => !isEnd);
  if (first < 1) return sorted;
  const beginning = sorted[first]!;
  const later = sorted.slice(0, first).filter(({ bounds }) => bounds.endMax >= beginning.bounds.startMin);
  const earlier = sorted.slice(0, first).filter((turn) => !later.includes(turn));
  return [...earlier, beginning, ...later, ...sorted.slice(first + 1)];
}

function lengthOfRun(turns: readonly Turn[], isEnd: boolean): number {
  const end = turns.findIndex((turn) => turn.isEnd !== isEnd);
  return end < 0 ? turns.length : end;
}

/**
 * The existence between beginnings and ends. Of several beginnings the first may have been it and the last certainly was, and of several ends as well.
 * Without an end it may go on, and is certain only while it may have begun; without a beginning likewise.
 */
function existenceBetween(beginnings: readonly Turn[], ends: readonly Turn[]): Existence {
  const first = (turns: readonly Turn[]) => Math.min(...turns.map(({ bounds }) => bounds.startMin));
  const last = (turns: readonly Turn[]) => Math.max(...turns.map(({ bounds }) => bounds.endMax));
  const start =
    beginnings.length > 0
      ? { startMin: first(beginnings), startMax: last(beginnings) }
      : { startMin: UNBOUNDED_START, startMax: last(ends) };
  const end = ends.length > 0 ? { endMin: first(ends), endMax: last(ends) } : { endMin: first(beginnings), endMax: UNBOUNDED_END };
  const turns = [...beginnings, ...ends];
  return existenceIn(
    turns[0]!.ordinal,
    { ...start, ...end },
    turns.map(({ bounds }) => bounds),
  );
}

const existenceIn = (ordinal: number, { startMin, startMax, endMin, endMax }: Bounds, dates: readonly DatedBounds[]): Existence => ({
  ordinal,
  startMin,
  endMax,
  ...(!dates.some(({ doubted }) => doubted) && { startMax, endMin }),
});
