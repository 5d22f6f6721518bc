import { RECORD_TYPES, type RecordType } from '../domain/record-type.ts';
import { modelOf } from '../model/models.ts';
import { nameKeysOf } from '../index/entry.ts';
import { freeId, numbered } from '../records/free-id.ts';
import { type Reader, statement } from '../storage/port.ts';
import { dialect } from '../storage/sqlite/dialect.ts';
import { recordMatcher } from './match.ts';
import { joinedIds, type LineIds, lineIds, type ResolveReferences } from './references.ts';
import { type AssignedId, LISTED, type RecordName } from './report.ts';
import type { Scan, ScannedLine, Unnamed } from './scan.ts';

/** Ids of the lines that state none. */
export type Assignment = {
  /** Ids and names of all lines, and those that were given to lines without an id: records that must not exist. */
  ids: LineIds;
  added: LineIds;
  /** Ids by the number of the line, where they are not the one made from the title. */
  otherIds: ReadonlyMap<number, string>;
  /** Numbers of the lines that are stored records, or the record of an earlier line: nothing is done for them. */
  matched: ReadonlySet<number>;
  /** Integer keys of those stored records. */
  matchedKeys: ReadonlySet<number>;
  /** Records of the lines that state no id: the first `LISTED`, and the number of the others. */
  assigned: AssignedId[];
  moreAssigned: number;
};

/**
 * Gives every line without an id its record: the one that it equals in all it states, in the database or in an earlier line without an id, or
 * else a new one with an id as POST would give it. Two lines of one title that differ are two records.
 */
export async function assignIds(reader: Reader, scan: Scan, resolve: ResolveReferences): Promise<Assignment> {
  const added = lineIds();
  const ids = joinedIds(scan.ids, added);
  const [otherIds, matched, matchedKeys] = [new Map<number, string>(), new Set<number>(), new Set<number>()];
  const assigned: AssignedId[] = [];
  if (scan.unnamed > 0) {
    const match = recordMatcher(reader, scan.ids, resolve);
    const newId = idSeries(reader, ids);
    for (const batch of scan.lines.batches()) {
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
          added.add(type, id, number);
          for (const key of nameKeysOf(modelOf[type], input)) added.file(type, key, id);
        }
        if (id !== input.id) otherIds.set(number, id);
        if (assigned.length < LISTED) assigned.push(assignedTo(scan, number, { type, id }));
      }
      for (const { key } of matches.values()) matchedKeys.add(key);
    }
  }
  return { ids, added, otherIds, matched, matchedKeys, assigned, moreAssigned: scan.unnamed - assigned.length };
}

const isUnnamed = (line: ScannedLine): line is ScannedLine & { unnamed: Unnamed } => line.unnamed !== undefined;

function assignedTo({ placeOf, files }: Scan, number: number, record: RecordName): AssignedId {
  const { file, line } = placeOf(number);
  return { file: files[file]!, line, record };
}

/** Number of numbered ids of one title that are looked up at once. */
const SPAN = 64;

/** Numbered ids of one title: the next number to try, the last one that was looked up, and the ids of those that the database has. */
type Series = { next: number; until: number; taken: ReadonlySet<string> };

/** Makes free ids for titles whose own id is taken: the same with a number, from the one that POST would give. */
function idSeries(reader: Reader, ids: LineIds): (type: RecordType, base: string) => Promise<string> {
  const allSeries = new Map<string, Series>();

  async function firstSeries(type: RecordType, base: string): Promise<Series> {
    const next = Math.max(2, (await freeId(reader, type, base)).number);
    return { next, until: next - 1, taken: new Set() };
  }

  return async (type, base) => {
    const name = `${type}/${base}`;
    const series = allSeries.get(name) ?? (await firstSeries(type, base));
    allSeries.set(name, series);
    for (;;) {
      if (series.next > series.until) {
        series.until = series.next + SPAN - 1;
        const span = Array.from({ length: SPAN }, (_, index) => numbered(base, series.next + index));
        series.taken = await readStoredIds(reader, type, span);
      }
      const id = numbered(base, series.next++);
      if (!series.taken.has(id) && ids.numberOf(type, id) === undefined) return id;
    }
  };
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
