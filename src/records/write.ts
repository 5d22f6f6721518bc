import { isObject } from '../domain/json.ts';
import { AnnalsError } from '../domain/errors.ts';
import type { RecordModel } from '../model/record-model.ts';
import { guard, WriteConflict, type Statement, type Step } from '../storage/port.ts';
import { insertOnce } from '../storage/insert.ts';
import { currentGeneration, generationOf } from '../storage/generation.ts';
import * as tables from '../storage/tables.ts';
import type { Annals } from './annals.ts';
import { mergePatch } from '../domain/merge-patch.ts';
import { freeId } from './free-id.ts';
import { guardIdentifiers, refuseTaken } from './identifiers.ts';
import { earliestInstant, guardInstant, instantOfChange } from './change-log.ts';
import { changeIndex, enterIndex, leaveIndex } from './writing/index-steps.ts';
import { guardReferences, prepareNew, prepareNext, readMomentKeys, readStored, type Stored } from './prepare.ts';
import { refuseReferrers, stillReferenced } from './referrers.ts';
import { renderRecord, unrender } from './render.ts';
import { guardPreconditions, type Preconditions } from './preconditions.ts';
import { deleteParts, insertParts, type Ready, recordRow, replaceParts } from './rows.ts';
import { guardText } from './stored-text.ts';
import { refuseBadPatch, validate } from './validate.ts';
import { guardCircle, refuseCircle } from './part-of-cycle.ts';

/** A record as it stands after a write: its stored bytes, its revision, and the generation of the database. */
export type Written = { type: string; id: string; revision: number; generation: string; document: Buffer };

const ATTEMPTS = 20;

/** Of records with the same title that are created together, one gets its id at each attempt: that many may be. */
const NUMBERING_ATTEMPTS = 200;

/**
 * Creates a record of a type from what a client wrote. Throws `invalid-request`, `unknown-reference`, `ambiguous-name`, `identifier-taken`, or
 * `already-exists` when the id that was given is taken; an id made from the title is numbered instead.
 */
export async function create(annals: Annals, model: RecordModel, body: unknown): Promise<Written> {
  const input = validate(model, body);
  const given = isObject(body) && body['id'] !== undefined;
  const attempt = async () => {
    const id = given ? input.id : await freeId(annals.engine, model, input.id);
    const [prepared, [generations]] = await Promise.all([
      prepareNew(annals, model, { ...input, id }),
      annals.engine.read([currentGeneration]),
    ]);
    const taken = given ? alreadyExists(model.type, id) : new WriteConflict();
    await refuseTaken(annals.engine, prepared);
    const at = instantOfChange(annals.clock, prepared.facts.createdAt);
    const ready = { ...prepared, facts: { ...prepared.facts, createdAt: at, updatedAt: at } };
    await annals.engine.write([
      guardInstant(at),
      ...guardReferences(ready),
      ...insertNew(ready, taken),
      ...guardIdentifiers(ready),
      ...enterIndex(ready),
    ]);
    return written(ready, generationOf(generations));
  };
  const numbered = () => retried(attempt, NUMBERING_ATTEMPTS);
  return given ? retried(attempt) : annals.turns(`${model.type} by title/${input.id}`, numbered);
}

/**
 * Changes a record by a JSON merge patch (RFC 7396), if the preconditions allow it. Throws as `create` and the preconditions do, and
 * `not-found`. A patch that changes nothing writes nothing.
 */
export async function update(
  annals: Annals,
  model: RecordModel,
  id: string,
  patch: unknown,
  preconditions?: Preconditions,
): Promise<Written> {
  // Merging recurses as deep as the patch nests.
  refuseBadPatch(model, patch);
  const attempt = async () => {
    const stored = await readStored(annals.engine, model.type, id);
    preconditions?.(model.type, stored);
    const before = unrender(stored.document);
    const input = validate(model, mergePatch(before, patch));
    if (input.id !== id) throw immutableId(id);
    const prepared = await prepareNext(annals, model, input, stored);
    const same = { ...prepared.facts, revision: stored.revision, updatedAt: updatedAtOf(stored.document) };
    if (renderRecord(model, prepared.input, same).equals(stored.document)) return unchanged(model.type, stored);
    await refuseCircle(annals.engine, prepared);
    await refuseTaken(annals.engine, prepared, before);
    const at = instantOfChange(annals.clock, prepared.facts.updatedAt);
    const ready = { ...prepared, facts: { ...prepared.facts, updatedAt: at } };
    await annals.engine.write([
      guardInstant(at),
      ...guardPreconditions(preconditions, stored),
      ...guardCircle(ready),
      ...guardIdentifiers(ready, before),
      ...replaceSteps(ready, stored),
    ]);
    return written(ready, stored.generation);
  };
  return annals.turns(`${model.type}/${id}`, () => retried(attempt));
}

