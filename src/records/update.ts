import { isDeepStrictEqual } from 'node:util';
import { AnnalsError } from '../domain/errors.ts';
import { mergePatch } from '../domain/merge-patch.ts';
import type { RecordChange } from '../index/delta.ts';
import { indexChange, type IndexStatements } from '../index/writer.ts';
import { momentsOf, referencesIn, refuseBadPatch, type ValidatedRecord, validate } from '../model/record.ts';
import type { RecordModel } from '../model/record-model.ts';
import { guard, type Statement, WriteConflict } from '../storage/port.ts';
import { type Annals, takeMomentKeys } from './annals.ts';
import { guardInstant, instantOfChange, logChange } from './change-log.ts';
import { guardIdentifiers, refuseTaken } from './identifiers.ts';
import { guardCycle, refuseCycle } from './part-of-cycle.ts';
import { resolveReferences } from './resolve-references.ts';
import { guardText } from './source-text.ts';
import {
  changeRecord,
  type CurrentRecord,
  formerInput,
  guardGeneration,
  keyLookup,
  type Preconditions,
  resultOf,
  type StoredRecord,
  unchanged,
  type WriteResult,
} from './stored-record.ts';
import { type Verified, verifyCitations } from './verify-citations.ts';
import { renderRecord } from './render.ts';
import { type PreparedRecord, recordRow, replaceParts } from './rows.ts';

/**
 * Changes the record with an id or a name by a JSON merge patch (RFC 7396), if the preconditions allow it. Throws as `create`, `findRecord` and the
 * preconditions do. A patch that changes nothing writes nothing.
 */
export function update(
  annals: Annals,
  model: RecordModel,
  called: string,
  patch: unknown,
  preconditions?: Preconditions,
): Promise<WriteResult> {
  return changeRecord(annals, model, called, async (current) => {
    // Merging recurses as deep as the patch nests.
    refuseBadPatch(model, patch);
    preconditions?.(model.type, current);
    const former = formerInput(current);
    const input = validate(model, mergePatch(former, patch));
    if (input.id !== current.id) throw immutableId(current.id);
    const { prepared, guards } = await prepareNext(annals, model, input, current, former);
    const same = { ...prepared.serverFields, revision: current.revision, updatedAt: current.updatedAt };
    if (renderRecord(model, prepared.input, same).equals(current.document)) return unchanged(model.type, current);
    guards.push(...(await checkUnique(annals, prepared, former)));
    const index = await indexChange(annals.index, [changeOf(prepared, former)]);
    const at = instantOfChange(annals.clock, current.earliest);
    const changed = { ...prepared, serverFields: { ...prepared.serverFields, updatedAt: at } };
    const row = recordRow(changed);
    await annals.engine.write([
      guardInstant(at),
      ...(preconditions ? [guardGeneration(current)] : []),
      ...guards,
      ...replaceSteps(changed, current, former, index, row),
    ]);
    return resultOf(row, current.generation);
  });
}

/** A changed record with its `updatedAt` before the change, and the guards of all that was read for it. */
type Preparation = { prepared: PreparedRecord; guards: Statement[] };

/**
 * Resolves the references that the record has not had, and verifies its citations unless they are those that it had: a text that is stored
 * meanwhile makes a new revision of each record of which it verifies a citation otherwise. Its moments keep their keys as far as there were any.
 */
export async function prepareNext(
  annals: Annals,
  model: RecordModel,
  input: ValidatedRecord,
  current: CurrentRecord,
  former: ValidatedRecord,
): Promise<Preparation> {
  const { engine } = annals;
  const { key, id, createdAt, updatedAt, momentKeys, keys } = current;
  const added = referencesIn(model, input).filter(({ type, value }) => !keys.has(`${type}/${value}`));
  const existence = added.length === 0 ? [] : await resolveReferences(engine, model, input, added, keys);
  const keyOf = keyLookup(keys);
  const { verified, guards } = isDeepStrictEqual(input.citations, former.citations)
    ? { verified: verifiedIn(current.document), guards: [] }
    : await verifyCitations(engine, input, keyOf);
  const more = Math.max(0, momentsOf(model, input).length - momentKeys.length);
  const prepared: PreparedRecord = {
    model,
    key,
    input,
    keyOf,
    momentKeys: more === 0 ? momentKeys : [...momentKeys, ...(await takeMomentKeys(annals, more))],
    serverFields: { id, revision: current.revision + 1, createdAt, updatedAt, verified },
  };
  return { prepared, guards: [...existence, ...guards] };
}

/** The results of verifying the citations of a record, as it was rendered with them. */
function verifiedIn(document: Buffer): Verified {
  const { citations = [] } = JSON.parse(document.toString('utf8')) as { citations?: { verified?: boolean }[] }; // @NOTE rendered by us
  return new Map(citations.flatMap(({ verified }, index) => (verified === undefined ? [] : [[index, verified]])));
}

/** Refuses an actor that becomes part of itself, and identifiers that another record has. Returns the guards of both. */
async function checkUnique({ engine }: Annals, prepared: PreparedRecord, former: ValidatedRecord): Promise<Statement[]> {
  const { input } = prepared;
  const guards: Statement[] = [];
  if (input.partOf !== former.partOf) {
    await refuseCycle(engine, prepared);
    guards.push(...guardCycle(prepared));
  }
  if (!isDeepStrictEqual(input.identifiers, former.identifiers)) {
    await refuseTaken(engine, prepared, former);
    guards.push(...guardIdentifiers(prepared, former));
  }
  return guards;
}

/** The change of a record in the index; `former` is what clients wrote before. */
export function changeOf({ model, key, input, momentKeys }: PreparedRecord, former: ValidatedRecord): RecordChange {
  return { model, key, before: { record: former, momentKeys }, after: { record: input, momentKeys } };
}

/** The statements that put a changed record in the place of the stored one; `former` is what clients wrote before, `index` its change in the index. */
export function replaceSteps(
  prepared: PreparedRecord,
  stored: Pick<StoredRecord, 'revision' | 'document'>,
  former: ValidatedRecord,
  index: IndexStatements,
  row = recordRow(prepared),
): Statement[] {
  const { model, key, serverFields } = prepared;
  const { kind, title, sortTitle, document } = row;
  const replace =
    'UPDATE records SET kind = ?, title = ?, sort_title = ?, revision = ?, updated_at = ?, document = ? WHERE id = ? AND revision = ?';
  const values = [kind, title, sortTitle, serverFields.revision, serverFields.updatedAt, document, key, stored.revision];
  return [
    ...index.guards,
    guard(1, new WriteConflict(), replace, ...values),
    // After the guard of the revision: a text that was stored meanwhile is no contradiction.
    ...(model.type === 'source' ? guardText(prepared) : []),
    ...replaceParts(prepared, former),
    logChange({
      type: model.type,
      slug: serverFields.id,
      action: 'updated',
      revision: serverFields.revision,
      at: serverFields.updatedAt,
      replaced: stored.document,
    }),
    ...index.statements,
  ];
}

function immutableId(id: string): AnnalsError {
  const message = `ids never change, and this one is "${id}": leave it out, or create a new record`;
  return new AnnalsError('invalid-request', message, [{ pointer: '/id', message }]);
}
