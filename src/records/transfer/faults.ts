import { AnnalsError, type Issue } from '../../domain/errors.ts';
import { nearest } from '../../domain/nearest.ts';
import type { RecordType } from '../../resources/parts.ts';
import type { Reader } from '../../storage/engine.ts';
import { type Called, nearestRecords, unknownReference } from '../names.ts';

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
  any: () => boolean;
  /** The error that reports them. `ids` are those that the file gives to records of a type. */
  error: (reader: Reader, files: readonly string[], ids: (type: RecordType) => Iterable<string>) => Promise<AnnalsError>;
};

/** Collects what is wrong, from several passes over the lines. */
export function collectFaults(): Faults {
  let kept: Fault[] = [];
  let total = 0;

  function keep(fault: Fault): void {
    total += 1;
    kept.push(fault);
    if (kept.length >= 2 * REPORTED) kept = firstOf(kept);
  }

  return {
    add(place, ...issues) {
      for (const issue of issues) keep({ place, issue });
    },
    addUnknown(place, pointer, called) {
      keep({ place, issue: { pointer, message: '' }, unknown: called });
    },
    any: () => total > 0,
    async error(reader, files, ids) {
      const issues: Issue[] = [];
      for (const { place, issue, unknown } of firstOf(kept)) {
        const explained = unknown ? unknownReference(unknown, await suggestions(reader, unknown, ids(unknown.type))) : {};
        issues.push({ file: files[place.file] ?? '', line: place.line, ...issue, ...explained });
      }
      const more = total > issues.length ? ` (the first ${issues.length} are shown)` : '';
      const what = total === 1 ? 'one thing is' : `${total} things are`;
      return new AnnalsError('invalid-import', `nothing was imported, because ${what} wrong${more}`, issues);
    },
  };
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
