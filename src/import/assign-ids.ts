import { chunksOf } from '../domain/chunks.ts';
import type { Issue } from '../domain/errors.ts';
import { groupsOf } from '../domain/groups.ts';
import { canonical } from '../domain/json/json-differences.ts';
import { isObject, type JsonObject } from '../domain/json/json.ts';
import type { RecordType } from '../domain/record-type.ts';
import { modelOf } from '../model/models.ts';
import { referencesIn } from '../model/record.ts';
import { freeId, numbered } from '../records/names/free-id.ts';
import type { NameReference } from '../records/names/names.ts';
import { inputOfDocument } from '../records/document/render.ts';
import type { Reader } from '../storage/port.ts';
import { keysOfIds, recordsTitled } from '../storage/tables/names.ts';
import { documentsOf } from '../storage/tables/records.ts';
import { type AssignedId, LISTED } from './report.ts';
import {
  contentHash,
  fileNames,
  fileTitle,
  type LineIds,
  type NewLineIds,
  placeOf,
  referenceKey,
  type Scan,
  type ScannedLine,
  type UnnamedLine,
} from './scan.ts';

/** The record of a reference, or the reason why there is none. `key` is set for a record without a line; `unknown`: no record bears it. */
export type ReferenceResult = { id: string; key?: number } | { issue: Issue } | { unknown: true };

/** Resolves references against some ids and names of lines and the database. */
export type ResolveReferences = (references: Iterable<NameReference>) => Promise<Map<string, ReferenceResult>>;

/**
 * Gives every line without an id its record: the one that it equals in all it states, in the database or in an earlier line without an id, or
 * else a new one with an id as POST would give it, which is added to `ids`. Two lines of one title that differ are two records.
 */
export async function assignIds(reader: Reader, scan: Scan, ids: NewLineIds, resolve: ResolveReferences) {
  /** Ids by the number of the line, where they are not the one made from the title. */
  const otherIds = new Map<number, string>();
  /** Numbers of the lines that are stored records, or the record of an earlier line: nothing is done for them. */
  const matched = new Set<number>();
  /** Integer keys of those stored records. */
  const matchedKeys = new Set<number>();
  /** Records of the lines that state no id, new or known: the first `LISTED`. */
  const assigned: AssignedId[] = [];
  const match = recordMatcher(reader, scan.ids, resolve);
  const series = new Map<string, AsyncGenerator<string, never>>();

  async function newId(type: RecordType, base: string): Promise<string> {
    const name = `${type}/${base}`;
    const freeIds = series.get(name) ?? numberedIds(reader, ids, type, base);
    series.set(name, freeIds);
    return (await freeIds.next()).value;
  }

  for (const batch of scan.unnamed > 0 ? scan.lines.batches() : []) {
    const lines = batch.filter(isUnnamed);
    const first = lines.filter(({ unnamed }) => unnamed.same === undefined);
    const matches = await match(first);
    const taken = await readStored(
      reader,
      first.map(({ type, input }) => [type, input.id]),
    );
    for (const { number, type, input, unnamed } of lines) {
      let id = unnamed.same === undefined ? matches.get(number)?.id : (otherIds.get(unnamed.same) ?? input.id);
      if (id !== undefined) matched.add(number);
      else {
        const isFree = !taken.has(`${type}/${input.id}`) && ids.numberOf(type, input.id) === undefined;
        id = isFree ? input.id : await newId(type, input.id);
        ids.add(type, id, number);
        fileNames(ids, { type, input }, id);
        fileTitle(ids, scan.titles, { type, input }, id);
      }
      if (id !== input.id) otherIds.set(number, id);
      const { file, line } = placeOf(scan, number);
      if (assigned.length < LISTED) assigned.push({ file: scan.files[file]!, line, record: { type, id } });
    }
    for (const { key } of matches.values()) matchedKeys.add(key);
  }
  return { otherIds, matched, matchedKeys, assigned, moreAssigned: scan.unnamed - assigned.length };
}

const isUnnamed = (line: ScannedLine): line is UnnamedLine => line.unnamed !== undefined;

/** Number of numbered ids of one title that are looked up at once. */
const SPAN = 64;

/** Free ids for a title whose own id is taken: the same with a number, from the one that POST would give. */
async function* numberedIds(reader: Reader, ids: NewLineIds, type: RecordType, base: string): AsyncGenerator<string, never> {
  const { number } = await freeId(reader, type, base);
  for (let next = Math.max(2, number); ; next += SPAN) {
    const span = Array.from({ length: SPAN }, (_, index) => [type, numbered(base, next + index)] as const);
    const taken = await readStored(reader, span);
    for (const [, id] of span) if (!taken.has(`${type}/${id}`) && ids.numberOf(type, id) === undefined) yield id;
  }
}

/** The ids among some, each after its type, that stored records have. */
async function readStored(reader: Reader, ids: readonly (readonly [type: RecordType, id: string])[]): Promise<Set<string>> {
  const [rows] = await reader.read([keysOfIds(ids)]);
  return new Set(rows.map(([index, , id]) => `${ids[index]![0]}/${id}`));
}

/** A stored record: its integer key, its id, and its type and title as `titleKey` has them. */
type StoredMatch = { key: number; id: string; title: string };

