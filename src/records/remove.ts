import type { RecordModel } from '../model/record-model.ts';
import { WriteConflict } from '../storage/port.ts';
import { deleteRecordRow, guardGeneration, logChange } from '../storage/tables/records.ts';
import type { Annals } from './annals.ts';
import { beginChange, changeRecord, inputOfStored, type Preconditions } from './stored-record.ts';
import { refuseReferrers, stillReferenced } from './referrers.ts';
import { deleteParts } from './document/rows.ts';
import { removeText } from './source-text.ts';

/**
 * Deletes the record with an id or a name, if the preconditions allow it. Throws as `findRecord` and the preconditions do, or `still-referenced` with
 * the records that refer to it.
 */
export async function remove(annals: Annals, model: RecordModel, idOrName: string, preconditions?: Preconditions): Promise<void> {
  await changeRecord(annals, model, idOrName, async (current) => {
    const { key, id, revision, document, momentKeys } = current;
    preconditions?.(model.type, current);
    const referrers = await stillReferenced(annals.engine, model, current);
    if (referrers) throw referrers;
    const change = { model, key, before: { record: inputOfStored(current), momentKeys } };
    const { at, guards, indexStatements } = await beginChange(annals, change, current.earliest);
    await annals.engine.write([
      ...guards,
      ...(preconditions ? [guardGeneration(current.generation)] : []),
      refuseReferrers(key, new WriteConflict()),
      ...indexStatements,
      ...(model.type === 'source' ? removeText(key) : []),
      ...deleteParts(model, key),
      deleteRecordRow(key, revision),
      logChange({ type: model.type, slug: id, action: 'deleted', revision: revision + 1, at, replaced: document }),
    ]);
    return current;
  });
}
