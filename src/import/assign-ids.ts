import { RECORD_TYPES, type RecordType } from '../domain/record-type.ts';
import { nameKeysOf } from '../index/entry.ts';
import { modelOf } from '../model/models.ts';
import { freeId, numbered } from '../records/free-id.ts';
import { type Reader, statement } from '../storage/port.ts';
import { dialect } from '../storage/sqlite/dialect.ts';
import type { NewLineIds, ResolveReferences } from './references.ts';
import { recordMatcher } from './match.ts';
import { type AssignedId, LISTED } from './report.ts';
import type { Scan, ScannedLine, UnnamedLine } from './scan.ts';

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
    const taken = await readTaken(reader, first);
    for (const { number, type, input, unnamed } of lines) {
      let id = unnamed.same === undefined ? matches.get(number)?.id : (otherIds.get(unnamed.same) ?? input.id);
      if (id !== undefined) matched.add(number);
      else {
        const isFree = !taken.has(`${type}/${input.id}`) && ids.numberOf(type, input.id) === undefined;
        id = isFree ? input.id : await newId(type, input.id);
        ids.add(type, id, number);
        for (const key of nameKeysOf(modelOf[type], input)) ids.file(type, key, id);
      }
      if (id !== input.id) otherIds.set(number, id);
      const { file, line } = scan.placeOf(number);
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
    const span = Array.from({ length: SPAN }, (_, index) => numbered(base, next + index));
    const taken = await readStoredIds(reader, type, span);
    for (const id of span) if (!taken.has(id) && ids.numberOf(type, id) === undefined) yield id;
  }
}

/** The ids made from the titles of lines that stored records have, each after its type. */
async function readTaken(reader: Reader, lines: readonly ScannedLine[]): Promise<Set<string>> {
  const taken = new Set<string>();
  for (const type of RECORD_TYPES) {
    const ids = lines.filter((line) => line.type === type).map(({ input }) => input.id);
    for (const id of await readStoredIds(reader, type, ids)) taken.add(`${type}/${id}`);
  }
  return taken;
}

async function readStoredIds(reader: Reader, type: RecordType, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const stored = statement<[id: string]>(
    `SELECT r.slug FROM ${dialect.elements('j', '?')} CROSS JOIN records r ON r.type = ? AND r.slug = ${dialect.value('j', 'text')}`,
    JSON.stringify(ids),
    type,
  );
  const [rows] = await reader.read([stored]);
  return new Set(rows.map(([id]) => id));
}
