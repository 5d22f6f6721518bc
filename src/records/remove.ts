import type { RecordModel } from '../model/record-model.ts';
import { guard, WriteConflict } from '../storage/port.ts';
import type { Annals } from './annals.ts';
import { beginChange, logChange } from './change-log.ts';
import { changeRecord, formerInput, guardGeneration, type Preconditions } from './stored-record.ts';
import { refuseReferrers, stillReferenced } from './referrers.ts';
import { deleteParts } from './document/rows.ts';

/**
 * Deletes the record with an id or a name, if the preconditions allow it. Throws as `findRecord` and the preconditions do, or `still-referenced` with
 * the records that refer to it.
 */
export async function remove(annals: Annals, model: RecordModel, called: string, preconditions?: Preconditions): Promise<void> {
  await changeRecord(annals, model, called, async (current) => {
    const { key, id, revision, document, momentKeys } = current;
    preconditions?.(model.type, current);
    const referrers = await stillReferenced(annals.engine, model, current);
    if (referrers) throw referrers;
    const change = { model, key, before: { record: formerInput(current), momentKeys } };
    const { at, guards, indexSteps } = await beginChange(annals, change, current.earliest);
    await annals.engine.write([
      ...guards,
      ...(preconditions ? [guardGeneration(current)] : []),
      refuseReferrers(key, new WriteConflict()),
      ...indexSteps,
      ...deleteParts(model, key),
      guard(1, new WriteConflict(), 'DELETE FROM records WHERE id = ? AND revision = ?', key, revision),
      logChange({ type: model.type, slug: id, action: 'deleted', revision: revision + 1, at, replaced: document }),
    ]);
    return current;
  });
}
