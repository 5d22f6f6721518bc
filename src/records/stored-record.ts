import { setTimeout } from 'node:timers/promises';
import { AnnalsError } from '../domain/errors.ts';
import type { RecordType } from '../domain/record-type.ts';
import type { KeyOf } from '../model/columns.ts';
import type { RecordChange } from '../index/delta.ts';
import { indexChange } from '../index/writer.ts';
import { modelOf, REFERENCE_COLUMNS } from '../model/models.ts';
import type { NameWarning } from '../model/page.ts';
import type { RecordModel } from '../model/record-model.ts';
import type { ValidatedRecord } from '../model/record.ts';
import { generationOf } from '../domain/generation.ts';
import { type Reader, type Statement, WriteConflict } from '../storage/port.ts';
import { currentGeneration, currentRecord, guardNoneAfter, newestInstant, recordById, referredBy } from '../storage/tables/records.ts';
import type { Annals, Clock } from './annals.ts';
import { isResolved, resolve } from './names/names.ts';
import { inputOfDocument } from './document/render.ts';
import type { RecordRow } from './document/rows.ts';

/** A record as stored, and the generation of the database at that moment. */
export type StoredRecord = { key: number; id: string; revision: number; createdAt: number; document: Buffer; generation: string };

/** A stored record as clients write it. */
export const inputOfStored = ({ id, document }: Pick<StoredRecord, 'id' | 'document'>): ValidatedRecord => ({
  ...inputOfDocument(document),
  id,
});

/** A stored record with all that a change of it starts from, as one snapshot has them. Instants in milliseconds since 1970-01-01. */
export type CurrentRecord = StoredRecord & {
  updatedAt: number;
  /** The earliest instant that the change may have: that of the newest change of the log or, when it is later, `updatedAt`. */
  earliest: number;
  /** Keys of its moments, in order. */
  momentKeys: number[];
  /** Keys of the record itself and of all records that it refers to, by `type/id`. They exist for as long as the record is at this revision. */
  keys: Map<string, number>;
};

/** A record as it stands after a write: its stored bytes, its revision, and the generation of the database; and warnings about its names. */
export type WriteResult = {
  type: RecordType;
  id: string;
  revision: number;
  generation: string;
  document: Buffer;
  warnings?: readonly NameWarning[];
};

/** The result of a change that wrote the row of a record. */
export const resultOf = ({ type, slug, revision, document }: RecordRow, generation: string): WriteResult => ({
  type,
  id: slug,
  revision,
  generation,
  document,
});

/** The result of a change that made no difference. */
export const unchanged = (type: RecordType, stored: StoredRecord): WriteResult => ({ type, ...stored });

/**
 * Preconditions of a change. They get the type and the record as stored, each time that the change is tried, and throw `stale-revision` or
 * `precondition-failed` when the change must not be made. `isThere` says whether the target exists, which a text of a source that is stored
 * may not: true unless given.
 */
export type Preconditions = (type: string, current: StoredRecord, isThere?: boolean) => void;

/** A record by its id, or by any of its names where its type has names. Throws `not-found` with the nearest, or `ambiguous-name`. */
export async function findRecord(reader: Reader, { type }: Pick<RecordModel, 'type'>, idOrName: string): Promise<StoredRecord> {
  const stored = await findById(reader, type, idOrName);
  if (stored) return stored;
  const id = await idOfName(reader, type, idOrName);
  const named = await findById(reader, type, id);
  if (!named) throw notFound(type, id);
  return named;
}

async function findById(reader: Reader, type: RecordType, id: string): Promise<StoredRecord | undefined> {
  const [[row], generations] = await reader.read([recordById(type, id), currentGeneration]);
  if (!row) return undefined;
  const [key, revision, createdAt, document] = row;
  return { key, id, revision, createdAt, document, generation: generationOf(generations) };
}

async function idOfName(reader: Reader, type: RecordType, idOrName: string): Promise<string> {
  const [result] = await resolve(reader, [{ type, value: idOrName }]);
  if (isResolved(result!)) return result.id;
  const code = result!.code === 'ambiguous-name' ? 'ambiguous-name' : 'not-found';
  const { issue } = result!;
  const [parameter] = modelOf[type].idFields?.slice(-1) ?? [];
  // An id of several parts is no value of the last one.
  const { didYouMean: _didYouMean, ...ofParts } = issue;
  throw new AnnalsError(code, issue.message, [parameter === undefined ? { parameter: 'id', ...issue } : { parameter, ...ofParts }]);
}

