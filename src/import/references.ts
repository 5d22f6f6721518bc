import { chunksOf } from '../domain/chunks.ts';
import type { Issue } from '../domain/errors.ts';
import { NAMED_TYPES, RECORD_TYPES, type RecordType } from '../domain/record-type.ts';
import { ambiguousName, type NameReference, type Candidates, choose, findCandidates, lookupKeys } from '../records/names.ts';
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

/** Ids and names that are being collected. */
export type NewLineIds = LineIds & {
  add: (type: RecordType, id: string, number: number) => void;
  file: (type: RecordType, key: string, id: string) => void;
};

/** A map for each record type. */
export type ByType<Value> = Record<RecordType, Map<string, Value>>;

/** An empty map for each record type. */
export const byType = <Value>(): ByType<Value> =>
  Object.fromEntries(RECORD_TYPES.map((type) => [type, new Map<string, Value>()])) as ByType<Value>; // @NOTE its keys are the types

/** No ids and names yet. */
export function lineIds(): NewLineIds {
  const numbers = byType<number>();
  const names = byType<string[]>();
  return {
    numberOf: (type, id) => numbers[type].get(id),
    idsOf: (type) => numbers[type].keys(),
    filedUnder: (type, key) => names[type].get(key) ?? [],
    keysOf: (type) => names[type].keys(),
    add(type, id, number) {
      numbers[type].set(id, number);
    },
    file(type, key, id) {
      const filed = names[type].get(key);
      if (filed) filed.push(id);
      else names[type].set(key, [id]);
    },
  };
}

/** Ids and names of two collections as one. */
export function joinedIds(first: LineIds, second: LineIds): LineIds {
  return {
    numberOf: (type, id) => first.numberOf(type, id) ?? second.numberOf(type, id),
    *idsOf(type) {
      yield* first.idsOf(type);
      yield* second.idsOf(type);
    },
    filedUnder: (type, key) => [...first.filedUnder(type, key), ...second.filedUnder(type, key)],
    *keysOf(type) {
      yield* first.keysOf(type);
      for (const key of second.keysOf(type)) if (first.filedUnder(type, key).length === 0) yield key;
    },
  };
}

/** Tells references apart: the same value may call one thing as an id and another as a name. */
export const referenceKey = ({ type, value, exact }: NameReference): string => `${exact ? 'id' : 'name'}/${type}/${value}`;

/** The record of a reference, or the reason why there is none. `key` is set for a record without a line; `unknown`: no record bears it. */
export type ReferenceResult = { id: string; key?: number } | { issue: Issue } | { unknown: true };

/** Returns true if a line says what the record of an id is, and not the database: a record that is kept has a line, but is not stated by it. */
export type IsStated = (type: RecordType, id: string) => boolean;

/** Resolves references against some ids and names of lines and the database. */
export type ResolveReferences = (references: Iterable<NameReference>) => Promise<Map<string, ReferenceResult>>;

/** The records of references, by `referenceKey`; without those to an id of a line, which are that record. */
export async function resolveReferences(
  reader: Reader,
  references: Iterable<NameReference>,
  ids: LineIds,
  isStated: IsStated,
): Promise<Map<string, ReferenceResult>> {
  const answers = new Map<string, ReferenceResult>();
  for (const some of chunksOf(references)) {
    const others = some.filter(({ type, value }) => ids.numberOf(type, value) === undefined);
    const candidates = await findCandidates(reader, others);
    for (const [index, reference] of others.entries())
      answers.set(referenceKey(reference), decide(reference, candidates[index]!, ids, isStated));
  }
  return answers;
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
  return {
    issue: ambiguousName(
      reference,
      named.map(({ id }) => id),
    ),
  };
}
