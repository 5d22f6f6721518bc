import { AnnalsError, type Issue } from '../domain/errors.ts';
import type { Difference } from '../domain/json-differences.ts';
import { shown } from '../domain/json.ts';
import { nearest } from '../domain/nearest.ts';
import type { RecordType } from '../domain/record-type.ts';
import { type NameReference, nearestRecords, unknownReference } from '../records/names.ts';
import type { Reader } from '../storage/port.ts';
import type { RecordName } from './report.ts';

/** Place of a line in the files of an import: `file` is the index of its file, `line` counts from 1. */
export type LinePlace = { file: number; line: number };

/** Number of issues that an import reports at most; it says how many there are. */
export const REPORTED = 100;

/**
 * Number of faults that lines have in themselves at which reading stops: a file of which so many are wrong is of another form, and to find
 * them all would take as long as to import it.
 */
export const STOP_AT = 1000;

/** Number of ids in the file beyond which a misspelt one is compared with those of the database only. */
const COMPARED = 20_000;

type Fault = { place: LinePlace; issue: Issue; unknown?: NameReference };

/** Faults of the lines of an import: the first `REPORTED` by place, and the number of all. */
export type Faults = {
  add: (place: LinePlace, ...issues: Issue[]) => void;
  /** Adds the fault of a reference to no record; its message is made when it is reported. */
  addUnknown: (place: LinePlace, issue: Omit<Issue, 'message'>, reference: NameReference) => void;
  /** Adds the fault of a line that is right in itself, but whose record exists and differs. */
  addConflict: (place: LinePlace, record: RecordName, differing: readonly Difference[]) => void;
  any: () => boolean;
  /** Returns true when there are `STOP_AT` faults: what follows is not read. */
  isFull: () => boolean;
  /** Returns true if there are others than conflicts. */
  anyBesidesConflicts: () => boolean;
  /** A collection that begins with these faults: those of an attempt, which may be made anew. */
  fork: () => Faults;
  /**
   * The error that reports them: `import-conflict` where all are conflicts, otherwise `invalid-import`. `ids` are those that lines give to
   * records of a type.
   */
  error: (reader: Reader, ids: (type: RecordType) => Iterable<string>) => Promise<AnnalsError>;
  /** The `invalid-import` of an import whose reading stopped at a line. */
  errorOfStopped: (at: LinePlace) => AnnalsError;
};

/** Collects the faults that several passes over the lines of some files find. */
export function collectFaults(files: readonly string[]): Faults {
  return collection(files, atMost(), atMost());
}

/** The first faults by place, `REPORTED` of them at least, and the number of all. */
type Kept = { add: (fault: Fault) => void; first: () => Fault[]; total: () => number; copy: () => Kept };

function atMost(kept: Fault[] = [], total = 0): Kept {
  return {
    add(fault) {
      total += 1;
      kept.push(fault);
      if (kept.length >= 2 * REPORTED) kept = firstOf(kept);
    },
    first: () => firstOf(kept),
    total: () => total,
    copy: () => atMost([...kept], total),
  };
}

/** Faults and conflicts; conflicts are reported only when nothing else is wrong, since not every pass sees them all beside other faults. */
function collection(files: readonly string[], faults: Kept, conflicts: Kept): Faults {
  return {
    add(place, ...issues) {
      for (const issue of issues) faults.add({ place, issue });
    },
    addUnknown: (place, issue, reference) => faults.add({ place, issue: { ...issue, message: '' }, unknown: reference }),
    addConflict: (place, record, differing) => conflicts.add({ place, issue: existsDifferently(record, differing) }),
    any: () => faults.total() + conflicts.total() > 0,
    isFull: () => faults.total() >= STOP_AT,
    anyBesidesConflicts: () => faults.total() > 0,
    fork: () => collection(files, faults.copy(), conflicts.copy()),
    async error(reader, ids) {
      const reported = faults.total() > 0 ? faults : conflicts;
      const issues: Issue[] = [];
      for (const { place, issue, unknown } of reported.first()) {
        const explained = unknown ? unknownReference(unknown, await suggestions(reader, unknown, ids(unknown.type))) : {};
        issues.push({ file: files[place.file] ?? '', line: place.line, ...issue, ...explained });
      }
      const total = reported.total();
      const more = total > issues.length ? ` (the first ${issues.length} are shown)` : '';
      if (reported === conflicts) return new AnnalsError('import-conflict', `${conflictSentence(total)}${more}`, issues);
      const what = total === 1 ? 'one thing is' : `${total} things are`;
      return new AnnalsError('invalid-import', `nothing was imported, because ${what} wrong${more}`, issues);
    },
    errorOfStopped(at) {
      const issues = faults.first().map(({ place, issue }) => ({ file: files[place.file] ?? '', line: place.line, ...issue }));
      const where = files.length > 1 ? `line ${at.line} of ${files[at.file]}` : `line ${at.line}`;
      const message = `nothing was imported, because at least ${STOP_AT} things are wrong (the first ${issues.length} are shown): reading stopped at ${where}, and what follows was not looked at`;
      return new AnnalsError('invalid-import', message, issues);
    },
  };
}

function conflictSentence(total: number): string {
  const what = total === 1 ? 'one record exists already and differs' : `${total} records exist already and differ`;
  return `nothing was imported, because ${what}: give onExisting=replace or onExisting=keep (in the command --on-existing)`;
}

function firstOf(faults: Fault[]): Fault[] {
  return faults.toSorted((a, b) => a.place.file - b.place.file || a.place.line - b.place.line).slice(0, REPORTED);
}

async function suggestions(reader: Reader, reference: NameReference, ids: Iterable<string>): Promise<string[]> {
  const inFile: string[] = [];
  for (const id of ids) if (inFile.push(id) > COMPARED) break;
  const near = inFile.length > COMPARED ? [] : nearest(reference.value, inFile);
  return [...new Set([...near, ...(await nearestRecords(reader, reference))])].slice(0, 3);
}

/** Number of differences that the fault of one line names; it counts those beyond. */
const NAMED = 5;

/** Longest value in a fault, in characters. */
const SHOWN = 60;

/** The fault of a line whose record exists and differs, where existing records are not to be changed: names the record and what differs. */
export function existsDifferently({ type, id }: RecordName, differing: readonly Difference[]): Issue {
  const named = differing.slice(0, NAMED).map(sentenceOf);
  const more = differing.length > NAMED ? [`and ${differing.length - NAMED} more`] : [];
  return {
    pointer: '/id',
    sent: shown(id, SHOWN),
    message: `the ${type} "${id}" exists already and differs: ${[...named, ...more].join('; ')}`,
  };
}

/** A difference in words: `/name is "A" and would be "B"`. */
function sentenceOf({ field, from, to }: Difference): string {
  if (to === undefined) return `${field} ${shown(from, SHOWN)} would be removed`;
  if (from === undefined) return `${field} ${shown(to, SHOWN)} would be added`;
  return `${field} is ${shown(from, SHOWN)} and would be ${shown(to, SHOWN)}`;
}
