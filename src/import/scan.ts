import { createHash } from 'node:crypto';
import type { Issue } from '../domain/errors.ts';
import { shown } from '../domain/json/json.ts';
import { keyOfName } from '../domain/text/name.ts';
import { sortKey } from '../domain/text/sort-key.ts';
import type { Progress } from '../domain/progress.ts';
import { SLUG } from '../domain/text/slug.ts';
import { NAMED_TYPES, RECORD_TYPES, type RecordType } from '../domain/record-type.ts';
import { modelOf } from '../model/models.ts';
import { referencesIn, titleOf } from '../model/record.ts';
import { filedNames, type WrittenName, writtenNames } from '../model/record-names.ts';
import type { NameReference } from '../records/names/names.ts';
import type { OpenSpool } from '../storage/spool.ts';
import { openTexts } from './texts/sent-texts.ts';
import type { Faults, LinePlace } from './faults.ts';
import { type AcceptedLine, linesOf, type NamedFile, type ParsedRecord, readLine, type RejectedLine, SENT_MAX } from './read.ts';

/** A record of a line, and its name of a key; without one the key is that of an identifier. */
export type FiledLine = { id: string; name?: WrittenName | undefined };

/** Ids and names that the lines of an import give to records. */
export type LineIds = {
  /** Number of the line whose record has an id. */
  numberOf: (type: RecordType, id: string) => number | undefined;
  idsOf: (type: RecordType) => Iterable<string>;
  /** The records that lines file under a key of `lookups`, or under that of a title that a reference asks for; one as often as it has names of that key. */
  filedUnder: (type: RecordType, key: string) => readonly FiledLine[];
  /** Distinct keys under which lines file records of a type. */
  keysOf: (type: RecordType) => Iterable<string>;
};

/** A map for each record type. */
export const byType = <Value>() =>
  Object.fromEntries(RECORD_TYPES.map((type) => [type, new Map<string, Value>()])) as Record<RecordType, Map<string, Value>>; // @NOTE its keys are the types

/** Ids and names that are being collected, besides those of `base`, which stay as they are. */
export function lineIds(base?: LineIds) {
  const numbers = byType<number>();
  const names = byType<FiledLine[]>();
  const filedUnder = (type: RecordType, key: string): readonly FiledLine[] => {
    const own = names[type].get(key) ?? [];
    return base ? [...base.filedUnder(type, key), ...own] : own;
  };
  function* idsOf(type: RecordType): Generator<string> {
    if (base) yield* base.idsOf(type);
    yield* numbers[type].keys();
  }
  function* keysOf(type: RecordType): Generator<string> {
    if (base) yield* base.keysOf(type);
    for (const key of names[type].keys()) if (!base || base.filedUnder(type, key).length === 0) yield key;
  }
  return {
    numberOf: (type: RecordType, id: string) => numbers[type].get(id) ?? base?.numberOf(type, id),
    idsOf,
    /** Ids that `base` does not have. */
    ownIds: (type: RecordType): Iterable<string> => numbers[type].keys(),
    filedUnder,
    keysOf,
    add: (type: RecordType, id: string, number: number): void => void numbers[type].set(id, number),
    file(type: RecordType, key: string, line: FiledLine): void {
      const filed = names[type].get(key);
      if (filed) filed.push(line);
      else names[type].set(key, [line]);
    },
  };
}

/** Ids and names that are being collected. */
export type NewLineIds = ReturnType<typeof lineIds>;

/** Tells references apart. */
export const referenceKey = ({ type, value }: NameReference): string => `${type}/${value}`;

/** An accepted line, by its number among all records of the import, counted from 0. */
export type ScannedLine = ParsedRecord & { number: number; unnamed?: Unnamed };

/** A line that states no id: the sort key of its title, and the number of an earlier such line that states the same. */
export type UnnamedLine = ScannedLine & { unnamed: Unnamed };
type Unnamed = { title: string; same?: number };

/** All lines of an import, before the database is asked. Its memory grows with the number of ids and references, not with the size of the lines. */
export type Scan = Awaited<ReturnType<typeof scanFiles>>;