const notFound = (type: RecordType, id: string): AnnalsError => new AnnalsError('not-found', `there is no ${type} "${id}"`);

/**
 * Makes a change of the record with an id or a name: one after the other within this process, and again with the record as it is then when
 * another process has changed it meanwhile. Throws what `change` throws, and as `findRecord` and `retried` do.
 */
export async function changeRecord<Result extends object>(
  { engine, mutex }: Annals,
  { type }: RecordModel,
  idOrName: string,
  change: (current: CurrentRecord) => Promise<Result>,
): Promise<Result> {
  const changeById = (id: string): Promise<Result | undefined> => {
    let exists = false;
    return mutex(`${type}/${id}`, () =>
      retried(async () => {
        const current = await readCurrent(engine, type, id);
        // A record that was deleted meanwhile is not looked for by its name.
        if (exists && !current) throw notFound(type, id);
        exists = current !== undefined;
        return current && change(current);
      }),
    );
  };
  const changed = await changeById(idOrName);
  if (changed) return changed;
  const id = await idOfName(engine, type, idOrName);
  const changedByName = await changeById(id);
  if (!changedByName) throw notFound(type, id);
  return changedByName;
}

const ATTEMPTS = 20;

/** The longest pause after a write conflict, in milliseconds. */
const PAUSE_MAX = 20;

/**
 * Makes another attempt after each write conflict. A random pause, longer after each, keeps those apart that are in each other's way. Throws
 * `storage-busy` after the last attempt.
 */
export async function retried<Result>(attempt: () => Promise<Result>, attempts = ATTEMPTS): Promise<Result> {
  for (let made = 1; ; made += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof WriteConflict)) throw error;
      if (made >= attempts) throw new AnnalsError('storage-busy', 'others keep changing the same records; try again', [], { cause: error });
      await setTimeout(Math.random() * Math.min(made, PAUSE_MAX));
    }
  }
}

const REFERRED = referredBy(REFERENCE_COLUMNS);

async function readCurrent(reader: Reader, type: RecordType, id: string): Promise<CurrentRecord | undefined> {
  const [[row], moments, referred] = await reader.read(currentRecord(REFERRED, type, id));
  if (!row) return undefined;
  const [key, revision, createdAt, updatedAt, document, generation, newest] = row;
  const keys = new Map(referred.map(([ofType, slug, referredKey]) => [`${ofType}/${slug}`, referredKey]));
  return {
    key,
    id,
    revision,
    createdAt,
    updatedAt,
    document,
    generation: generationOf(generation === null ? [] : [[generation]]),
    earliest: Math.max(newest ?? 0, updatedAt),
    momentKeys: moments.map(([momentKey]) => momentKey),
    keys: keys.set(`${type}/${id}`, key),
  };
}

/** Looks up the keys of records by type and id; a key that was not resolved is a mistake of the program. */
export function keyLookup(keys: ReadonlyMap<string, number>): KeyOf {
  return (type, id) => {
    const key = keys.get(`${type}/${id}`);
    if (key === undefined) throw new Error(`the ${type} ${id} was not resolved`);
    return key;
  };
}

/** Reads the generation and the instant of the newest change, 0 without any, in milliseconds since 1970-01-01: no change may be earlier. */
export async function readNewest(reader: Reader): Promise<{ at: number; generation: string }> {
  const [[newest], generations] = await reader.read([newestInstant, currentGeneration]);
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
export const guardInstant = (at: number): Statement => guardNoneAfter(at + TOLERANCE);

/**
 * Begins the batch of a change of a record: its instant, not before `earliest`, the guards that come first, and the statements that change the index.
 * The batch must be handed to the engine in the same turn of the event loop.
 */
export async function beginChange(
  { clock, index }: Annals,
  change: RecordChange,
  earliest: number,
): Promise<{ at: number; guards: readonly Statement[]; indexStatements: readonly Statement[] }> {
  const { guards, statements } = await indexChange(index, [change]);
  const at = instantOfChange(clock, earliest);
  return { at, guards: [guardInstant(at), ...guards], indexStatements: statements };
}
