import { momentsOf, referencesIn, selfReferences } from '../model/record.ts';
import type { RecordModel } from '../model/record-model.ts';
import { AnnalsError, type Issue } from '../domain/errors.ts';
import type { RecordType } from '../domain/record-type.ts';
import { guard, WriteConflict, type Reader, type Statement, statement } from '../storage/port.ts';
import { currentGeneration, generationOf } from '../storage/generation.ts';
import type { Annals } from './annals.ts';
import { isFound, resolve } from './names.ts';
import { earliestInstant } from './change-log.ts';
import type { Ready } from './rows.ts';
import type { Valid } from './validate.ts';
import { verifyCitations } from './verify-citations.ts';

/** A record as stored, and the generation of the database at that moment. */
export type Stored = { key: number; id: string; revision: number; createdAt: number; document: Buffer; generation: string };

/** A record as stored, by its id. Throws `not-found`. */
export async function readStored(reader: Reader, type: RecordType, id: string): Promise<Stored> {
  const stored = await findStored(reader, type, id);
  if (!stored) throw new AnnalsError('not-found', `there is no ${type} "${id}"`);
  return stored;
}

/** The same, or nothing. */
export async function findStored(reader: Reader, type: RecordType, id: string): Promise<Stored | undefined> {
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

/** The keys of a record's moments, in order. */
export async function readMomentKeys(reader: Reader, { key }: Stored): Promise<number[]> {
  const [rows] = await reader.read([statement<[number]>('SELECT id FROM moments WHERE record_id = ? ORDER BY ordinal', key)]);
  return rows.map(([momentKey]) => momentKey);
}

/**
 * Resolves a new record's references and takes its keys. `revision` goes on from a deleted record of the same id. The instants in `facts` are the
 * earliest that it may have.
 */
export async function prepareNew(annals: Annals, model: RecordModel, input: Valid): Promise<Ready> {
  const last = statement<[revision: number | null]>('SELECT max(revision) FROM changes WHERE type = ? AND slug = ?', model.type, input.id);
  const [[[row]], earliest] = await Promise.all([annals.engine.read([last]), earliestInstant(annals.engine)]);
  const key = await annals.keys.take('record', 1);
  const keyOf = await resolveReferences(annals.engine, model, input, key);
  const momentKeys = await takeMomentKeys(annals, momentsOf(model, input).length);
  const { verified, sources } = await verifyCitations(annals.engine, input, keyOf);
  return {
    model,
    key,
    momentKeys,
    input,
    keyOf,
    sources,
    facts: { id: input.id, revision: (row?.[0] ?? 0) + 1, createdAt: earliest, updatedAt: earliest, verified },
  };
}

/**
 * Resolves a changed record's references; its moments keep their keys as far as there were any. `updatedAt` in `facts` is the earliest instant that
 * the change may have.
 */
export async function prepareNext(annals: Annals, model: RecordModel, input: Valid, stored: Stored): Promise<Ready> {
  const keyOf = await resolveReferences(annals.engine, model, input, stored.key);
  const [known, earliest, { verified, sources }] = await Promise.all([
    readMomentKeys(annals.engine, stored),
    earliestInstant(annals.engine, stored.key),
    verifyCitations(annals.engine, input, keyOf),
  ]);
  const wanted = momentsOf(model, input).length;
  const momentKeys = [...known, ...(await takeMomentKeys(annals, Math.max(0, wanted - known.length)))];
  const facts = { id: input.id, revision: stored.revision + 1, createdAt: stored.createdAt, updatedAt: earliest, verified };
  return { model, key: stored.key, momentKeys, input, keyOf, sources, facts };
}

async function takeMomentKeys(annals: Annals, count: number): Promise<number[]> {
  if (count === 0) return [];
  const first = await annals.keys.take('moment', count);
  return Array.from({ length: count }, (_, index) => first + index);
}

/**
 * Puts ids in the place of names, and answers the keys of all records referred to; the record itself, which may be new, has the key
 * `own`. Throws with every reference that is not one record, and with those to itself that only its names showed.
 */
async function resolveReferences(reader: Reader, model: RecordModel, input: Valid, own: number): Promise<Ready['keyOf']> {
  const references = [...referencesIn(model, input)].filter(({ type, value }) => type !== model.type || value !== input.id);
  const answers = await resolve(reader, references);
  const keys = new Map([[`${model.type}/${input.id}`, own]]);
  const issues: Issue[] = [];
  let code: 'unknown-reference' | 'ambiguous-name' = 'ambiguous-name';
  for (const [index, answer] of answers.entries()) {
    const reference = references[index]!;
    if (isFound(answer)) {
      reference.replace(answer.id);
      keys.set(`${reference.type}/${answer.id}`, answer.key);
    } else {
      if (answer.code === 'unknown-reference') code = answer.code;
      issues.push({ pointer: reference.pointer, ...answer.issue });
    }
  }
  if (issues.length > 0) throw new AnnalsError(code, issues[0]!.message, issues);
  const reflexive = selfReferences(model, input, input.id);
  if (reflexive.length > 0) throw new AnnalsError('invalid-request', reflexive[0]!.message, reflexive);
  return keyLookup(keys);
}

/** The keys of records by type and id; asking for one that was not resolved is a mistake of the program. */
function keyLookup(keys: ReadonlyMap<string, number>): Ready['keyOf'] {
  return (type, id) => {
    const key = keys.get(`${type}/${id}`);
    if (key === undefined) throw new Error(`the ${type} ${id} was not resolved`);
    return key;
  };
}

/** Aborts the batch when a record that this one refers to was deleted since it was resolved, or a source against which it was verified has changed. */
export function guardReferences({ model, input, keyOf, key, sources = [] }: Ready): Statement[] {
  const keys = new Set<number>();
  for (const { type, value } of referencesIn(model, input)) keys.add(keyOf(type, value));
  keys.delete(key);
  // Joined, and not by IN, for which SQLite would make a table each time.
  const exist = 'SELECT r.id FROM json_each(?) j CROSS JOIN records r ON r.id = j.value';
  const unchanged = 'SELECT r.id FROM json_each(?) j CROSS JOIN records r ON r.id = j.value ->> 0 AND r.revision = j.value ->> 1';
  return [
    ...(keys.size === 0 ? [] : [guard(keys.size, new WriteConflict(), exist, JSON.stringify([...keys]))]),
    ...(sources.length === 0 ? [] : [guard(sources.length, new WriteConflict(), unchanged, JSON.stringify(sources))]),
  ];
}
