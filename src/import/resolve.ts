import { chunksOf } from '../domain/chunks.ts';
import { AnnalsError, type Candidate } from '../domain/errors.ts';
import { groupsOf } from '../domain/groups.ts';
import { RECORD_TYPES, type RecordType } from '../domain/record-type.ts';
import { isIdentifierKey } from '../domain/text/name.ts';
import type { KeyOf, KeyRange } from '../model/columns.ts';
import type { IdAllocator } from '../records/annals.ts';
import { candidateOf, CLOSE_MATCH, lowest, rankIn, rankOf } from '../records/names/candidates.ts';
import {
  ambiguousName,
  type Candidates,
  findCandidates,
  isTooMany,
  lookupKeys,
  type NameReference,
  readContested,
  unknownReference,
} from '../records/names/names.ts';
import { nearestRecords } from '../records/names/nearest-records.ts';
import { type Reader, WriteConflict } from '../storage/port.ts';
import { statesOfIds } from '../storage/tables/names.ts';
import { assignIds, type ReferenceResult } from './assign-ids.ts';
import { findDeletions, NO_DELETIONS, type Deletions, type ReplacedSource } from './deletions/find-deletions.ts';
import type { ImportOptions } from './report.ts';
import { byType, type LineIds, lineIds, referenceKey, type Scan } from './scan.ts';

/** Returns true if a line says what the record of an id is, and not the database: a record that is kept has a line, but is not stated by it. */
export type IsStated = (type: RecordType, id: string) => boolean;

/** Keys of the records of the lines, by the numbers of these, and what is known of records that the import relies on. */
type Records = { keys: number[]; reliedOn: Set<number>; revisions: Map<number, number> };

/** The records that an import is about. It holds for one attempt: others may change them meanwhile. */
export type Resolution = Awaited<ReturnType<typeof resolveLines>>;

/** Finds the stored records of the lines, gives ids to the lines without one, takes keys for the new records, and resolves every distinct reference. */
export async function resolveLines(reader: Reader, allocator: IdAllocator, scan: Scan, options: Omit<ImportOptions, 'mode'>) {
  const { onExisting, replaceSource } = options;
  const keys = Array.from<number>({ length: scan.count }).fill(0);
  const records: Records = { keys, reliedOn: new Set(), revisions: new Map() };
  let fresh: KeyRange = { first: 1, last: 0 };
  const isFresh = (key: number): boolean => key >= fresh.first && key <= fresh.last;
  const statedIn =
    (some: LineIds): IsStated =>
    (type, id) => {
      const number = some.numberOf(type, id);
      return number !== undefined && (onExisting !== 'keep' || keys[number] === 0 || isFresh(keys[number]!));
    };
  await findStored(reader, scan.ids.idsOf, scan.ids, records);
  const ids = lineIds(scan.ids);
  const assignment = await assignIds(reader, scan, ids, (some) => resolveReferences(reader, some, scan.ids, statedIn(scan.ids)));
  // Others have taken an id that was given to a line a moment ago.
  if ((await findStored(reader, ids.ownIds, ids, records)) > 0) throw new WriteConflict();
  for (const key of assignment.matchedKeys) records.reliedOn.add(key);

  // One block of keys: records that were added together are indexed and read together.
  const unstored = [...keys.keys()].filter((number) => keys[number] === 0 && !assignment.matched.has(number));
  if (unstored.length > 0) {
    const first = await allocator.take('record', unstored.length);
    fresh = { first, last: first + unstored.length - 1 };
    for (const [index, number] of unstored.entries()) keys[number] = first + index;
  }

  const isStated = statedIn(ids);
  const source = replaceSource === undefined ? undefined : await replacedSource(reader, replaceSource, { ids, isStated, keys });
  const isInLines = (key: number) => records.reliedOn.has(key);
  const deletions = source === undefined || isFresh(source.key) ? NO_DELETIONS : await findDeletions(reader, source, isInLines);
  const results = await resolveReferences(reader, scan.references.values(), ids, isStated, deletions);
  const withoutLine = byType<number>();
  let isLinked = assignment.otherIds.size === 0;
  for (const [name, result] of results) {
    const { type, value } = scan.references.get(name)!;
    isLinked &&= 'id' in result && result.id === value;
    if (!('key' in result)) continue;
    withoutLine[type].set(result.id, result.key!);
    records.reliedOn.add(result.key!);
  }
  const keyOf: KeyOf = (type, id) => {
    const number = ids.numberOf(type, id);
    const key = number === undefined ? withoutLine[type].get(id) : keys[number];
    if (key === undefined) throw new Error(`the ${type} ${id} was not resolved`);
    return key;
  };
  return {
    ...assignment,
    /** Ids and names of all lines. */
    ids,
    /** Integer key of the record of each line, by its number; 0 for a line for which nothing is done. */
    keys,
    /** Keys of the stored records on whose existence the import relies. */
    reliedOn: records.reliedOn,
    /** Last revisions of deleted records whose ids are used again, by the number of the new one: a revision never means two things. */
    revisions: records.revisions,
    /** Returns true for a key that was taken for a new record: these are one block, in the order of the lines. */
    isFresh,
    isStated,
    /** The stored records that the import deletes. */
    deletions,
    /** True where each line has the id that it states or its title makes, and refers to records by theirs, so that nothing is put in their place. */
    isLinked,
    /** Integer keys of all records of the lines and of all that they refer to. */
    keyOf,
    resolved: (reference: NameReference): ReferenceResult =>
      ids.numberOf(reference.type, reference.value) === undefined ? results.get(referenceKey(reference))! : { id: reference.value },
  };
}

