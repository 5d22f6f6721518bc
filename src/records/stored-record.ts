import { setTimeout } from 'node:timers/promises';
import { AnnalsError } from '../domain/errors.ts';
import type { RecordType } from '../domain/record-type.ts';
import type { KeyOf } from '../model/columns.ts';
import { REFERENCE_COLUMNS } from '../model/models.ts';
import type { RecordModel } from '../model/record-model.ts';
import type { ValidatedRecord } from '../model/record.ts';
import { generationOf } from '../domain/generation.ts';
import { currentGeneration } from '../storage/generation.ts';
import { guard, type Reader, type Statement, statement, WriteConflict } from '../storage/port.ts';
import type { Annals } from './annals.ts';
import { isResolved, resolve } from './names/names.ts';
import { unrender } from './document/render.ts';
import type { RecordRow } from './document/rows.ts';

/** A record as stored, and the generation of the database at that moment. */
export type StoredRecord = { key: number; id: string; revision: number; createdAt: number; document: Buffer; generation: string };

/** A stored record as clients write it. */
export const formerInput = ({ id, document }: Pick<StoredRecord, 'id' | 'document'>): ValidatedRecord => ({ ...unrender(document), id });

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

/** A record as it stands after a write: its stored bytes, its revision, and the generation of the database. */
export type WriteResult = { type: string; id: string; revision: number; generation: string; document: Buffer };

/** The result of a change that wrote the row of a record. */
export const resultOf = ({ type, slug, revision, document }: RecordRow, generation: string): WriteResult => ({
  type,
  id: slug,
  revision,
  generation,
  document,
});

/** The result of a change that made no difference. */
export const unchanged = (type: string, { id, revision, generation, document }: StoredRecord): WriteResult => ({
  type,
  id,
  revision,
  generation,
  document,
});

/**
 * Preconditions of a change. They get the type and the record as stored, each time that the change is tried, and throw `stale-revision` or
 * `precondition-failed` when the change must not be made. `isThere` says whether the target exists, which a text of a source that is stored
 * may not: true unless given.
 */
export type Preconditions = (type: string, current: StoredRecord, isThere?: boolean) => void;

/** A record by its id, or by any of its names where its type has names. Throws `not-found` with the nearest, or `ambiguous-name`. */
export async function findRecord(reader: Reader, { type }: Pick<RecordModel, 'type'>, called: string): Promise<StoredRecord> {
  const stored = await findById(reader, type, called);
  if (stored) return stored;
  const id = await idOfName(reader, type, called);
  const named = await findById(reader, type, id);
  if (!named) throw notFound(type, id);
  return named;
}

async function findById(reader: Reader, type: RecordType, id: string): Promise<StoredRecord | undefined> {
  const byId = statement<[key: number, revision: number, createdAt: number, document: Buffer]>(
    'SELECT id, revision, created_at, document FROM records WHERE type = ? AND slug = ?',
    type,
    id,
  );
  const [[row], generations] = await reader.read([byId, currentGeneration]);
  if (!row) return undefined;
  const [key, revision, createdAt, document] = row;
  return { key, id, revision, createdAt, document, generation: generationOf(generations) };
}

async function idOfName(reader: Reader, type: RecordType, called: string): Promise<string> {
  const [result] = await resolve(reader, [{ type, value: called }]);
  if (isResolved(result!)) return result.id;
  const code = result!.code === 'ambiguous-name' ? 'ambiguous-name' : 'not-found';
  throw new AnnalsError(code, result!.issue.message, [{ parameter: 'id', ...result!.issue }]);
}

const notFound = (type: RecordType, id: string): AnnalsError => new AnnalsError('not-found', `there is no ${type} "${id}"`);

/**
 * Makes a change of the record with an id or a name: one after the other within this process, and again with the record as it is then when
 * another process has changed it meanwhile. Throws what `change` throws, and as `findRecord` and `retried` do.
 */
export async function changeRecord<Result extends object>(
  { engine, mutex }: Annals,
  { type }: RecordModel,
  called: string,
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
  const changed = await changeById(called);
  if (changed) return changed;
  const id = await idOfName(engine, type, called);
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

/**
 * Makes preconditions exact: the batch is tried anew when the generation has changed since the record was read. The change itself guards its revision.
 */
export function guardGeneration({ generation }: StoredRecord): Statement {
  return guard(1, new WriteConflict(), 'SELECT 1 FROM generation WHERE word = ?', generation);
}

type StoredRow = [
  key: number,
  revision: number,
  createdAt: number,
  updatedAt: number,
  document: Buffer,
  generation: string | null,
  newest: number | null,
];

const CURRENT = `SELECT r.id, r.revision, r.created_at, r.updated_at, r.document, g.word, (SELECT at FROM changes ORDER BY sequence DESC LIMIT 1)
  FROM records r LEFT JOIN generation g ON g.id = 1 WHERE r.type = ? AND r.slug = ?`;

const MOMENT_KEYS = `SELECT m.id FROM records r CROSS JOIN moments m ON m.record_id = r.id WHERE r.type = ? AND r.slug = ? ORDER BY m.ordinal`;

/** The keys of all records that the record `own` refers to, once for each reference. */
const REFERRED_KEYS = REFERENCE_COLUMNS.map(
  ({ table, column }) => `SELECT t.${column} AS id FROM own CROSS JOIN ${table} t ON t.record_id = own.key`,
);

const REFERRED = `WITH own (key) AS (SELECT id FROM records WHERE type = ? AND slug = ?)
  SELECT DISTINCT r.type, r.slug, r.id FROM (${REFERRED_KEYS.join(' UNION ALL ')}) x CROSS JOIN records r ON r.id = x.id`;

async function readCurrent(reader: Reader, type: RecordType, id: string): Promise<CurrentRecord | undefined> {
  const [[row], moments, referred] = await reader.read([
    statement<StoredRow>(CURRENT, type, id),
    statement<[key: number]>(MOMENT_KEYS, type, id),
    statement<[type: RecordType, id: string, key: number]>(REFERRED, type, id),
  ]);
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
