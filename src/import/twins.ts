import { modelOf } from '../model/models.ts';
import type { RecordType } from '../domain/record-type.ts';
import { type Reader, statement } from '../storage/port.ts';
import { type Called, findCandidates } from '../records/names.ts';
import { referencesIn } from '../model/record.ts';
import { unrender } from '../records/render.ts';
import { type Read, referenceKey } from './check.ts';
import { type Contents, contentPool, hashUnder, type Known, signatureOf } from './content-pool.ts';
import type { Gathered, Unnamed } from './gather.ts';
import { chunksOf } from '../domain/chunks.ts';
import { bearers, type IsStated, namesInFile } from './link.ts';
import type { OnExisting } from './options.ts';

/** Finds the records that lines without an id are. */
export type TwinFinder = {
  /** The record that each of some lines is, by the index of the line; none for a line that no record equals. `text` holds the records of the chunk. */
  find: (text: string, lines: readonly Unnamed[]) => Promise<Map<number, Known>>;
};

/** Number of documents that are read at once. */
const PAGE = 500;

/** Number of references that are remembered at most. */
const REMEMBERED = 100_000;

/** Lines of one type, title and signature, and the records of that title. */
type Group = { name: string; type: RecordType; title: string; signature: string; lines: { index: number; input: Read['input'] }[] };

/**
 * A finder for one attempt of an import. A line is a record of its type and title that holds the same in every field that the line states;
 * of several it is the oldest. A record for which a line states the id is no candidate: that line says what becomes of it.
 */
export function twinFinder(reader: Reader, gathered: Gathered, onExisting: OnExisting): TwinFinder {
  const pool = contentPool();
  const resolveReferences = referenceResolver(reader, gathered, onExisting);

  /** Reads the records of the titles, and hashes them under the signature of each group. */
  async function read(groups: readonly Group[], candidates: ReadonlyMap<string, readonly Known[]>): Promise<Map<string, Contents>> {
    const contents = new Map(groups.map(({ name }) => [name, new Map() as Contents]));
    const wanted = new Map<number, { id: string; groups: Group[] }>();
    for (const group of groups)
      for (const { key, id } of candidates.get(titleKey(group))!) {
        const known = wanted.get(key) ?? { id, groups: [] };
        known.groups.push(group);
        wanted.set(key, known);
      }
    const keys = [...wanted.keys()].toSorted((a, b) => a - b);
    for (let from = 0; from < keys.length; from += PAGE) {
      const [rows] = await reader.read([documentsOf(keys.slice(from, from + PAGE))]);
      for (const [key, document] of rows) {
        const record = unrender(document);
        const { id, groups: asking } = wanted.get(key)!;
        for (const { name, signature } of asking) {
          const hash = hashUnder(signature, record);
          if (!contents.get(name)!.has(hash)) contents.get(name)!.set(hash, { key, id });
        }
      }
    }
    for (const [name, found] of contents) pool.keep(name, found);
    return contents;
  }

  return {
    async find(text, lines) {
      const twins = new Map<number, Known>();
      const candidates = await candidatesFor(reader, lines, (type, id) => gathered.ids[type].has(id));
      const hopeful = lines.filter((line) => candidates.has(titleKey(line)));
      if (hopeful.length === 0) return twins;
      const records = JSON.parse(text) as Read[]; // @NOTE `checkLines` wrote it
      await resolveReferences(hopeful.map(({ index }) => records[index]!));
      const groups = grouped(hopeful, records);
      const found = await read(
        groups.filter(({ name }) => !pool.get(name)),
        candidates,
      );
      for (const { name, signature, lines: ofGroup } of groups) {
        const contents = found.get(name) ?? pool.get(name)!;
        for (const { index, input } of ofGroup) {
          const twin = contents.get(hashUnder(signature, input));
          if (twin) twins.set(index, twin);
        }
      }
      return twins;
    },
  };
}

const titleKey = ({ type, title }: { type: RecordType; title: string }): string => `${type}/${title}`;

