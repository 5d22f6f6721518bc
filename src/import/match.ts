import { chunksOf } from '../domain/chunks.ts';
import { groupsOf } from '../domain/groups.ts';
import { canonical } from '../domain/json-differences.ts';
import { isObject, type JsonObject } from '../domain/json.ts';
import type { RecordType } from '../domain/record-type.ts';
import { modelOf } from '../model/models.ts';
import { referencesIn } from '../model/record.ts';
import { unrender } from '../records/render.ts';
import { type Reader, statement } from '../storage/port.ts';
import { dialect } from '../storage/sqlite/dialect.ts';
import { type LineIds, referenceKey, type ResolveReferences } from './references.ts';
import { contentHash, type UnnamedLine } from './scan.ts';

/** A stored record: its integer key, its id, and its type and title as `titleKey` has them. */
type StoredRecord = { key: number; id: string; title: string };

/** Records of one type and title by the hash of what they hold in the fields of one signature. */
type Contents = Map<string, StoredRecord>;

/** Number of documents that are read at once. */
const PAGE = 500;

/** Number of hashes that are kept from batch to batch at most, some 100 bytes each: a thousand lines of one title read its records once. */
const KEPT = 300_000;

/**
 * Finds the stored records that lines without an id are, by the number of the line. A line is a record of its type and title that holds the
 * same in every field that the line states; of several it is the oldest. A record for which a line states the id is no candidate: that line
 * says what becomes of it. Puts ids in the place of the references of lines that have candidates.
 */
export function recordMatcher(
  reader: Reader,
  stated: LineIds,
  resolve: ResolveReferences,
): (lines: readonly UnnamedLine[]) => Promise<Map<number, StoredRecord>> {
  const pool = new Map<string, Contents>();

  /** Hashes records, each under a signature, into the contents of that signature. */
  async function readContents(wanted: { signature: string; contents: Contents; record: StoredRecord }[]): Promise<void> {
    const byKey = groupsOf(wanted, ({ record }) => record.key);
    const keys = [...byKey.keys()].toSorted((one, other) => one - other);
    for (const some of chunksOf(keys, PAGE)) {
      const documents = statement<[key: number, document: Buffer]>(
        `SELECT id, document FROM records WHERE id IN ${dialect.list('?', 'integer')} ORDER BY id`,
        JSON.stringify(some),
      );
      const [rows] = await reader.read([documents]);
      for (const [key, document] of rows) {
        const stored = unrender(document);
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
    const matches = new Map<number, StoredRecord>();
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
async function readCandidates(reader: Reader, lines: readonly UnnamedLine[], stated: LineIds): Promise<Map<string, StoredRecord[]>> {
  const titles = new Map(lines.map((line) => [titleKey(line), [line.type, line.unnamed.title]]));
  const found: StoredRecord[] = [];
  for (const some of chunksOf(titles.values())) {
    const withTitles = statement<[type: RecordType, title: string, key: number, id: string]>(
      `SELECT r.type, r.sort_title, r.id, r.slug FROM ${dialect.elements('j', '?')} CROSS JOIN records r
        ON r.type = ${dialect.column('j', 0, 'text')} AND r.sort_title = ${dialect.column('j', 1, 'text')}`,
      JSON.stringify(some),
    );
    const [rows] = await reader.read([withTitles]);
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
