import { chunksOf } from '../domain/chunks.ts';
import type { Issue } from '../domain/errors.ts';
import { NAMED_TYPES, RECORD_TYPES, type RecordType } from '../domain/record-type.ts';
import { ambiguousName, type Candidates, choose, findCandidates, lookupKeys, type NameReference } from '../records/names.ts';
import type { Reader } from '../storage/port.ts';

/** Ids and names that the lines of an import give to records. */
export type LineIds = {
  /** Number of the line whose record has an id. */
  numberOf: (type: RecordType, id: string) => number | undefined;
  idsOf: (type: RecordType) => Iterable<string>;
  /** Ids of the records that lines file under a key of `lookups`. */
  filedUnder: (type: RecordType, key: string) => readonly string[];
  /** Distinct keys under which lines file records of a type. */
  keysOf: (type: RecordType) => Iterable<string>;
};

/** A map for each record type. */
export const byType = <Value>() =>
  Object.fromEntries(RECORD_TYPES.map((type) => [type, new Map<string, Value>()])) as Record<RecordType, Map<string, Value>>; // @NOTE its keys are the types

/** Ids and names that are being collected, besides those of `base`, which stay as they are. */
export function lineIds(base?: LineIds) {
  const numbers = byType<number>();
  const names = byType<string[]>();
  const filedUnder = (type: RecordType, key: string): readonly string[] => {
    const own = names[type].get(key) ?? [];
    return base ? [...base.filedUnder(type, key), ...own] : own;
  };
  function* idsOf(type: RecordType): Generator<string> {
    if (base) yield* base.idsOf(type);
    yield* numbers[type].keys();
  }
  function* keysOf(type: RecordType): Generator<string> {
    if (base) yield* base.keysOf(type);
    for (const key of names[type].keys()) if (!base || base.filedUnder(type, key).length === 0) yield key;
  }
  return {
    numberOf: (type: RecordType, id: string) => numbers[type].get(id) ?? base?.numberOf(type, id),
    idsOf,
    /** Ids that `base` does not have. */
    ownIds: (type: RecordType): Iterable<string> => numbers[type].keys(),
    filedUnder,
    keysOf,
    add: (type: RecordType, id: string, number: number): void => void numbers[type].set(id, number),
    file(type: RecordType, key: string, id: string): void {
      const filed = names[type].get(key);
      if (filed) filed.push(id);
      else names[type].set(key, [id]);
    },
  };
}

/** Ids and names that are being collected. */
export type NewLineIds = ReturnType<typeof lineIds>;

/** Tells references apart: the same value may call one thing as an id and another as a name. */
export const referenceKey = ({ type, value, exact }: NameReference): string => `${exact ? 'id' : 'name'}/${type}/${value}`;

/** The record of a reference, or the reason why there is none. `key` is set for a record without a line; `unknown`: no record bears it. */
export type ReferenceResult = { id: string; key?: number } | { issue: Issue } | { unknown: true };

/** Resolves references against some ids and names of lines and the database. */
export type ResolveReferences = (references: Iterable<NameReference>) => Promise<Map<string, ReferenceResult>>;

/** Returns true if a line says what the record of an id is, and not the database: a record that is kept has a line, but is not stated by it. */
export type IsStated = (type: RecordType, id: string) => boolean;

/** The records of references, by `referenceKey`; without those to an id of a line, which are that record. */
export async function resolveReferences(
  reader: Reader,
  references: Iterable<NameReference>,
  ids: LineIds,
  isStated: IsStated,
): Promise<Map<string, ReferenceResult>> {
  const results = new Map<string, ReferenceResult>();
  for (const some of chunksOf(references)) {
    const others = some.filter(({ type, value }) => ids.numberOf(type, value) === undefined);
    const candidates = await findCandidates(reader, others);
    for (const [index, reference] of others.entries())
      results.set(referenceKey(reference), decide(reference, candidates[index]!, ids, isStated));
  }
  return results;
}

/**
 * Decides as `choose` does, among the records of the database and those of the lines. A record that a line states bears the names that it has
 * there, not those of the database.
 */
function decide(reference: NameReference, { byId, byName }: Candidates, ids: LineIds, isStated: IsStated): ReferenceResult {
  const { type, value, exact } = reference;
  const keys = exact || !NAMED_TYPES.has(type) ? [] : lookupKeys(value);
  const inLines = new Set(keys.flatMap((key) => ids.filedUnder(type, key)).filter((id) => isStated(type, id)));
  const named = [...Array.from(inLines, (id) => ({ id })), ...byName.filter(({ id }) => !isStated(type, id))];
  const chosen = choose<{ id: string; key?: number }>({ byId, byName: named });
  if (chosen === 'none') return { unknown: true };
  if (chosen !== 'several') return chosen;
  const candidates = named.map(({ id }) => id);
  return { issue: ambiguousName(reference, candidates) };
}
