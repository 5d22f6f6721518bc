import { createHash } from 'node:crypto';
import type { Issue } from '../domain/errors.ts';
import { shown } from '../domain/json.ts';
import { sortKey } from '../domain/name.ts';
import type { Progress } from '../domain/progress.ts';
import type { RecordType } from '../domain/record-type.ts';
import { modelOf } from '../model/models.ts';
import { referencesIn, titleOf } from '../model/record.ts';
import { nameKeysOf } from '../index/entry.ts';
import type { NameReference } from '../records/names.ts';
import type { OpenSpool } from '../storage/spool.ts';
import type { Faults, LinePlace } from './faults.ts';
import { type Accepted, linesOf, type NamedFile, type Read, readLine, type Rejected, SENT } from './read.ts';
import { lineIds, type NewLineIds, referenceKey } from './references.ts';

/** An accepted line, by its number among all records of the import, counted from 0. */
export type ScannedLine = Read & { number: number; unnamed?: Unnamed };

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
    /** Number of lines that hold a record, accepted or rejected. */
    count: 0,
    /** Number of accepted lines that state no id. */
    unnamed: 0,
    /** Every distinct reference, by `referenceKey`, except those to an id of an earlier line. */
    references: new Map<string, NameReference>(),
    ...linePlaces(),
  };
  const contents = new Map<string, number>();
  const unnamedRejected: [Rejected, number][] = [];
  for (const [file, { bytes }] of files.entries()) {
    scan.beginFile();
    for await (const lines of linesOf(bytes)) {
      for (const line of lines) {
        const read = readLine(line);
        if (read === undefined) continue;
        scan.addPlace(line.number);
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
  return scan;
}

function accept(scan: Scan, { type, input, statesId }: Accepted, number: number, contents: Map<string, number>, faults: Faults): void {
  const model = modelOf[type];
  if (statesId) {
    const earlier = scan.ids.numberOf(type, input.id);
    if (earlier === undefined) {
      scan.ids.add(type, input.id, number);
      for (const key of nameKeysOf(model, input)) scan.ids.file(type, key, input.id);
    } else {
      const place = scan.placeOf(number);
      faults.add(place, duplicate(type, input.id, scan.whereIs(earlier, place.file)));
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
  for (const { type: to, value, exact } of referencesIn(model, input)) {
    if (scan.ids.numberOf(to, value) !== undefined) continue;
    const reference = { type: to, value, exact };
    scan.references.set(referenceKey(reference), reference);
  }
}

/** Notes the id and names of a rejected line where no other line has them. */
function keepIdentity(ids: NewLineIds, { type, id, lookups = [] }: Rejected, number: number): void {
  if (type === undefined || id === undefined || ids.numberOf(type, id) !== undefined) return;
  ids.add(type, id, number);
  for (const key of lookups) if (ids.filedUnder(type, key).length === 0) ids.file(type, key, id);
}

/** A hash of a text: 22 characters of base64url, 132 bits of SHA-256. */
export const contentHash = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);

/** The place of every line, by its number: a number each, since there are as many as records. */
function linePlaces() {
  const lineNumbers: number[] = [];
  const firstOfFiles: number[] = [];
  const placeOf = (number: number): LinePlace => ({
    file: firstOfFiles.findLastIndex((first) => first <= number),
    line: lineNumbers[number]!,
  });
  return {
    beginFile: () => void firstOfFiles.push(lineNumbers.length),
    addPlace: (line: number) => void lineNumbers.push(line),
    placeOf,
    /** Words for the line of a record, in a fault of a line of `file`. */
    whereIs: (number: number, file: number): string => {
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
