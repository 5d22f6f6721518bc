import type { RecordType } from '../domain/record-type.ts';
import { CHILD_TABLES } from '../model/child-tables.ts';
import { models } from '../model/models.ts';
import type { RecordModel } from '../model/record-model.ts';
import { type Statement, WriteConflict } from '../storage/port.ts';
import { changeRow, deleteRecordRow, deleteRecordRows, guardGeneration, logChange } from '../storage/tables/records.ts';
import { deleteRowsOf, insertAll } from '../storage/tables/rows.ts';
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

/** A record that is deleted together with others. */
export type RemovedRecord = { key: number; type: RecordType; id: string; revision: number; document: Buffer };

/** The tables of the rows of records besides those in `records`, each before those that it refers to. */
const PART_TABLES = [...CHILD_TABLES.map(({ name }) => name), ...models.map(({ path }) => path)];

/** The statements that delete many records but for their entries in the index, and log each with the instant `at`. */
export function removalOf(records: readonly RemovedRecord[], at: number): Statement[] {
  const keys = records.map(({ key }) => key);
  const changes = records.map(({ type, id, revision, document }) =>
    changeRow({ type, slug: id, action: 'deleted', revision: revision + 1, at, replaced: document }),
  );
  const [first] = changes;
  return [
    ...records.filter(({ type }) => type === 'source').flatMap(({ key }) => removeText(key)),
    ...PART_TABLES.map((table) => deleteRowsOf(table, keys)),
    ...deleteRecordRows(records.map(({ key, revision }) => [key, revision])),
    ...(first ? insertAll({ ...first, rows: changes.flatMap(({ rows }) => rows) }) : []),
  ];
}
