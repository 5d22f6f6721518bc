import { AnnalsError } from '../domain/errors.ts';
import { isObject } from '../domain/json/json.ts';
import type { RecordType } from '../domain/record-type.ts';
import { type ValidatedRecord, validate } from '../model/record.ts';
import type { RecordModel } from '../model/record-model.ts';
import type { Reader } from '../storage/port.ts';
import { anyWithId, changeRow, lastRevision, newRecord } from '../storage/tables/records.ts';
import { insertAll, type TableRows } from '../storage/tables/rows.ts';
import type { Annals } from './annals.ts';
import { freeId } from './names/free-id.ts';
import { homonyms } from './names/homonyms.ts';
import { guardIdentifiers, refuseTaken } from './constraints/identifiers.ts';
import { partRows, type PreparedRecord, recordRow } from './document/rows.ts';
import { beginChange, readNewest, resultOf, retried, type WriteResult } from './stored-record.ts';
import { prepareRecord } from './update.ts';

/** Attempts of a record whose id is made from its title: of records that several processes create with one title, one gets its id at each attempt. */
const NUMBERING_ATTEMPTS = 200;

/**
 * Creates a record of a type from what a client wrote. Throws `invalid-request`, `unknown-reference`, `ambiguous-name`, `identifier-taken`, or
 * `already-exists` when the id that was given is taken; an id made from the title is numbered instead.
 */
export async function create(annals: Annals, model: RecordModel, body: unknown): Promise<WriteResult> {
  const input = validate(model, body);
  const { engine, mutex } = annals;
  if (model.idFields || (isObject(body) && body['id'] !== undefined))
    return retried(() => createWithId(annals, model, input, readState(engine, model.type, input.id)));
  const attempt = async () => {
    const { id, revision } = await freeId(engine, model.type, input.id);
    return createWithId(annals, model, { ...input, id }, { revision, isTaken: false });
  };
  return mutex(`${model.type} by title/${input.id}`, () => retried(attempt, NUMBERING_ATTEMPTS));
}

/** The state of an id: `revision` is that of the last change of a deleted record, from which revisions go on, 0 without any. */
type IdState = { revision: number; isTaken: boolean };

async function createWithId(
  annals: Annals,
  model: RecordModel,
  input: ValidatedRecord,
  state: Promise<IdState> | IdState,
): Promise<WriteResult> {
  const { engine, idAllocator } = annals;
  const { id } = input;
  const key = await idAllocator.take('record', 1);
  const [{ revision, isTaken }, newest, { prepared, results, guards }] = await Promise.all([
    state,
    readNewest(engine),
    prepareRecord(annals, model, input, { key, keys: new Map([[`${model.type}/${id}`, key]]), momentKeys: [] }),
  ]);
  await refuseTaken(engine, prepared);
  const warnings = await homonyms(engine, prepared);
  if (isTaken) throw alreadyExists(model.type, id);
  const after = { record: input, momentKeys: prepared.momentKeys };
  const { at, guards: first, indexStatements } = await beginChange(annals, { model, key, after }, newest.at);
  const complete = { ...prepared, serverFields: { id, revision: revision + 1, createdAt: at, updatedAt: at, ...results } };
  const row = recordRow(complete);
  await engine.write([
    ...first,
    ...guards,
    ...newRows(complete, row).flatMap(insertAll),
    ...guardIdentifiers(complete),
    ...indexStatements,
  ]);
  return { ...resultOf(row, newest.generation), ...warnings };
}

/** The rows of a new record, without derived ones, in the order in which they are inserted; they abort the batch when the id is in use. */
export function newRows(prepared: PreparedRecord, row = recordRow(prepared)): TableRows[] {
  const { type, slug, revision, updatedAt } = row;
  return [newRecord(row), ...partRows(prepared), changeRow({ type, slug, action: 'created', revision, at: updatedAt })];
}

async function readState(reader: Reader, type: RecordType, id: string): Promise<IdState> {
  const [[last], records] = await reader.read([lastRevision(type, id), anyWithId(type, id)]);
  return { revision: last?.[0] ?? 0, isTaken: records.length > 0 };
}

function alreadyExists(type: RecordType, id: string): AnnalsError {
  const message = `the ${type} "${id}" exists already: choose another id, or change it with PATCH`;
  return new AnnalsError('already-exists', message, [{ pointer: '/id', message }]);
}
