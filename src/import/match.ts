import { chunksOf } from '../domain/chunks.ts';
import { canonical } from '../domain/json-differences.ts';
import { isObject, type JsonObject } from '../domain/json.ts';
import { modelOf } from '../model/models.ts';
import { referencesIn } from '../model/record.ts';
import { unrender } from '../records/render.ts';
import { type Reader, statement } from '../storage/port.ts';
import { dialect } from '../storage/sqlite/dialect.ts';
import { type LineIds, referenceKey, type ReferenceResult, type ResolveReferences } from './references.ts';
import { contentHash, type ScannedLine, type Unnamed } from './scan.ts';

/** A stored record: its integer key, and its id. */
export type StoredRecord = { key: number; id: string };

type UnnamedLine = ScannedLine & { unnamed: Unnamed };

/** Lines of one type, title and signature, to be compared with the records of that title. */
type Group = { name: string; title: string; signature: string; lines: UnnamedLine[] };

/** Records of one type and title by the hash of what they hold in the fields of one signature. */
type Contents = Map<string, StoredRecord>;

/** Number of documents that are read at once. */
const PAGE = 500;

/** Number of references that are remembered at most. */
const REMEMBERED = 100_000;

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
  const pool = contentPool();
  const known = new Map<string, ReferenceResult>();

  async function replaceReferences(lines: readonly UnnamedLine[]): Promise<void> {
    if (known.size > REMEMBERED) known.clear();
    const references = lines.flatMap(({ type, input }) => referencesIn(modelOf[type], input));
    const unknown = new Map(
      references.map((reference) => [referenceKey(reference), reference] as const).filter(([name]) => !known.has(name)),
    );
    for (const [name, resolved] of await resolve(unknown.values())) known.set(name, resolved);
    for (const reference of references) {
      const resolved = known.get(referenceKey(reference));
      // A reference that is no record stays: no record holds it.
      if (resolved && 'id' in resolved) reference.replace(resolved.id);
    }
  }

  /** Reads the records of the titles of groups, and hashes them under the signature of each. */
  async function readContents(groups: readonly Group[], candidates: ReadonlyMap<string, readonly StoredRecord[]>): Promise<void> {
    const wanted = new Map<number, { id: string; into: [signature: string, contents: Contents][] }>();
    for (const { name, title, signature } of groups) {
      const contents: Contents = new Map();
      for (const { key, id } of candidates.get(title)!) {
        const record = wanted.get(key) ?? { id, into: [] };
        record.into.push([signature, contents]);
        wanted.set(key, record);
      }
      pool.set(name, contents);
    }
    for (const keys of chunksOf(
      [...wanted.keys()].toSorted((a, b) => a - b),
      PAGE,
    )) {
      const [rows] = await reader.read([documentsOf(keys)]);
      for (const [key, document] of rows) {
        const record = unrender(document);
        const { id, into } = wanted.get(key)!;
        for (const [signature, contents] of into) {
          const hash = hashUnder(signature, record);
          if (!contents.has(hash)) contents.set(hash, { key, id });
        }
      }
    }
  }

  return async (lines) => {
    const matches = new Map<number, StoredRecord>();
    const candidates = await readCandidates(reader, lines, stated);
    const hopeful = lines.filter((line) => candidates.has(titleKey(line)));
    if (hopeful.length === 0) return matches;
    await replaceReferences(hopeful);
    const groups = grouped(hopeful);
    await readContents(
      groups.filter(({ name }) => !pool.get(name)),
      candidates,
    );
    for (const { name, signature, lines: ofGroup } of groups)
      for (const { number, input } of ofGroup) {
        const match = pool.get(name)!.get(hashUnder(signature, input));
        if (match) matches.set(number, match);
      }
    pool.trim();
    return matches;
  };
}

const titleKey = ({ type, unnamed }: UnnamedLine): string => `${type}/${unnamed.title}`;

function grouped(lines: readonly UnnamedLine[]): Group[] {
  const groups = new Map<string, Group>();
  for (const line of lines) {
    const [signature, title] = [signatureOf(line.input), titleKey(line)];
    const name = `${signature}/${title}`;
    const group = groups.get(name) ?? { name, title, signature, lines: [] };
    group.lines.push(line);
    groups.set(name, group);
  }
  return [...groups.values()];
}

/** The stored records that have the title of a line, by type and title. */
async function readCandidates(reader: Reader, lines: readonly UnnamedLine[], stated: LineIds): Promise<Map<string, StoredRecord[]>> {
  const titles = new Map(lines.map((line) => [titleKey(line), [line.type, line.unnamed.title] as const]));
  const found = new Map<string, StoredRecord[]>();
  for (const some of chunksOf(titles)) {
    const withTitles = statement<[index: number, key: number, id: string]>(
      `SELECT ${dialect.ordinal('j')}, r.id, r.slug FROM ${dialect.elements('j', '?')} CROSS JOIN records r
        ON r.type = ${dialect.column('j', 0, 'text')} AND r.sort_title = ${dialect.column('j', 1, 'text')}`,
      JSON.stringify(some.map(([, title]) => title)),
    );
    const [rows] = await reader.read([withTitles]);
    for (const [index, key, id] of rows) {
      const [name, [type]] = some[index]!;
      if (stated.numberOf(type, id) !== undefined) continue;
      const records = found.get(name);
      if (records) records.push({ key, id });
      else found.set(name, [{ key, id }]);
    }
  }
  return found;
}

const documentsOf = (keys: readonly number[]) =>
  statement<[key: number, document: Buffer]>(
    `SELECT id, document FROM records WHERE id IN ${dialect.list('?', 'integer')} ORDER BY id`,
    JSON.stringify(keys),
  );

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

/** Number of records of one title beyond which they are kept for the lines to come, and number of hashes that are kept at most, some 100 bytes each. */
const WORTH_KEEPING = 8;
const KEPT = 500_000;

/** Contents by type, title and signature. Those of many records are kept, so that a thousand lines of one title read them once. */
function contentPool() {
  const all = new Map<string, Contents>();
  return {
    get: (name: string): Contents | undefined => all.get(name),
    set: (name: string, contents: Contents) => void all.set(name, contents),
    /** Forgets contents that are not worth keeping, and all of them where they are too many. */
    trim(): void {
      let size = 0;
      for (const [name, contents] of all) {
        if (contents.size <= WORTH_KEEPING) all.delete(name);
        else size += contents.size;
      }
      if (size > KEPT) all.clear();
    },
  };
}
