import { chunksOf } from '../domain/chunks.ts';
import type { Issue } from '../domain/errors.ts';
import { RECORD_TYPES, type RecordType, NAMED_TYPES } from '../domain/record-type.ts';
import type { KeyOf } from '../model/columns.ts';
import { WriteConflict, type Reader, statement } from '../storage/port.ts';
import type { KeyRange } from '../storage/interval-index.ts';
import type { Keys } from '../records/annals.ts';
import { ambiguousName, type Called, type Candidates, findCandidates, type Found, lookupKeys } from '../records/names.ts';
import { referenceKey } from './check.ts';
import { type ByType, byType, type Gathered } from './gather.ts';
import type { Naming } from './naming.ts';
import type { OnExisting } from './options.ts';

/** Answer to a reference: the id of one record, or why it is none. `unknown`: no record bears it. */
export type Linked = { id: string } | { issue: Issue } | { unknown: true };

/** The records that an import is about, once the database was asked. */
export type Links = {
  /** The integer key of each record of the lines, by its number; 0 for a line for which nothing is done. */
  keys: readonly number[];
  /** The integer keys of all records in the file and of all they refer to. */
  keyOf: KeyOf;
  /** The keys that the records of the file which are new get: one block, in the order of the lines. */
  fresh: KeyRange;
  /** The keys of records of the database, on whose existence the import relies. */
  reliedOn: ReadonlySet<number>;
  /** The last revisions of deleted records whose ids are used again, by the number of the new one: a revision never means two things. */
  revisions: ReadonlyMap<number, number>;
  /** The sources whose texts are stored, so that citations are held against them. */
  withTexts: ReadonlySet<number>;
  /** Returns the record of a reference of the file. */
  linked: (called: Called) => Linked;
  /** A record that is kept as it is in the database has a line, but is not stated by it. */
  isStated: IsStated;
  /** True if every reference is a record. */
  complete: boolean;
};

/** Returns true if a line says what the record of that id is, and not the database. */
export type IsStated = (type: RecordType, id: string) => boolean;

/** Returns true for a key that lies in a block. */
export const isIn = ({ first, last }: KeyRange, key: number): boolean => key >= first && key <= last;

/** Finds out which records of the file exist, takes keys for the others, and resolves every distinct reference against file and database. */
export async function link(reader: Reader, keys: Keys, naming: Naming, onExisting: OnExisting): Promise<Links> {
  const { gathered } = naming;
  const { ids } = gathered;
  const existing = await findExisting(reader, naming);
  const fresh = await takeKeys(keys, naming, existing.keys);
  const isStated: IsStated = (type, id) => {
    const number = ids[type].get(id);
    return number !== undefined && (onExisting !== 'keep' || isIn(fresh, existing.keys[number]!));
  };
  const outside = byType<number>();
  const answers = await resolveAll(reader, gathered, isStated, outside);
  const keyOf: KeyOf = (type, id) => {
    const number = ids[type].get(id);
    const key = number === undefined ? outside[type].get(id) : existing.keys[number];
    if (key === undefined) throw new Error(`the ${type} ${id} was not resolved`);
    return key;
  };
  const linked = (called: Called): Linked =>
    ids[called.type].has(called.value) ? { id: called.value } : answers.get(referenceKey(called))!;
  for (const type of RECORD_TYPES) for (const key of outside[type].values()) existing.reliedOn.add(key);
  return {
    keys: existing.keys,
    keyOf,
    fresh,
    reliedOn: existing.reliedOn,
    revisions: existing.revisions,
    withTexts: await findTexts(reader, gathered, (source) => {
      const answer = linked({ type: 'source', value: source, exact: false });
      return 'id' in answer ? keyOf('source', answer.id) : undefined;
    }),
    linked,
    isStated,
    complete: [...answers.values()].every((answer) => 'id' in answer),
  };
}

type Existing = { keys: number[]; reliedOn: Set<number>; revisions: Map<number, number> };

