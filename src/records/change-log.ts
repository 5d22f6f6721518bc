import { GENERATION, generationOf } from '../domain/generation.ts';
import { currentGeneration } from '../storage/generation.ts';
import { insertAll, type TableRows } from '../storage/insert.ts';
import { guard, type Reader, type Statement, statement, WriteConflict } from '../storage/port.ts';
import type { RecordChange } from '../index/delta.ts';
import { indexChange } from '../index/writer.ts';
import type { Annals, Clock } from './annals.ts';

/** A position in the change log: the generation and the sequence number of a change, 0 for before the first. The generation says whose numbers these are. */
export const positionOf = (generation: string, sequence: number): string => `${generation}-${sequence}`;

/** The form of a position, and 0 for the beginning in every generation, as the source of a regular expression. */
export const POSITION = `^(?:0|(?:${GENERATION}-)?(?:0|[1-9][0-9]{0,14}))$`;

/** Reads the number of the newest change; every list's ETag is made from it. */
export const latestSequence = statement<[sequence: number | null]>('SELECT max(sequence) FROM changes');

const NEWEST = statement<[at: number]>('SELECT at FROM changes ORDER BY sequence DESC LIMIT 1');

/** Reads the generation and the instant of the newest change, 0 without any, in milliseconds since 1970-01-01: no change may be earlier. */
export async function readNewest(reader: Reader): Promise<{ at: number; generation: string }> {
  const [[newest], generations] = await reader.read([NEWEST, currentGeneration]);
  return { at: newest?.[0] ?? 0, generation: generationOf(generations) };
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

/**
 * Begins the batch of a change of a record: its instant, not before `earliest`, the guards that come first, and the statements that change the index.
 * The batch must be handed to the engine in the same turn of the event loop.
 */
export async function beginChange(
  { clock, index }: Annals,
  change: RecordChange,
  earliest: number,
): Promise<{ at: number; guards: readonly Statement[]; indexSteps: readonly Statement[] }> {
  const { guards, statements } = await indexChange(index, [change]);
  const at = instantOfChange(clock, earliest);
  return { at, guards: [guardInstant(at), ...guards], indexSteps: statements };
}

const REVISED = new WriteConflict();

/** A change of a record; `replaced` is its document before. */
export type Change = {
  type: string;
  slug: string;
  action: 'created' | 'updated' | 'deleted';
  revision: number;
  at: number;
  replaced?: Buffer | null;
};

/** The row of the change log; no write goes without one. A revision that another made of the same record meanwhile aborts the batch. */
export const changeRow = ({ type, slug, action, revision, at, replaced = null }: Change): TableRows => ({
  table: 'changes (type, slug, action, revision, at, replaced)',
  rows: [[type, slug, action, revision, at, replaced]],
  conflict: 'ON CONFLICT (type, slug, revision) DO NOTHING',
  refuse: REVISED,
});

/** The statement that logs a change. */
export const logChange = (change: Change): Statement => insertAll(changeRow(change))[0]!;