/** Reads and checks every line once. Throws `invalid-import` as soon as there are `STOP_AT` faults. */
export async function scanFiles(files: readonly NamedFile[], open: OpenSpool, faults: Faults, progress: Progress) {
  const scan = {
    /** Names of the files. */
    files: files.map(({ name }) => name),
    /** The accepted lines in order. */
    lines: open<ScannedLine>(),
    /** Ids and names of the lines that state an id, and of rejected ones. */
    ids: lineIds(),
    /** The texts in lines of sources. */
    texts: openTexts(open),
    /** Number of lines that hold a record, accepted or rejected. */
    count: 0,
    /** Number of accepted lines that state no id. */
    unnamed: 0,
    /** Every distinct reference, by `referenceKey`, except those to an id of an earlier line. */
    references: new Map<string, NameReference>(),
    /** Titles of entries that references ask for. */
    titles: new Set<string>(),
    /** Every line of a record, by its number: a number each, since there are as many as records. */
    places: Array.of<number>(),
  };
  const contents = new Map<string, number>();
  const unnamedRejected: [RejectedLine, number][] = [];
  for (const [file, { bytes }] of files.entries()) {
    for await (const lines of linesOf(bytes)) {
      for (const line of lines) {
        const read = readLine(line);
        if (read === undefined) continue;
        scan.places.push(file * FILE + line.number);
        const number = scan.count++;
        if (!('issues' in read)) accept(scan, read, number, contents, faults);
        else {
          faults.add({ file, line: line.number }, ...read.issues);
          if (read.statesId) keepIdentity(scan.ids, read, number);
          else unnamedRejected.push([read, number]);
        }
        if (faults.isFull()) throw faults.errorOfStopped({ file, line: line.number });
      }
      progress('reading', scan.count);
    }
  }
  for (const [read, number] of unnamedRejected) keepIdentity(scan.ids, read, number);
  scan.titles = titlesIn(scan.references.values());
  // Titles are as many as entries, and few references ask for one.
  for (const line of scan.titles.size > 0 ? scan.lines.items() : [])
    if (!line.unnamed) fileTitle(scan.ids, scan.titles, line, line.input.id);
  return scan;
}

function accept(scan: Scan, line: AcceptedLine, number: number, contents: Map<string, number>, faults: Faults): void {
  const { type, input, statesId, text } = line;
  const model = modelOf[type];
  // The hash follows from the text or is stated with it.
  if (text !== undefined) scan.texts.add(number, text, { sha256: input.sha256!, language: input.language });
  if (statesId) {
    const earlier = scan.ids.numberOf(type, input.id);
    if (earlier === undefined) {
      scan.ids.add(type, input.id, number);
      fileNames(scan.ids, { type, input }, input.id);
    } else {
      faults.add(placeOf(scan, number), duplicate(type, input.id, whereIs(scan, earlier, number)));
    }
    scan.lines.add({ number, type, input });
  } else {
    const hash = contentHash(JSON.stringify([type, input]));
    const same = contents.get(hash);
    if (same === undefined) contents.set(hash, number);
    scan.unnamed += 1;
    const unnamed = { title: sortKey(titleOf(model, input)), ...(same !== undefined && { same }) };
    scan.lines.add({ number, type, input, unnamed });
  }
  for (const { type: to, value } of referencesIn(model, input)) {
    if (scan.ids.numberOf(to, value) !== undefined) continue;
    const reference = { type: to, value };
    scan.references.set(referenceKey(reference), reference);
  }
}

/** Notes the id and names of a rejected line where no other line has them. */
function keepIdentity(ids: NewLineIds, { type, id, lookups = [] }: RejectedLine, number: number): void {
  if (type === undefined || id === undefined || ids.numberOf(type, id) !== undefined) return;
  ids.add(type, id, number);
  for (const { key, name } of lookups) if (ids.filedUnder(type, key).length === 0) ids.file(type, key, { id, name });
}

/** Files the record of a line under its names and identifiers. */
export function fileNames(ids: NewLineIds, { type, input }: ParsedRecord, id: string): void {
  for (const { key, name } of filedNames(modelOf[type], input)) ids.file(type, key, { id, name });
}

/** Files the record of a line under its title, if it is an entry whose title a reference asks for. */
export function fileTitle(ids: NewLineIds, titles: Scan['titles'], { type, input }: ParsedRecord, id: string): void {
  if (titles.size === 0 || NAMED_TYPES.has(type)) return;
  const [title] = writtenNames(modelOf[type], input);
  const key = keyOfName(title!.name);
  if (titles.has(referenceKey({ type, value: key }))) ids.file(type, key, { id, name: title });
}

/** The titles of entries that references may ask for, as `referenceKey` of their keys: what has the form of an id is none. */
function titlesIn(references: Iterable<NameReference>): Set<string> {
  const titles = new Set<string>();
  for (const { type, value } of references)
    if (!NAMED_TYPES.has(type) && !SLUG.test(value)) titles.add(referenceKey({ type, value: keyOfName(value) }));
  return titles;
}

/** A hash of a text: 22 characters of base64url, 132 bits of SHA-256. */
export const contentHash = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);

/** More than the number of lines of any file. */
const FILE = 2 ** 36;

/** The place of a line, by its number. */
export const placeOf = ({ places }: Scan, number: number): LinePlace => ({
  file: Math.floor(places[number]! / FILE),
  line: places[number]! % FILE,
});

/** Words for the line of a record, in a fault of another line. */
export function whereIs(scan: Scan, number: number, seenFrom: number): string {
  const { file, line } = placeOf(scan, number);
  return file === placeOf(scan, seenFrom).file ? `line ${line}` : `line ${line} of an earlier file`;
}

function duplicate(type: RecordType, id: string, where: string): Issue {
  return {
    pointer: '/id',
    sent: shown(id, SENT_MAX),
    message: `the ${type} "${id}" stands in ${where} already: leave one out, or give it another id`,
  };
}