/** Records of one type and title by the hash of what they hold in the fields of one signature. */
type Contents = Map<string, StoredMatch>;

/** Number of documents that are read at once. */
const PAGE = 500;

/** Number of hashes that are kept from batch to batch at most, some 100 bytes each: a thousand lines of one title read its records once. */
const KEPT = 300_000;

/**
 * Finds the stored records that lines without an id are, by the number of the line. A line is a record of its type and title that holds the
 * same in every field that the line states; of several it is the oldest. A record for which a line states the id is no candidate: that line
 * says what becomes of it. Puts ids in the place of the references of lines that have candidates.
 */
function recordMatcher(
  reader: Reader,
  stated: LineIds,
  resolve: ResolveReferences,
): (lines: readonly UnnamedLine[]) => Promise<Map<number, StoredMatch>> {
  const pool = new Map<string, Contents>();

  /** Hashes records, each under a signature, into the contents of that signature. */
  async function readContents(wanted: { signature: string; contents: Contents; record: StoredMatch }[]): Promise<void> {
    const byKey = groupsOf(wanted, ({ record }) => record.key);
    const keys = [...byKey.keys()].toSorted((one, other) => one - other);
    for (const some of chunksOf(keys, PAGE)) {
      const [rows] = await reader.read([documentsOf(some)]);
      for (const [key, document] of rows) {
        const stored = inputOfDocument(document);
        for (const { signature, contents, record } of byKey.get(key)!) {
          const hash = hashUnder(signature, stored);
          if (!contents.has(hash)) contents.set(hash, record);
        }
      }
    }
  }

  return async (lines) => {
    const candidates = await readCandidates(reader, lines, stated);
    const hopeful = lines.filter((line) => candidates.has(titleKey(line)));
    await replaceReferences(hopeful, resolve);
    const groups = Array.from(
      groupsOf(hopeful, (line) => `${signatureOf(line.input)}/${titleKey(line)}`),
      ([name, ofGroup]) => ({ name, lines: ofGroup, title: titleKey(ofGroup[0]), signature: signatureOf(ofGroup[0].input) }),
    );
    const fresh = groups.filter(({ name }) => !pool.has(name));
    for (const { name } of fresh) pool.set(name, new Map());
    await readContents(
      fresh.flatMap(({ name, title, signature }) =>
        candidates.get(title)!.map((record) => ({ signature, contents: pool.get(name)!, record })),
      ),
    );
    const matches = new Map<number, StoredMatch>();
    for (const { name, signature, lines: ofGroup } of groups)
      for (const { number, input } of ofGroup) {
        const match = pool.get(name)!.get(hashUnder(signature, input));
        if (match) matches.set(number, match);
      }
    if (sizeOf(pool) > KEPT) pool.clear();
    return matches;
  };
}

const sizeOf = (pool: ReadonlyMap<string, Contents>): number =>
  [...pool.values()].reduce((sum, contents) => sum + contents.size, pool.size);

const titleKey = ({ type, unnamed }: UnnamedLine): string => `${type}/${unnamed.title}`;

async function replaceReferences(lines: readonly UnnamedLine[], resolve: ResolveReferences): Promise<void> {
  const references = lines.flatMap(({ type, input }) => referencesIn(modelOf[type], input));
  const results = await resolve(new Map(references.map((reference) => [referenceKey(reference), reference])).values());
  for (const reference of references) {
    const result = results.get(referenceKey(reference));
    // A reference that is no record stays: no record holds it.
    if (result && 'id' in result) reference.replace(result.id);
  }
}

/** The stored records that have the title of a line, by type and title. */
async function readCandidates(reader: Reader, lines: readonly UnnamedLine[], stated: LineIds): Promise<Map<string, StoredMatch[]>> {
  const titles = new Map(lines.map((line) => [titleKey(line), [line.type, line.unnamed.title] as const]));
  const found: StoredMatch[] = [];
  for (const some of chunksOf(titles.values())) {
    const [rows] = await reader.read([recordsTitled(some)]);
    for (const [type, title, key, id] of rows)
      if (stated.numberOf(type, id) === undefined) found.push({ key, id, title: `${type}/${title}` });
  }
  return groupsOf(found, ({ title }) => title);
}

/**
 * Fields that a line states, as a text: its fields, and those of its objects such as dates. Lists count as a whole. Lines of one signature are
 * compared with a record by one hash of the record.
 */
function signatureOf(input: JsonObject): string {
  return JSON.stringify(
    Object.entries(input)
      .filter(([field]) => field !== 'id')
      .map(([field, value]) => [field, isObject(value) ? Object.keys(value) : 0] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** A hash of what a record holds in the fields of a signature. */
function hashUnder(signature: string, record: JsonObject): string {
  const fields = JSON.parse(signature) as [field: string, parts: string[] | 0][]; // @NOTE `signatureOf` made it
  const held = fields.map(([field, parts]) => {
    const value = record[field];
    return [field, parts !== 0 && isObject(value) ? Object.fromEntries(parts.map((part) => [part, value[part]])) : value];
  });
  return contentHash(canonical(Object.fromEntries(held)));
}
