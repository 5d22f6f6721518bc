import { isDeepStrictEqual } from 'node:util';
import { AnnalsError } from '../domain/errors.ts';
import { isObject } from '../domain/json/json.ts';
import { mergePatch } from '../domain/json/merge-patch.ts';
import { citationsOf } from '../model/citations.ts';
import { momentsOf, referencesIn, refuseBadPatch, type ValidatedRecord, validate } from '../model/record.ts';
import type { RecordModel } from '../model/record-model.ts';
import type { Statement } from '../storage/port.ts';
import { guardGeneration, logChange, replaceRecordRow } from '../storage/tables/records.ts';
import { type Annals, takeMomentKeys } from './annals.ts';
import { guardIdentifiers, refuseTaken } from './constraints/identifiers.ts';
import { guardCycle, refuseCycle } from './constraints/part-of-cycle.ts';
import { homonyms } from './names/homonyms.ts';
import { resolveReferences } from './names/resolve-references.ts';
import { guardText, indexInLanguage } from './source-text.ts';
import {
  beginChange,
  changeRecord,
  type CurrentRecord,
  inputOfStored,
  keyLookup,
  type Preconditions,
  resultOf,
  type StoredRecord,
  unchanged,
  type WriteResult,
} from './stored-record.ts';
import { verifyCitations } from './verify-citations.ts';
import { renderRecord, type ServerFields, textResultsIn } from './document/render.ts';
import { type PreparedRecord, type ResolvedRecord, recordRow, replaceParts } from './document/rows.ts';

/**
 * Changes the record with an id or a name by a JSON merge patch (RFC 7396), if the preconditions allow it. Throws as `create`, `findRecord` and the
 * preconditions do. A patch that changes nothing writes nothing.
 */
export function update(
  annals: Annals,
  model: RecordModel,
  idOrName: string,
  patch: unknown,
  preconditions?: Preconditions,
): Promise<WriteResult> {
  return changeRecord(annals, model, idOrName, async (current) => {
    // Merging recurses as deep as the patch nests.
    refuseBadPatch(model, patch);
    preconditions?.(model.type, current);
    const former = inputOfStored(current);
    refuseOtherId(model, former, patch);
    const input = validate(model, mergePatch(former, patch));
    if (input.id !== current.id) throw immutableId(current.id);
    const preparation = await prepareRecord(annals, model, input, current, { record: former, document: current.document });
    const { prepared, results, guards } = preparation;
    if (renderRecord(model, input, { ...serverFieldsOf(current), ...results }).equals(current.document))
      return unchanged(model.type, current);
    guards.push(...(await checkConstraints(annals, prepared, former)), ...(preconditions ? [guardGeneration(current.generation)] : []));
    const warnings = changesNames(former, input) ? await homonyms(annals.engine, prepared, former) : {};
    const inLanguage =
      model.type === 'source' && input.language !== former.language ? await indexInLanguage(annals.engine, current, input.language) : [];
    return { ...(await replaceRecord(annals, preparation, current, former, () => inLanguage)), ...warnings };
  });
}

/** Returns true if a record has other names than before. */
const changesNames = (former: ValidatedRecord, input: ValidatedRecord): boolean =>
  (['title', 'name', 'label', 'names', 'symbol', 'symbols'] as const).some((field) => !isDeepStrictEqual(former[field], input[field]));

/** A record without the fields that the service sets, what stored texts say of it, and the guards of all that was read for both. */
export type Preparation = { prepared: ResolvedRecord; results: Pick<ServerFields, 'verified' | 'storedText'>; guards: Statement[] };

/**
 * Resolves the references that are new since `former`, verifies the citations if they differ from those of `former`, and takes keys for additional
 * moments. Unchanged citations keep their results: storing a text (`put-text.ts`) itself revises each record whose results it changes.
 */
