import { AnnalsError, type Issue } from '../../domain/errors.ts';
import { shown } from '../../domain/json.ts';
import { nearest } from '../../domain/nearest.ts';
import type { RecordType } from '../../resources/parts.ts';
import type { Reader } from '../../storage/engine.ts';
import { type Called, nearestRecords, unknownReference } from '../names.ts';
import { SENT } from './check.ts';

/** Where a line stands: `file` is the index of its file, `line` counts from 1. */
export type Place = { file: number; line: number };

/** How many issues an import reports; it says how many more there are. */
export const REPORTED = 100;

/** Beyond this many ids in the file, a misspelt one is compared with those of the database only. */
const COMPARED = 20_000;

type Fault = { place: Place; issue: Issue; unknown?: Called };

/** What is wrong with the lines of an import: the first `REPORTED` of it by place, and how much there is. */
export type Faults = {
  add: (place: Place, ...issues: Issue[]) => void;
  addUnknown: (place: Place, pointer: string, called: Called) => void;
  /** Adds the fault of a line that is right in itself, but whose record exists and differs. */
  addConflict: (place: Place, issue: Issue) => void;
  any: () => boolean;
  /** Whether there are others than conflicts. */
  anyBesidesConflicts: () => boolean;
  /** A collection that begins with these faults: those of an attempt, which may be made anew. */
  fork: () => Faults;
  /** The error that reports them: `import-conflict` where all are conflicts, otherwise `invalid-import`. `ids` are those that the file gives to records of a type. */
  error: (reader: Reader, files: readonly string[], ids: (type: RecordType) => Iterable<string>) => Promise<AnnalsError>;
};

/** Collects what is wrong, from several passes over the lines. */
export function collectFaults(): Faults {
  return collection(atMost(), atMost());
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

/** Conflicts are reported when nothing else is wrong: who has lines that are wrong is not told of records as well that only some passes see. */
function collection(faults: Kept, conflicts: Kept): Faults {
  return {
    add(place, ...issues) {
      for (const issue of issues) faults.add({ place, issue });
    },
    addUnknown: (place, pointer, called) =>
      faults.add({ place, issue: { pointer, message: '', sent: shown(called.value, SENT) }, unknown: called }),
    addConflict: (place, issue) => conflicts.add({ place, issue }),
    any: () => faults.total() + conflicts.total() > 0,
    anyBesidesConflicts: () => faults.total() > 0,
    fork: () => collection(faults.copy(), conflicts.copy()),
    async error(reader, files, ids) {
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
  };
}

function conflictSentence(total: number): string {
  const what = total === 1 ? 'one record exists already and differs' : `${total} records exist already and differ`;
  return `nothing was imported, because ${what}: say whether to replace or to keep what exists`;
}

function firstOf(faults: Fault[]): Fault[] {
  return faults.toSorted((a, b) => a.place.file - b.place.file || a.place.line - b.place.line).slice(0, REPORTED);
}

async function suggestions(reader: Reader, called: Called, ids: Iterable<string>): Promise<string[]> {
  const inFile: string[] = [];
  for (const id of ids) if (inFile.push(id) > COMPARED) break;
  const near = inFile.length > COMPARED ? [] : nearest(called.value, inFile);
  return [...new Set([...near, ...(await nearestRecords(reader, called))])].slice(0, 3);
}
