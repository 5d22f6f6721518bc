import type { Issue } from '../../domain/errors.ts';
import { RECORD_TYPES, type RecordType } from '../../resources/parts.ts';
import type { KeyOf } from '../../resources/resource.ts';
import { type Reader, statement } from '../../storage/engine.ts';
import type { KeyRange } from '../../storage/interval-index.ts';
import type { Keys } from '../annals.ts';
import { ambiguousName, type Called, type Candidates, findCandidates, type Found, lookupKeys, NAMED_TYPES } from '../names.ts';
import { type ByType, byType, type Gathered, referenceKey } from './gather.ts';

/** What a reference is: the id of one record, or why it is none. `unknown`: no record bears it. */
export type Linked = { id: string } | { issue: Issue } | { unknown: true };

/** The records that an import is about, once the database was asked. */
export type Links = {
  /** The integer keys of all records in the file and of all they refer to. */
  keyOf: KeyOf;
  /** The keys that the records of the file which are new get: one block. */
  fresh: KeyRange;
  /** The keys of records of the database, on whose existence the import relies. */
  reliedOn: ReadonlySet<number>;
  /** What a reference of the file is. */
  linked: (called: Called) => Linked;
};

const CHUNK = 1000;

/** Finds out which records of the file exist, takes keys for the others, and resolves every distinct reference against file and database. */
export async function link(reader: Reader, keys: Keys, gathered: Gathered): Promise<Links> {
  const known = byType<number>();
  for (const type of RECORD_TYPES) await findExisting(reader, type, gathered, known);
  const reliedOn = new Set(RECORD_TYPES.flatMap((type) => [...known[type].values()]));
  const fresh = await takeKeys(keys, gathered, known);
  const answers = await resolveAll(reader, gathered, known, reliedOn);
  return {
    keyOf: (type, id) => {
      const key = known[type].get(id);
      if (key === undefined) throw new Error(`the ${type} ${id} was not resolved`);
      return key;
    },
    fresh,
    reliedOn,
    linked: (called) => (gathered.ids[called.type].has(called.value) ? { id: called.value } : answers.get(referenceKey(called))!),
  };
}

async function findExisting(reader: Reader, type: RecordType, { ids }: Gathered, known: ByType<number>): Promise<void> {
  for (const slugs of chunksOf(ids[type].keys())) {
    const bySlug = statement<[slug: string, key: number]>(
      'SELECT r.slug, r.id FROM json_each(?) j CROSS JOIN records r ON r.type = ? AND r.slug = j.value',
      JSON.stringify(slugs),
      type,
    );
    const [rows] = await reader.read([bySlug]);
    for (const [slug, key] of rows) known[type].set(slug, key);
  }
}

/** Takes one block of keys: what was added together is indexed and read together. */
async function takeKeys(keys: Keys, { ids }: Gathered, known: ByType<number>): Promise<KeyRange> {
  const count = RECORD_TYPES.reduce((sum, type) => sum + ids[type].size - known[type].size, 0);
  if (count === 0) return { first: 1, last: 0 };
  const first = await keys.take('record', count);
  let next = first;
  for (const type of RECORD_TYPES) for (const id of ids[type].keys()) if (!known[type].has(id)) known[type].set(id, next++);
  return { first, last: next - 1 };
}

async function resolveAll(reader: Reader, gathered: Gathered, known: ByType<number>, reliedOn: Set<number>): Promise<Map<string, Linked>> {
  const answers = new Map<string, Linked>();
  for (const called of chunksOf(gathered.references.values())) {
    const outside = called.filter(({ type, value }) => !gathered.ids[type].has(value));
    const candidates = await findCandidates(reader, outside);
    for (const [index, one] of outside.entries()) {
      const answer = decide(one, candidates[index]!, gathered);
      if ('key' in answer) {
        known[one.type].set(answer.id, answer.key);
        reliedOn.add(answer.key);
      }
      answers.set(referenceKey(one), answer);
    }
  }
  return answers;
}

/** A record that the file replaces bears the names that it has there, not those of the database. */
function decide(called: Called, { byId, byName }: Candidates, { ids, names }: Gathered): Linked | Found {
  const { type, value, exact } = called;
  if (byId) return byId;
  const inFile = exact || !NAMED_TYPES.has(type) ? [] : lookupKeys(value).flatMap((key) => names[type].get(key) ?? []);
  const outside = byName.filter(({ id }) => !ids[type].has(id));
  const found = [...new Set([...inFile, ...outside.map(({ id }) => id)])];
  if (found.length > 1) return { issue: ambiguousName(called, found) };
  if (outside[0]) return outside[0];
  return inFile[0] === undefined ? { unknown: true } : { id: inFile[0] };
}

/** The items, in groups that are asked for at once. */
export function* chunksOf<Item>(items: Iterable<Item>): Generator<Item[]> {
  let chunk: Item[] = [];
  for (const item of items) {
    chunk.push(item);
    if (chunk.length === CHUNK) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}
