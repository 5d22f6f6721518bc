import { chunksOf } from '../../domain/chunks.ts';
import { AnnalsError, type Issue } from '../../domain/errors.ts';
import { groupsOf } from '../../domain/groups.ts';
import type { RecordType } from '../../domain/record-type.ts';
import { type RelationChange, targetsOf } from '../../index/related.ts';
import { citationsOf } from '../../model/citations.ts';
import type { KeyOf } from '../../model/columns.ts';
import { modelOf } from '../../model/models.ts';
import { referencesIn, type ValidatedRecord } from '../../model/record.ts';
import { inputOfDocument } from '../../records/document/render.ts';
import { referrersOfAny } from '../../records/referrers.ts';
import { type Reader, WriteConflict } from '../../storage/port.ts';
import type { OpenSpool } from '../../storage/spool.ts';
import { recordsWithMoments } from '../../storage/tables/records.ts';
import { idsOfKeys, relationTargets } from '../../storage/tables/references.ts';
import type { Deletions } from './find-deletions.ts';

/** A record that is deleted, as it is stored. */
export type DeletedRecord = { key: number; type: RecordType; id: string; revision: number; momentKeys: number[]; document: string };

/** A reference to a record that would be deleted, by the key of this: from a stored record, or from that of a line. */
type Referrer = { target: number } & ({ key: number } | { number: number; pointer: string });

/** The order of rows by the key that they begin with: an engine returns them in any. */
const inOrder = ([one]: readonly [number, ...unknown[]], [other]: readonly [number, ...unknown[]]): number => one - other;

/** Documents that are read at once. */
const DOCUMENTS = 200;

/** The plan of deletions. */
export type DeletionPlan = ReturnType<typeof planDeletions>;

/** Plans the deletions of an import: none is read yet. At most so many references to deleted records are listed; the others are counted. */
export function planDeletions({ source, keys }: Deletions, open: OpenSpool, listed: number) {
  /** The first references that stand in the way, and the number of all. */
  const referrers: Referrer[] = [];
  let total = 0;

  function note(referrer: Referrer): void {
    total += 1;
    if (referrers.length < listed) referrers.push(referrer);
  }

  /** Reads the stored records that refer to those that would be deleted, and that neither are deleted themselves nor `changed` by a line. */
  async function noteStored(reader: Reader, changed: ReadonlySet<number>): Promise<void> {
    for (const targets of chunksOf(keys)) {
      const [rows] = await reader.read([referrersOfAny.read(targets)]);
      for (const [target, ...lists] of rows.toSorted(inOrder)) {
        const referring = new Set(lists.flatMap((list) => list?.split(',') ?? []).map(Number));
        for (const key of [...referring].toSorted((one, other) => one - other))
          if (key !== target && !keys.has(key) && !changed.has(key)) note({ target, key });
      }
    }
  }

  return {
    /** The records, in the order of their keys. */
    records: open<DeletedRecord>(),

    /** Notes the references of a line that is written to records that would be deleted. */
    noteLine({ number, type, input }: { number: number; type: RecordType; input: ValidatedRecord }, keyOf: KeyOf): void {
      if (keys.size === 0) return;
      for (const { type: to, value, pointer } of referencesIn(modelOf[type], input)) {
        const target = keyOf(to, value);
        if (keys.has(target)) note({ target, number, pointer });
      }
    },

    /**
     * Reads the records, and yields each with what becomes of its relations: nothing where it has none and none points to it. `changed` are the keys of
     * the stored records that lines change. Throws a `WriteConflict` where a record is no longer what was found.
     */
    async *read(reader: Reader, changed: ReadonlySet<number>): AsyncGenerator<{ record: DeletedRecord; relations?: RelationChange }> {
      await noteStored(reader, changed);
      for (const some of chunksOf(keys, DOCUMENTS)) {
        const [rows, moments, targets, named] = await reader.read([...recordsWithMoments(some), relationTargets(some), idsOfKeys(some)]);
        if (rows.length < some.length) throw new WriteConflict();
        const [momentKeys, pointedTo] = [groupsOf(moments, ([key]) => key), new Set(targets.map(([key]) => key))];
        const names = new Map(named.map(([key, type, id]) => [key, { type, id }]));
        for (const [key, revision, , , document] of rows.toSorted(inOrder)) {
          const former = inputOfDocument(document);
          // It may have been changed since it was found.
          const cited = citationsOf(former);
          if (cited.length === 0 || !cited.every((citation) => citation.source === source?.id)) throw new WriteConflict();
          const { type, id } = names.get(key)!;
          const own = (momentKeys.get(key) ?? []).map(([, moment]) => moment);
          const before = targetsOf(former);
          const isRelated = before.length > 0 || pointedTo.has(key);
          yield {
            record: { key, type, id, revision, momentKeys: own, document: document.toString('utf8') },
            ...(isRelated && { relations: { key, name: `${type}/${id}`, isNew: false, before, after: [] } }),
          };
        }
      }
    },

    /** The error that lists the references which stand in the way; undefined where there are none. `placeOf` returns the place of a line. */
    async error(reader: Reader, placeOf: (number: number) => Pick<Issue, 'file' | 'line'>): Promise<AnnalsError | undefined> {
      if (total === 0) return undefined;
      const known = referrers.flatMap((each) => ('key' in each ? [each.target, each.key] : [each.target]));
      const [rows] = await reader.read([idsOfKeys([...new Set(known)])]);
      const names = new Map(rows.map(([key, type, id]) => [key, `the ${type} "${id}"`]));
      const nameOf = (key: number) => names.get(key) ?? 'a record';
      const issues = referrers.map((each): Issue => {
        if ('key' in each) return { message: `${nameOf(each.key)} refers to ${nameOf(each.target)}` };
        const { number, pointer, target } = each;
        return { ...placeOf(number), pointer, message: `refers to ${nameOf(target)}, which is in no line and would be deleted` };
      });
      const [what, it] = total === 1 ? ['one reference', 'it'] : [`${total} references`, 'them'];
      const more = total > issues.length ? ` (the first ${issues.length} are shown)` : '';
      const message = `nothing was imported, because ${what} to records that it would delete would lead nowhere${more}: change or delete the records that have ${it}, or put the records to which they lead into the import`;
      return new AnnalsError('still-referenced', message, issues);
    },
  };
}