/** Deletes a record, if the preconditions allow it. Throws as they do, `not-found`, or `still-referenced` with those that refer to it. */
export async function remove(annals: Annals, model: RecordModel, id: string, preconditions?: Preconditions): Promise<void> {
  const attempt = async () => {
    const stored = await readStored(annals.engine, model.type, id);
    preconditions?.(model.type, stored);
    const referrers = await stillReferenced(annals.engine, model, stored);
    if (referrers) throw referrers;
    const earliest = await earliestInstant(annals.engine, stored.key);
    const momentKeys = await readMomentKeys(annals.engine, stored);
    const at = instantOfChange(annals.clock, earliest);
    await annals.engine.write([
      guardInstant(at),
      ...guardPreconditions(preconditions, stored),
      refuseReferrers(stored.key, new WriteConflict()),
      ...leaveIndex(model, stored.key, { ...unrender(stored.document), id }, momentKeys),
      ...deleteParts(model, stored.key),
      guard(1, new WriteConflict(), 'DELETE FROM records WHERE id = ? AND revision = ?', stored.key, stored.revision),
      logChange({ type: model.type, slug: id, action: 'deleted', revision: stored.revision + 1, at, replaced: stored.document }),
    ]);
  };
  return annals.turns(`${model.type}/${id}`, () => retried(attempt));
}

/** The statements that insert a new record, one row each, without its derived rows; `taken` is thrown when the id is in use. */
export function insertNew(ready: Ready, taken: Error): Statement[] {
  const { model, facts } = ready;
  return [
    insertOnce(tables.records, recordRow(ready), 'type, slug', taken),
    ...insertParts(ready),
    logChange({ type: model.type, slug: facts.id, action: 'created', revision: facts.revision, at: facts.updatedAt }),
  ];
}

/** The steps that put a changed record in the place of the stored one, with its derived rows. */
export function replaceSteps(ready: Ready, stored: Omit<Stored, 'generation'>): Step[] {
  const { model, key, facts } = ready;
  const { kind, title, sortTitle, document } = recordRow(ready);
  const former = { ...unrender(stored.document), id: stored.id };
  const index = changeIndex(ready, former);
  const parts = replaceParts(ready, former);
  return [
    ...guardReferences(ready),
    ...guardText(ready),
    ...index.first,
    ...parts.take,
    guard(
      1,
      new WriteConflict(),
      'UPDATE records SET kind = ?, title = ?, sort_title = ?, revision = ?, updated_at = ?, document = ? WHERE id = ? AND revision = ?',
      kind,
      title,
      sortTitle,
      facts.revision,
      facts.updatedAt,
      document,
      key,
      stored.revision,
    ),
    ...parts.put,
    logChange({
      type: model.type,
      slug: facts.id,
      action: 'updated',
      revision: facts.revision,
      at: facts.updatedAt,
      replaced: stored.document,
    }),
    ...index.last,
  ];
}

const REVISED = new WriteConflict();

/** The row of the change log; no write goes without one. A revision that another made of the same record meanwhile aborts the batch. */
export function logChange(change: {
  type: string;
  slug: string;
  action: string;
  revision: number;
  at: number;
  replaced?: Buffer;
}): Statement {
  return insertOnce(tables.changes, change, 'type, slug, revision', REVISED);
}

/** Makes another attempt when what a write depended on has changed since it was read. Throws `storage-busy` after so many. */
export async function retried<Result>(attempt: () => Promise<Result>, attempts = ATTEMPTS): Promise<Result> {
  for (let left = attempts; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof WriteConflict)) throw error;
      if (left <= 1) throw new AnnalsError('storage-busy', 'others keep changing the same records; try again', [], { cause: error });
    }
  }
}

/** A record as a change that was written left it. */
export const written = (ready: Ready, generation: string): Written => ({
  type: ready.model.type,
  id: ready.facts.id,
  revision: ready.facts.revision,
  generation,
  document: renderRecord(ready.model, ready.input, ready.facts),
});

/** A record to which a change made no difference. */
export const unchanged = (type: string, { id, revision, generation, document }: Stored): Written => ({
  type,
  id,
  revision,
  generation,
  document,
});

const updatedAtOf = (document: Buffer): number => Date.parse((JSON.parse(document.toString('utf8')) as { updatedAt: string }).updatedAt); // @NOTE rendered by us

function alreadyExists(type: string, id: string): AnnalsError {
  const message = `the ${type} "${id}" exists already: choose another id, or change it with PATCH`;
  return new AnnalsError('already-exists', message, [{ pointer: '/id', message }]);
}

function immutableId(id: string): AnnalsError {
  const message = `ids never change, and this one is "${id}": leave it out, or create a new record`;
  return new AnnalsError('invalid-request', message, [{ pointer: '/id', message }]);
}
