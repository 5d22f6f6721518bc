import { chunksOf } from '../domain/chunks.ts';
import { groupsOf } from '../domain/groups.ts';
import { shown } from '../domain/json/json.ts';
import { RECORD_TYPES, type RecordType } from '../domain/record-type.ts';
import { isIdentifierKey } from '../domain/text/name.ts';
import { identifiersIn, readHolders, takenIdentifier } from '../records/constraints/identifiers.ts';
import { cycleIssue, cyclesIn, PART_TYPES, readPartOf, type PartOf } from '../records/constraints/part-of-cycle.ts';
import type { Reader, Statement } from '../storage/port.ts';
import { guardNewHolders } from '../storage/tables/names.ts';
import type { PartType } from '../storage/tables/references.ts';
import type { ImportAttempt, ImportPlan, StatedPart } from './plan.ts';
import { SENT_MAX, withSentValue } from './read.ts';
import type { Resolution } from './resolve.ts';
import { type LineIds, placeOf, type Scan, whereIs } from './scan.ts';

/** Adds the faults that no line alone shows: cycles of actors and places, and identifiers of two records. */
export async function checkConstraints(reader: Reader, attempt: ImportAttempt, plan: ImportPlan): Promise<void> {
  for (const type of PART_TYPES) await refuseCycles(reader, attempt, type, plan.partOf[type]);
  await refuseTakenIdentifiers(reader, attempt);
}

/** Throws `still-referenced` where a record that stays refers to one that the import deletes. */
export async function refuseReferrers(reader: Reader, { scan }: ImportAttempt, { deletions }: ImportPlan): Promise<void> {
  const error = await deletions.error(reader, (number) => {
    const { file, line } = placeOf(scan, number);
    return { file: scan.files[file]!, line };
  });
  if (error) throw error;
}

/** Adds a fault for each cycle of actors or places that the lines close, at the first line of those that are in it. */
async function refuseCycles(
  reader: Reader,
  { scan, resolution, faults }: ImportAttempt,
  type: PartType,
  stated: ReadonlyMap<string, StatedPart>,
): Promise<void> {
  const isStated = (id: string) => resolution.isStated(type, id);
  const partOf: PartOf = new Map(Array.from(stated, ([id, { wholes }]) => [id, wholes]));
  for (const ids of chunksOf(new Set([...partOf.values()].flat().filter((id) => !isStated(id)))))
    for (const [id, wholes] of await readPartOf(reader, type, ids)) if (!isStated(id)) partOf.set(id, wholes);
  for (const cycle of cyclesIn(partOf, stated.keys())) {
    const [first] = cycle.filter((id) => stated.has(id)).toSorted((one, other) => stated.get(one)!.number - stated.get(other)!.number);
    if (first === undefined) continue;
    const { number, written } = stated.get(first)!;
    const from = cycle.indexOf(first);
    const issue = cycleIssue(type, [...cycle.slice(from), ...cycle.slice(0, from)]);
    faults.add(placeOf(scan, number), { ...issue, sent: shown(written.join(', '), SENT_MAX) });
  }
}

/** An identifier of a line that another record has: its key, and whose it is, as `takenIdentifier` takes it. */
type TakenIdentifier = { number: number; key: string; whose: string };

/**
 * Adds a fault for each line that gives its record an identifier which another record of the type has: one of the database, or one of an
 * earlier line. A record that the lines replace counts with the identifiers that it has there, one that is kept with those of the database, and one that
 * is deleted with none.
 * Identifiers that the database holds already may stay: two records that shared one before this was refused are found as they are.
 */
async function refuseTakenIdentifiers(reader: Reader, { scan, resolution, faults }: ImportAttempt): Promise<void> {
  const taken: TakenIdentifier[] = [];
  for (const [type, keys] of filedIdentifiers(resolution.ids)) {
    const holders = await readHolders(reader, type, keys);
    for (const key of keys) taken.push(...takenOf(type, key, holders.get(key) ?? [], scan, resolution));
  }
  if (taken.length === 0) return;
  // Faults show each identifier and its place as its line writes them.
  const byNumber = groupsOf(taken, ({ number }) => number);
  for (const { number, input } of scan.lines.items()) {
    for (const { key, whose } of byNumber.get(number) ?? []) {
      const { text, index } = identifiersIn(input).find((each) => each.key === key)!;
      faults.add(placeOf(scan, number), withSentValue(takenIdentifier(text, whose, `/identifiers/${index}`), input));
    }
  }
}

/** Lines that may not have an identifier. `stored` are the ids of the records of the database that have it. */
function takenOf(
  type: RecordType,
  key: string,
  stored: readonly string[],
  scan: Scan,
  { ids, isStated, deletions }: Resolution,
): TakenIdentifier[] {
  const claiming = [...new Set(ids.filedUnder(type, key).map(({ id }) => id))].filter((id) => isStated(type, id));
  const staying = stored.filter((id) => !deletions.has(type, id) && (!isStated(type, id) || claiming.includes(id)));
  const [holder, ...others] = [...staying.slice(0, 1), ...claiming.filter((id) => !stored.includes(id))];
  const earlier = holder !== undefined && isStated(type, holder) ? ids.numberOf(type, holder) : undefined;
  return others.map((id) => {
    const number = ids.numberOf(type, id)!;
    const where = earlier === undefined ? '' : ` in ${whereIs(scan, earlier, number)}`;
    return { number, key, whose: `of the ${type} "${holder}"${where}` };
  });
}

/** Aborts the batch when a record that was changed after `since` has one of the identifiers of the lines. */
export function* guardTakenIdentifiers(ids: LineIds, since: number): Generator<Statement> {
  for (const [type, keys] of filedIdentifiers(ids)) yield guardNewHolders(type, keys, since);
}

/** Identifiers that lines file records under, as many at a time as are asked for at once. */
function* filedIdentifiers({ keysOf }: LineIds): Generator<[type: RecordType, keys: string[]]> {
  for (const type of RECORD_TYPES) {
    const keys = Array.from(keysOf(type)).filter(isIdentifierKey);
    for (const some of chunksOf(keys)) yield [type, some];
  }
}