/** The source that an import replaces, found as a line of the import would name it. Throws `unknown-reference` or `ambiguous-name`. */
async function replacedSource(
  reader: Reader,
  value: string,
  { ids, isStated, keys }: { ids: LineIds; isStated: IsStated; keys: readonly number[] },
): Promise<ReplacedSource> {
  const reference: NameReference = { type: 'source', value };
  const ofLine = ids.numberOf('source', value);
  if (ofLine !== undefined) return { key: keys[ofLine]!, id: value };
  const result = (await resolveReferences(reader, [reference], ids, isStated)).get(referenceKey(reference))!;
  if ('id' in result) return { id: result.id, key: result.key ?? keys[ids.numberOf('source', result.id)!]! };
  const [code, issue] =
    'issue' in result
      ? (['ambiguous-name', result.issue] as const)
      : (['unknown-reference', unknownReference(reference, await nearestRecords(reader, reference))] as const);
  throw new AnnalsError(code, issue.message, [{ parameter: 'replaceSource', ...issue }]);
}

/** Notes the stored records of some ids of lines, and returns how many there are. */
async function findStored(reader: Reader, idsOf: LineIds['idsOf'], ids: LineIds, { keys, reliedOn, revisions }: Records): Promise<number> {
  const before = reliedOn.size;
  for (const type of RECORD_TYPES)
    for (const some of chunksOf(idsOf(type))) {
      const [rows] = await reader.read([statesOfIds(type, some)]);
      for (const [id, key, revision] of rows) {
        const number = ids.numberOf(type, id)!;
        if (revision !== null) revisions.set(number, revision);
        if (key === null) continue;
        keys[number] = key;
        reliedOn.add(key);
      }
    }
  return reliedOn.size - before;
}

/** The records of references, by `referenceKey`; without those to an id of a line, which are that record. */
async function resolveReferences(
  reader: Reader,
  references: Iterable<NameReference>,
  ids: LineIds,
  isStated: IsStated,
  deletions: Deletions = NO_DELETIONS,
): Promise<Map<string, ReferenceResult>> {
  const results = new Map<string, ReferenceResult>();
  for (const some of chunksOf(references)) {
    const others = some.filter(({ type, value }) => ids.numberOf(type, value) === undefined);
    const candidates = await findCandidates(reader, others);
    for (const [index, reference] of others.entries())
      results.set(referenceKey(reference), await decide(reader, reference, candidates[index]!, { ids, isStated, deletions }));
  }
  return results;
}

/**
 * Decides as `meantBy` of `records/names/names.ts` does, among the records of the database and those of the lines. A record that a line states has the
 * names of that line, not those of the database. One that the import deletes is meant only where no other record may be.
 */
async function decide(
  reader: Reader,
  reference: NameReference,
  { byId, byName, isSure }: Candidates,
  { ids, isStated, deletions }: { ids: LineIds; isStated: IsStated; deletions: Deletions },
): Promise<ReferenceResult> {
  if (byId) return byId;
  const { type, value } = reference;
  const inLines = linesNamed(ids, reference, isStated);
  const unstated = byName.filter(({ id }) => !isStated(type, id));
  const staying = unstated.filter(({ id }) => !deletions.has(type, id));
  const stored = staying.length + inLines.length > 0 ? staying : unstated;
  const [only, ...others] = stored;
  if (only && others.length === 0 && isSure && inLines.length === 0) return only;
  const contested = await readContested(reader, reference, { byName: stored, isSure: isSure && inLines.length === 0 });
  if (isTooMany(stored)) return { issue: ambiguousName(reference, contested.map(candidateOf), true) };
  const [meant, ...equals] = lowest(
    [...inLines, ...contested.map((each) => ({ id: each.id, key: each.key, rank: rankIn(value, each), candidate: candidateOf(each) }))],
    ({ rank }) => rank,
  );
  if (meant === undefined) return { unknown: true };
  if (equals.length === 0) return 'key' in meant ? { id: meant.id, key: meant.key } : { id: meant.id };
  return {
    issue: ambiguousName(
      reference,
      [meant, ...equals].map(({ candidate }) => candidate),
    ),
  };
}

/** The records that lines state under a name, each once, with its rank. */
export function linesNamed(ids: Pick<LineIds, 'filedUnder'>, { type, value }: NameReference, isStated: IsStated) {
  const filed = lookupKeys(value)
    .flatMap((key) => ids.filedUnder(type, key).map((line) => ({ ...line, key })))
    .filter(({ id }) => isStated(type, id));
  return Array.from(
    groupsOf(filed, ({ id }) => id),
    ([id, lines]) => {
      const names = lines.flatMap(({ name }) => name ?? []);
      const identifiers = lines.filter(({ name }) => name === undefined);
      const byIdentifier = identifiers.map(({ key }) => (isIdentifierKey(key) ? 0 : CLOSE_MATCH));
      const [first] = names;
      const candidate: Candidate = { type, id, ...(first && { title: first.name }) };
      return { id, names, candidate, rank: Math.min(...byIdentifier, rankOf(value, { names })) };
    },
  );
}
