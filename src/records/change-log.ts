import { guard, WriteConflict, type Reader, type Statement, statement } from '../storage/port.ts';
import type { Clock } from './annals.ts';

/**
 * Reads the earliest instant that a change may have, in milliseconds since 1970-01-01: that of the newest change of the log or, when it is later,
 * that of the last update of the record `key`.
 */
export async function earliestInstant(reader: Reader, key = 0): Promise<number> {
  const last = statement<[at: number]>(
    `SELECT max(coalesce((SELECT at FROM changes ORDER BY sequence DESC LIMIT 1), 0), coalesce((SELECT updated_at FROM records WHERE id = ?), 0))`,
    key,
  );
  const [[row]] = await reader.read([last]);
  return row![0];
}

/**
 * The instant of a change, in milliseconds since 1970-01-01: that of the clock, or `earliest` where the clock has been set back since. It is taken in
 * the same turn of the event loop in which the change is handed to the engine: a process commits its changes in that order, so that their instants
 * never decrease from one change of a process to the next. An import takes it when it has the lock of the database.
 */
export function instantOfChange(clock: Clock, earliest: number): number {
  return Math.max(clock(), earliest);
}

/** The time in milliseconds by which a change may be logged after one with a later instant: processes wait for each other between both. */
const TOLERANCE = 1000;

/** Aborts the batch of a change with the instant `at` when the newest change of the log is later by more than a second. */
export function guardInstant(at: number): Statement {
  const later = 'SELECT 1 WHERE (SELECT at FROM changes ORDER BY sequence DESC LIMIT 1) > ?';
  return guard(0, new WriteConflict(), later, at + TOLERANCE);
}