function grouped(lines: readonly Unnamed[], records: readonly Read[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { index, type, title } of lines) {
    const { input } = records[index]!;
    const signature = signatureOf(input);
    const name = `${type}/${signature}/${title}`;
    const group = groups.get(name) ?? { name, type, title, signature, lines: [] };
    group.lines.push({ index, input });
    groups.set(name, group);
  }
  return [...groups.values()];
}

/** The records that have the title of a line, by type and title. */
async function candidatesFor(
  reader: Reader,
  lines: readonly Unnamed[],
  isStated: (type: RecordType, id: string) => boolean,
): Promise<Map<string, Known[]>> {
  const titles = [...new Map(lines.map((line) => [titleKey(line), [line.type, line.title] as const])).values()];
  const found = new Map<string, Known[]>();
  for (const asked of chunksOf(titles)) {
    const withTitles = statement<[asked: number, key: number, id: string]>(
      `SELECT j.key, r.id, r.slug FROM json_each(?) j CROSS JOIN records r ON r.type = j.value ->> 0 AND r.sort_title = j.value ->> 1`,
      JSON.stringify(asked),
    );
    const [rows] = await reader.read([withTitles]);
    for (const [index, key, id] of rows) {
      const [type, title] = asked[index]!;
      if (isStated(type, id)) continue;
      const name = titleKey({ type, title });
      const known = found.get(name);
      if (known) known.push({ key, id });
      else found.set(name, [{ key, id }]);
    }
  }
  return found;
}

const documentsOf = (keys: readonly number[]) =>
  statement<[key: number, document: Buffer]>(
    'SELECT id, document FROM records WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id',
    JSON.stringify(keys),
  );

/** Puts ids in the place of names, where only one record can be meant. What is not found stays: no record holds it. */
function referenceResolver(reader: Reader, { ids, names }: Gathered, onExisting: OnExisting) {
  const known = new Map<string, string>();

  async function learn(called: readonly Called[]): Promise<void> {
    for (const some of chunksOf(called)) {
      const candidates = await findCandidates(reader, some);
      const inFile = some.map((one) => namesInFile(one, names));
      const isStated = await statedAmong(some, inFile);
      for (const [index, one] of some.entries()) {
        const { type, value } = one;
        const { byId, byName } = candidates[index]!;
        const found = bearers(one, inFile[index]!, byName, isStated);
        const [only, ...others] = new Set([...found.inFile, ...found.outside.map(({ id }) => id)]);
        const id = byId?.id ?? (ids[type].has(value) || others.length > 0 ? value : (only ?? value));
        known.set(referenceKey(one), id);
      }
    }
  }

  /** The rule of `link`, before it has asked which records exist: of those that are kept, only the ones that lines file under a name are asked for. */
  async function statedAmong(called: readonly Called[], inFile: readonly (readonly string[])[]): Promise<IsStated> {
    if (onExisting !== 'keep') return (type, id) => ids[type].has(id);
    const asked = called.flatMap(({ type }, index) => inFile[index]!.map((value) => ({ type, value, exact: true })));
    const stored = await findCandidates(reader, asked);
    const missing = new Set(asked.flatMap((one, index) => (stored[index]!.byId ? [] : [referenceKey(one)])));
    // What the database finds under a name exists, and is kept.
    return (type, id) => missing.has(referenceKey({ type, value: id, exact: true }));
  }

  return async (records: readonly Read[]): Promise<void> => {
    if (known.size > REMEMBERED) known.clear();
    const references = records.flatMap(({ type, input }) => [...referencesIn(modelOf[type], input)]);
    const unknown = new Map<string, Called>();
    for (const { type, value, exact } of references) {
      const called = { type, value, exact };
      if (!known.has(referenceKey(called))) unknown.set(referenceKey(called), called);
    }
    await learn([...unknown.values()]);
    for (const reference of references) reference.replace(known.get(referenceKey(reference))!);
  };
}
