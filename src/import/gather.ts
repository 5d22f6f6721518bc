import type { Issue } from '../domain/errors.ts';
import { shown } from '../domain/json.ts';
import type { RecordType } from '../domain/record-type.ts';
import type { Called } from '../records/names.ts';
import type { Progress } from '../domain/progress.ts';
import { type Bad, type Checked, type Good, referenceKey, SENT } from './check.ts';
import type { Faults, LinePlace } from './faults.ts';
import { type IdNumbers, idNumbers } from './id-numbers.ts';
import { linesOf } from './lines.ts';
import type { OpenSpool, Spool } from '../storage/spool.ts';
import type { Threads } from './threads/threads.ts';

/** A file of NDJSON as it is read, and what to call it. */
export type NamedFile = { name: string; bytes: AsyncIterable<Buffer> };

/** A map for each record type. */
export type ByType<Value> = Record<RecordType, Map<string, Value>>;

/** Some lines of a file with records. `first` is the number of the first one. While no line is bad they are numbered in a row. */
export type Chunk = {
  file: number;
  first: number;
  lines: number[];
  moments: number[];
  references: Called[];
  reflexive: boolean;
  unnamed: Unnamed[];
};

/**
 * A line that states no id. `index` counts the good lines of its chunk, -1 for a bad line; `base` is the id made from its title; `same` is the
 * number of an earlier line without an id that states the same.
 */
export type Unnamed = { number: number; index: number; type: RecordType; base: string; title: string; lookups: string[]; same?: number };

/** Content of the lines, before the database is asked. */
export type Gathered = {
  /** The lines that are good in themselves, as they came, and for each of these chunks the JSON text of its records. */
  chunks: Spool<Chunk>;
  records: Spool<string>;
  /** Number of the lines that state no id, and the number of the first line with each content. */
  unnamed: number;
  contents: IdNumbers;
  /** The ids that lines give to records, and the number of each; those of bad lines too, as far as they can be read. */
  ids: Record<RecordType, IdNumbers>;
  /** Number of records; they are numbered from 0 over all files. */
  count: number;
  /** The ids of the records that the lines file under a key (`lookups`). */
  names: ByType<string[]>;
  /** Place of the line of a record, by its number, and the words for that line in a fault of a line of `file`. */
  placeOf: (number: number) => LinePlace;
  whereIs: (number: number, file: number) => string;
  /** Every distinct reference to what no earlier line is, by `referenceKey`. */
  references: Map<string, Called>;
  /** The sources of citations that can be held against a text. */
  checkable: Set<string>;
};

/** Something new for each record type. */
export const forEachType = <Item>(make: () => Item): Record<RecordType, Item> => ({
  place: make(),
  actor: make(),
  source: make(),
  agreement: make(),
  meeting: make(),
  event: make(),
});

/** An empty map for each record type. */
export const byType = <Value>(): ByType<Value> => forEachType(() => new Map<string, Value>());

/**
 * Reads every line once: has it checked by itself, keeps it in a spool, and collects the ids, names and references of all. Throws
 * `invalid-import` as soon as there are `STOP_AT` faults.
 */
export async function gather(
  files: readonly NamedFile[],
  threads: Threads,
  open: OpenSpool,
  faults: Faults,
  progress: Progress,
): Promise<Gathered> {
  const places: Places = { lines: [], files: [] };
  const gathered: Gathered = {
    ...locator(places),
    chunks: open(),
    records: open(),
    ids: forEachType(idNumbers),
    unnamed: 0,
    contents: idNumbers(),
    count: 0,
    names: byType(),
    references: new Map(),
    checkable: new Set(),
  };
  let file = 0;
  for (const { bytes } of files) {
    places.files.push(gathered.count);
    for await (const checked of threads.check(linesOf(bytes))) {
      const stopped = note(checked, file, gathered, places, faults);
      if (stopped) {
        const names = files.map(({ name }) => name);
        throw faults.errorOfStopped(names, stopped);
      }
      progress('reading', gathered.count);
    }
    file += 1;
  }
  return gathered;
}

/** The line of every record, and with which record each file begins: a number each, since there are as many as records. */
type Places = { lines: number[]; files: number[] };

/** Takes over what some lines are. Returns the place of the line at which there are too many faults, where there are. */
function note(checked: Checked, file: number, gathered: Gathered, places: Places, faults: Faults): LinePlace | undefined {
  const { ids, chunks, records } = gathered;
  const chunk: Chunk = {
    file,
    first: gathered.count,
    lines: [],
    moments: [],
    references: checked.references,
    reflexive: checked.reflexive,
    unnamed: [],
  };
  let last: LinePlace | undefined;
  for (const entry of checked.entries) {
    if (faults.isFull()) return last;
    const { line, type, id } = entry;
    last = { file, line };
    const isGood = !('issues' in entry);
    if (!isGood) faults.add({ file, line }, ...entry.issues);
    if (isGood) {
      chunk.lines.push(line);
      chunk.moments.push(entry.moments);
    }
    const number = gathered.count++;
    places.lines.push(line);
    if (type === undefined || id === undefined) continue;
    if (entry.unnamed) {
      chunk.unnamed.push(unnamedOf(entry, number, isGood ? chunk.lines.length - 1 : -1, gathered));
      continue;
    }
    const earlier = ids[type].get(id);
    if (earlier === undefined) noteIdentity(entry, number, gathered);
    else if (isGood) faults.add({ file, line }, duplicate(type, id, gathered.whereIs(earlier, file)));
  }
  for (const called of checked.references) if (!ids[called.type].has(called.value)) gathered.references.set(referenceKey(called), called);
  for (const source of checked.checkable) gathered.checkable.add(source);
  chunks.add(chunk);
  records.addText(checked.records);
  return faults.isFull() ? last : undefined;
}

function unnamedOf({ type, id, lookups = [], unnamed }: Good | Bad, number: number, index: number, gathered: Gathered): Unnamed {
  gathered.unnamed += 1;
  // @NOTE `note` has seen that both are known
  const line = { number, index, type: type as RecordType, base: id as string, lookups };
  if (unnamed === undefined || unnamed === true) return { ...line, title: '' };
  const same = gathered.contents.get(unnamed.hash);
  if (same === undefined) gathered.contents.add(unnamed.hash, number);
  return { ...line, title: unnamed.title, ...(same !== undefined && { same }) };
}

function noteIdentity({ type, id, lookups = [], ...rest }: Good | Bad, number: number, { ids, names }: Gathered): void {
  if (type === undefined || id === undefined) return;
  ids[type].add(id, number);
  for (const key of lookups) {
    const filed = names[type].get(key);
    if (!filed) names[type].set(key, [id]);
    else if (!('issues' in rest)) filed.push(id);
  }
}

function locator({ lines, files }: Places): Pick<Gathered, 'placeOf' | 'whereIs'> {
  const placeOf = (number: number): LinePlace => ({ file: files.findLastIndex((first) => first <= number), line: lines[number]! });
  return {
    placeOf,
    whereIs(number, file) {
      const { file: own, line } = placeOf(number);
      return own === file ? `line ${line}` : `line ${line} of an earlier file`;
    },
  };
}

function duplicate(type: RecordType, id: string, where: string): Issue {
  return {
    pointer: '/id',
    sent: shown(id, SENT),
    message: `the ${type} "${id}" stands in ${where} already: leave one out, or give it another id`,
  };
}