export async function prepareRecord(
  annals: Annals,
  model: RecordModel,
  input: ValidatedRecord,
  { key, keys, momentKeys }: Pick<CurrentRecord, 'key' | 'keys' | 'momentKeys'>,
  former?: { record: ValidatedRecord; document: Buffer },
): Promise<Preparation> {
  const { engine } = annals;
  const added = referencesIn(model, input).filter(({ type, value }) => !keys.has(`${type}/${value}`));
  const existence = added.length === 0 ? [] : await resolveReferences(engine, model, input, added, keys);
  const keyOf = keyLookup(keys);
  const before = former && textResultsIn(former.document);
  const { verified, guards } =
    before && isDeepStrictEqual(citationsOf(input), citationsOf(former.record))
      ? { verified: before.verified, guards: [] }
      : await verifyCitations(engine, input, keyOf);
  const more = momentsOf(model, input).length - momentKeys.length;
  const allKeys = more > 0 ? [...momentKeys, ...(await takeMomentKeys(annals, more))] : momentKeys;
  return {
    prepared: { model, key, input, keyOf, momentKeys: allKeys },
    results: { ...before, verified },
    guards: [...existence, ...guards],
  };
}

const serverFieldsOf = ({ id, revision, createdAt, updatedAt }: CurrentRecord) => ({ id, revision, createdAt, updatedAt });

/** Writes a prepared record in the place of the stored one. `more` returns further statements for the end of the batch, given its instant. */
export async function replaceRecord(
  annals: Annals,
  { prepared, results, guards }: Preparation,
  current: CurrentRecord,
  former: ValidatedRecord,
  more: (at: number) => readonly Statement[],
): Promise<WriteResult> {
  const { model, key, input, momentKeys } = prepared;
  const change = { model, key, before: { record: former, momentKeys }, after: { record: input, momentKeys } };
  const { at, guards: first, indexStatements } = await beginChange(annals, change, current.earliest);
  const serverFields = { ...serverFieldsOf(current), revision: current.revision + 1, updatedAt: at, ...results };
  const complete = { ...prepared, serverFields };
  const row = recordRow(complete);
  await annals.engine.write([...first, ...guards, ...replaceStatements(complete, current, former, row), ...indexStatements, ...more(at)]);
  return resultOf(row, current.generation);
}

/** Refuses an actor or a place that becomes part of itself, and identifiers that another record has. Returns the guards of both. */
async function checkConstraints({ engine }: Annals, prepared: ResolvedRecord, former: ValidatedRecord): Promise<Statement[]> {
  const { input } = prepared;
  const guards: Statement[] = [];
  if (!isDeepStrictEqual(input.partOf, former.partOf)) {
    await refuseCycle(engine, prepared);
    guards.push(...guardCycle(prepared));
  }
  if (!isDeepStrictEqual(input.identifiers, former.identifiers)) {
    await refuseTaken(engine, prepared, former);
    guards.push(...guardIdentifiers(prepared, former));
  }
  return guards;
}

/** The statements that put a changed record in the place of the stored one; `former` is what clients wrote before. */
export function replaceStatements(
  prepared: PreparedRecord,
  { document }: Pick<StoredRecord, 'document'>,
  former: ValidatedRecord,
  row = recordRow(prepared),
): Statement[] {
  const { type, slug, revision, updatedAt } = row;
  return [
    replaceRecordRow(prepared.key, row),
    // After the guard of the revision: a text that was stored meanwhile is no contradiction.
    ...(type === 'source' ? guardText(prepared) : []),
    ...replaceParts(prepared, former),
    logChange({ type, slug, action: 'updated', revision, at: updatedAt, replaced: document }),
  ];
}

/** Refuses a patch that changes a field of which the id is made. */
function refuseOtherId({ type, idFields = [] }: RecordModel, former: ValidatedRecord, patch: unknown): void {
  if (!isObject(patch)) return;
  const changed = idFields.filter((field) => patch[field] !== undefined && patch[field] !== former[field]);
  if (changed.length === 0) return;
  const message = `is part of the id "${former.id}", which never changes: leave it out, or create a new ${type}`;
  throw new AnnalsError(
    'invalid-request',
    `${changed.join(' and ')} of the ${type} "${former.id}" cannot be changed: create a new ${type}`,
    changed.map((field) => ({ pointer: `/${field}`, message })),
  );
}

function immutableId(id: string): AnnalsError {
  const message = `ids never change, and this one is "${id}": leave it out, or create a new record`;
  return new AnnalsError('invalid-request', message, [{ pointer: '/id', message }]);
}
