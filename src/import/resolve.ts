import { chunksOf } from '../domain/chunks.ts';
import { RECORD_TYPES } from '../domain/record-type.ts';
import type { KeyOf, KeyRange } from '../model/columns.ts';
import type { IdAllocator } from '../records/annals.ts';
import type { NameReference } from '../records/names.ts';
import { WriteConflict, type Reader, statement } from '../storage/port.ts';
import { dialect } from '../storage/sqlite/dialect.ts';
import { assignIds, type Assignment } from './assign-ids.ts';
import { byType, type IsStated, type LineIds, referenceKey, type ReferenceResult, resolveReferences } from './references.ts';
import type { OnExisting } from './report.ts';
import type { Scan } from './scan.ts';

/** The records that an import is about. It holds for one attempt: others may change them meanwhile. */
export type Resolution = Assignment & {
  /** Integer key of the record of each line, by its number; 0 for a line for which nothing is done. */
  keys: readonly number[];
  /** Keys of the new records: one block, in the order of the lines. */
  fresh: KeyRange;
  /** Integer keys of all records of the lines and of all that they refer to. */
  keyOf: KeyOf;
  /** Keys of the stored records on whose existence the import relies. */
  reliedOn: ReadonlySet<number>;
  /** Last revisions of deleted records whose ids are used again, by the number of the new one: a revision never means two things. */
  revisions: ReadonlyMap<number, number>;
  resolved: (reference: NameReference) => ReferenceResult;
  isStated: IsStated;
};

/** Returns true for a key that was taken for a new record. */
export const isFresh = (key: number, { fresh }: Pick<Resolution, 'fresh'>): boolean => key >= fresh.first && key <= fresh.last;

/** Keys, revisions and existence of the records of the lines, as far as they are known. */
type Records = { keys: number[]; fresh: KeyRange; reliedOn: Set<number>; revisions: Map<number, number> };

/** Finds the stored records of the lines, gives ids to the lines without one, takes keys for the new records, and resolves every distinct reference. */
export async function resolveLines(reader: Reader, allocator: IdAllocator, scan: Scan, onExisting: OnExisting): Promise<Resolution> {
  const keys = Array.from<number>({ length: scan.count }).fill(0);
  const records: Records = { keys, fresh: { first: 1, last: 0 }, reliedOn: new Set(), revisions: new Map() };
  const statedIn =
    (ids: LineIds): IsStated =>
    (type, id) => {
      const number = ids.numberOf(type, id);
      return number !== undefined && (onExisting !== 'keep' || keys[number] === 0 || isFresh(keys[number]!, records));
    };
  await findStored(reader, scan.ids, records);
  const assignment = await assignIds(reader, scan, (reference) => resolveReferences(reader, reference, scan.ids, statedIn(scan.ids)));
  // Others have taken an id that was given to a line a moment ago.
  if ((await findStored(reader, assignment.added, records)) > 0) throw new WriteConflict();
  await takeKeys(allocator, records, assignment);
  for (const key of assignment.matchedKeys) records.reliedOn.add(key);

  const { ids } = assignment;
  const isStated = statedIn(ids);
  const answers = await resolveReferences(reader, scan.references.values(), ids, isStated);
  const withoutLine = byType<number>();
  for (const [name, answer] of answers) {
    if (!('key' in answer)) continue;
    withoutLine[scan.references.get(name)!.type].set(answer.id, answer.key!);
    records.reliedOn.add(answer.key!);
  }
  return {
    ...assignment,
    ...records,
    isStated,
    keyOf(type, id) {
      const number = ids.numberOf(type, id);
      const key = number === undefined ? withoutLine[type].get(id) : keys[number];
      if (key === undefined) throw new Error(`the ${type} ${id} was not resolved`);
      return key;
    },
    resolved: (reference) =>
      ids.numberOf(reference.type, reference.value) === undefined ? answers.get(referenceKey(reference))! : { id: reference.value },
  };
}

/** Notes the stored records of the ids of some lines, and returns how many there are. */
async function findStored(reader: Reader, ids: LineIds, { keys, reliedOn, revisions }: Records): Promise<number> {
  let found = 0;
  for (const type of RECORD_TYPES)
    for (const slugs of chunksOf(ids.idsOf(type))) {
      const wanted = JSON.stringify(slugs);
      const [rows, deleted] = await reader.read([
        statement<[slug: string, key: number]>(
          `SELECT r.slug, r.id FROM ${dialect.elements('j', '?')} CROSS JOIN records r ON r.type = ? AND r.slug = ${dialect.value('j', 'text')}`,
          wanted,
          type,
        ),
        statement<[slug: string, revision: number]>(
          `SELECT c.slug, max(c.revision) FROM ${dialect.elements('j', '?')} CROSS JOIN changes c ON c.type = ? AND c.slug = ${dialect.value('j', 'text')}
             WHERE NOT EXISTS (SELECT 1 FROM records r WHERE r.type = c.type AND r.slug = c.slug) GROUP BY c.slug`,
          wanted,
          type,
        ),
      ]);
      for (const [slug, key] of rows) {
        keys[ids.numberOf(type, slug)!] = key;
        reliedOn.add(key);
      }
      for (const [slug, revision] of deleted) revisions.set(ids.numberOf(type, slug)!, revision);
      found += rows.length;
    }
  return found;
}

/** Takes one block of keys: records that were added together are indexed and read together. */
async function takeKeys(allocator: IdAllocator, records: Records, { matched }: Assignment): Promise<void> {
  const { keys } = records;
  const count = keys.reduce((sum, key) => sum + (key === 0 ? 1 : 0), 0) - matched.size;
  if (count === 0) return;
  let next = await allocator.take('record', count);
  records.fresh = { first: next, last: next + count - 1 };
  for (const [number, key] of keys.entries()) if (key === 0 && !matched.has(number)) keys[number] = next++;
}
