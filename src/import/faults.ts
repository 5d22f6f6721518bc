import { AnnalsError, type Candidate, type Issue } from '../domain/errors.ts';
import type { Difference } from '../domain/json/json-differences.ts';
import { shown } from '../domain/json/json.ts';
import type { RecordType } from '../domain/record-type.ts';
import { nearestOf, nearestRecords, wordsOfId } from '../records/names/nearest-records.ts';
import { type NameReference, unknownReference } from '../records/names/names.ts';
import { comparedName, type ComparedName, distanceOf } from '../records/names/similar-names.ts';
import type { Reader } from '../storage/port.ts';
import type { RecordName } from './report.ts';

/** Place of a line in the files of an import: `file` is the index of its file, `line` counts from 1. */
export type LinePlace = { file: number; line: number };

/** Number of issues that an import reports at most; it says how many there are. */
export const REPORTED = 100;

/**
 * Number of faults that lines have in themselves at which reading stops: a file with so many faults is of another form, and to find them all
 * would take as long as to import it.
 */
export const STOP_AT = 1000;

/** Number of ids in the file beyond which a misspelt one is compared with those of the database only. */
const COMPARED = 20_000;

/** Records that a fault suggests at most. */
const SUGGESTED = 5;

/** A fault of a line. The message about a reference to no record, `unknown`, is made when it is reported. */
type Fault = { place: LinePlace; issue: Issue; unknown?: NameReference };

/** The first faults by place, at least `REPORTED` of them where there are as many, and the number of all. */
type FirstFaults = { faults: readonly Fault[]; total: number };

const NONE: FirstFaults = { faults: [], total: 0 };

function withFault(kept: FirstFaults, fault: Fault): FirstFaults {
  const faults = [...kept.faults, fault];
  return { faults: faults.length < 2 * REPORTED ? faults : firstOf({ ...kept, faults }), total: kept.total + 1 };
}

/** Faults of the lines of an import. */
export type Faults = ReturnType<typeof collectFaults>;

/**
 * Collects the faults that several passes over the lines of some files find, after those that are known. A conflict is the fault of a line that is
 * right in itself, but whose record exists and differs. Conflicts are reported only when nothing else is wrong, since not every pass sees them all
 * beside other faults.
 */
export function collectFaults(files: readonly string[], known = { wrong: NONE, conflicts: NONE }) {
  let { wrong, conflicts } = known;
  const issueOf = ({ place, issue }: Fault): Issue => ({ file: files[place.file] ?? '', line: place.line, ...issue });

  return {
    add(place: LinePlace, ...issues: Issue[]): void {
      for (const issue of issues) wrong = withFault(wrong, { place, issue });
    },
    /** Adds the fault of a reference to no record. */
    addUnknown(place: LinePlace, issue: Omit<Issue, 'message'>, unknown: NameReference): void {
      wrong = withFault(wrong, { place, issue: { ...issue, message: '' }, unknown });
    },
    addConflict(place: LinePlace, record: RecordName, differing: readonly Difference[]): void {
      conflicts = withFault(conflicts, { place, issue: existsDifferently(record, differing) });
    },
    any: () => wrong.total + conflicts.total > 0,
    anyBesidesConflicts: () => wrong.total > 0,
    /** Returns true when there are `STOP_AT` faults: what follows is not read. */
    isFull: () => wrong.total >= STOP_AT,
    /** The faults until now: an attempt, which may be made anew, begins with them. */
    known: () => ({ wrong, conflicts }),
    /** The error that reports them: `import-conflict` where all are conflicts, otherwise `invalid-import`. `ids` are those of the lines, by type. */
    async error(reader: Reader, ids: (type: RecordType) => Iterable<string>): Promise<AnnalsError> {
      const reported = wrong.total > 0 ? wrong : conflicts;
      const issues: Issue[] = [];
      const near = nearestLines(ids);
      for (const fault of firstOf(reported)) {
        const { unknown } = fault;
        const explained = unknown && unknownReference(unknown, mostOf(near(unknown), await nearestRecords(reader, unknown)));
        issues.push({ ...issueOf(fault), ...explained });
      }
      const { total } = reported;
      const more = total > issues.length ? ` (the first ${issues.length} are shown)` : '';
      if (reported === conflicts) return new AnnalsError('import-conflict', `${conflictSentence(total)}${more}`, issues);
      const what = total === 1 ? 'one thing is' : `${total} things are`;
      return new AnnalsError('invalid-import', `nothing was imported, because ${what} wrong${more}`, issues);
    },
    /** The `invalid-import` of an import whose reading stopped at a line. */
    errorOfStopped(at: LinePlace): AnnalsError {
      const issues = firstOf(wrong).map(issueOf);
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

const firstOf = ({ faults }: FirstFaults): Fault[] =>
  faults.toSorted((a, b) => a.place.file - b.place.file || a.place.line - b.place.line).slice(0, REPORTED);

/** An id of a line, as it is compared. */
type ComparedId = { type: RecordType; id: string; name: ComparedName };

/** The nearest ids of the lines to a reference that is no record; those of each type are prepared once, and none where there are too many. */
function nearestLines(idsOf: (type: RecordType) => Iterable<string>): (reference: NameReference) => Candidate[] {
  const prepared = new Map<RecordType, ComparedId[]>();
  const prepare = (type: RecordType): ComparedId[] => {
    const ids: ComparedId[] = [];
    for (const id of idsOf(type)) if (ids.push({ type, id, name: wordsOfId(id) }) > COMPARED) return [];
    return ids;
  };
  return ({ type, value }) => {
    const ids = prepared.get(type) ?? prepare(type);
    prepared.set(type, ids);
    const asked = comparedName(value);
    return nearestOf(ids, ({ name }) => distanceOf(asked, name)).map(({ id }) => ({ type, id }));
  };
}

/** The nearest of the lines and of the database, each once. */
function mostOf(inFile: readonly Candidate[], stored: readonly Candidate[]): Candidate[] {
  const known = new Set(inFile.map(({ id }) => id));
  return [...inFile, ...stored.filter(({ id }) => !known.has(id))].slice(0, SUGGESTED);
}

/** Number of differences that the fault of one line names; it counts those beyond. */
const NAMED = 5;

/** Longest value in a fault, in characters. */
const SHOWN = 60;

/** The fault of a line whose record exists and differs, where existing records are not to be changed: names the record and what differs. */
function existsDifferently({ type, id }: RecordName, differing: readonly Difference[]): Issue {
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