async function findExisting(reader: Reader, { gathered: { ids, count }, reliedOn, isAssigned }: Naming): Promise<Existing> {
  const existing: Existing = { keys: Array.from<number>({ length: count }).fill(0), reliedOn: new Set(reliedOn), revisions: new Map() };
  for (const type of RECORD_TYPES)
    for (const slugs of chunksOf(ids[type].keys())) {
      const asked = JSON.stringify(slugs);
      const [rows, changes] = await reader.read([
        statement<[slug: string, key: number]>(
          'SELECT r.slug, r.id FROM json_each(?) j CROSS JOIN records r ON r.type = ? AND r.slug = j.value',
          asked,
          type,
        ),
        statement<[slug: string, revision: number]>(
          `SELECT c.slug, max(c.revision) FROM json_each(?) j CROSS JOIN changes c ON c.type = ? AND c.slug = j.value
             WHERE NOT EXISTS (SELECT 1 FROM records r WHERE r.type = c.type AND r.slug = c.slug) GROUP BY c.slug`,
          asked,
          type,
        ),
      ]);
      for (const [slug, key] of rows) {
        // Others have taken an id that was given to a line a moment ago.
        if (isAssigned(type, slug)) throw new WriteConflict();
        existing.keys[ids[type].get(slug)!] = key;
        existing.reliedOn.add(key);
      }
      for (const [slug, revision] of changes) existing.revisions.set(ids[type].get(slug)!, revision);
    }
  return existing;
}

/** Takes one block of keys: what was added together is indexed and read together. */
async function takeKeys(keys: Keys, { gathered: { ids }, twins }: Naming, known: number[]): Promise<KeyRange> {
  const total = RECORD_TYPES.reduce((sum, type) => sum + ids[type].size(), 0);
  const count = total - known.reduce((sum, key) => sum + (key === 0 ? 0 : 1), 0);
  if (count === 0) return { first: 1, last: 0 };
  const first = await keys.take('record', count);
  let next = first;
  for (const [number, key] of known.entries()) if (key === 0 && !twins.has(number)) known[number] = next++;
  return { first, last: next - 1 };
}

async function resolveAll(reader: Reader, gathered: Gathered, isStated: IsStated, outside: ByType<number>): Promise<Map<string, Linked>> {
  const answers = new Map<string, Linked>();
  for (const called of chunksOf(gathered.references.values())) {
    const others = called.filter(({ type, value }) => !gathered.ids[type].has(value));
    const candidates = await findCandidates(reader, others);
    for (const [index, one] of others.entries()) {
      const answer = decide(one, candidates[index]!, gathered, isStated);
      if ('key' in answer) outside[one.type].set(answer.id, answer.key);
      answers.set(referenceKey(one), 'key' in answer ? { id: answer.id } : answer);
    }
  }
  return answers;
}

function decide(called: Called, { byId, byName }: Candidates, { names }: Gathered, isStated: IsStated): Linked | Found {
  if (byId) return byId;
  const { inFile, outside } = bearers(called, namesInFile(called, names), byName, isStated);
  const found = [...new Set([...inFile, ...outside.map(({ id }) => id)])];
  if (found.length > 1) return { issue: ambiguousName(called, found) };
  if (outside[0]) return outside[0];
  return inFile[0] === undefined ? { unknown: true } : { id: inFile[0] };
}

/** Ids of the records that lines file under what a reference is called, whatever the database says of them; none where only an id counts. */
export function namesInFile({ type, value, exact }: Called, names: Gathered['names']): string[] {
  return exact || !NAMED_TYPES.has(type) ? [] : lookupKeys(value).flatMap((key) => names[type].get(key) ?? []);
}

/**
 * Records that a name in an import may mean: of those that lines file under it the stated ones, and of those of the database the others. A record
 * that a line states bears the names that it has there, not those of the database.
 */
export function bearers(
  { type }: Called,
  inFile: readonly string[],
  byName: readonly Found[],
  isStated: IsStated,
): { inFile: string[]; outside: Found[] } {
  return { inFile: inFile.filter((id) => isStated(type, id)), outside: byName.filter(({ id }) => !isStated(type, id)) };
}

async function findTexts(reader: Reader, { checkable }: Gathered, keyOf: (source: string) => number | undefined): Promise<Set<number>> {
  const withTexts = new Set<number>();
  for (const sources of chunksOf(checkable)) {
    const keys = sources.map(keyOf).filter((key) => key !== undefined);
    const stored = statement<[key: number]>(
      'SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM paragraphs WHERE source_id = value)',
      JSON.stringify(keys),
    );
    const [rows] = await reader.read([stored]);
    for (const [key] of rows) withTexts.add(key);
  }
  return withTexts;
}
