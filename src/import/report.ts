import type { Difference } from '../domain/json/json-differences.ts';
import { shown } from '../domain/json/json.ts';
import type { RecordType } from '../domain/record-type.ts';
import type { NameWarning } from '../model/page.ts';

/** Rules for a record that exists and differs from its line. */
export const ON_EXISTING = ['refuse', 'replace', 'keep'] as const;

/** `refuse`: the line is a fault. `replace`: the line takes the place of the record. `keep`: the record stays, and the line is left out. */
export type OnExisting = (typeof ON_EXISTING)[number];

/**
 * Settings of one import; the mode `check` does everything but write. `replaceSource` is a source, by its id or a name: stored records that cite it alone and
 * are in no line are deleted.
 */
export type ImportOptions = { mode: 'write' | 'check'; onExisting: OnExisting; replaceSource?: string | undefined };

/** Settings of an import that states none: it writes, and refuses to change what exists. */
export const IMPORT_DEFAULTS: ImportOptions = { mode: 'write', onExisting: 'refuse' };

/** Number of changes, of assigned ids and of other things that a report lists; it counts those beyond. */
export const LISTED = 100;

/** Longest value of a report, in characters. */
const SHOWN = 200;

/** A record, by its type and id. */
export type RecordName = { type: RecordType; id: string };

/**
 * A part of a record that a line changes. `field` is a JSON pointer (RFC 6901); `from` and `to` are JSON texts of at most 200 characters
 * and an ellipsis, absent where there is no value before or after.
 */
export type FieldChange = { record: RecordName; field: string; from?: string; to?: string };

/** The record of a line that states no id. `file` is absent where there is only one, `line` counts from 1. */
export type AssignedId = { file?: string; line: number; record: RecordName };

/** The warning of a name that a line gives to its record and that another record of the type has. */
export type ImportWarning = { file?: string; line: number; record: RecordName } & NameWarning;

/** A citation of a line whose phrase does not stand in its paragraph. `file` is absent where there is only one. */
export type UnverifiedCitation = { file?: string; line: number; record: RecordName; pointer: string; message: string };

/** Result of an import, or of its dry run. */
export type ImportReport = ReturnType<typeof emptyReport>;

/** A report of nothing done. */
export const emptyReport = () => ({
  created: 0,
  updated: 0,
  unchanged: 0,
  /** Number of records that exist, differ from their lines, and stay as they are. */
  kept: 0,
  /** Number of records that are deleted, since the import replaces a source and no longer has them; the first `LISTED`, and the number of the others. */
  deleted: 0,
  deletions: Array.of<RecordName>(),
  moreDeletions: 0,
  /** Changes of the updated records, field by field: the first `LISTED`, and the number of the others. */
  changes: Array.of<FieldChange>(),
  moreChanges: 0,
  /** Records of the lines that state no id, new or known: the first `LISTED`, and the number of the others. */
  assigned: Array.of<AssignedId>(),
  moreAssigned: 0,
  /** Number of stored records that are in no line and whose citations are verified otherwise, since a text that they cite is replaced. */
  reverified: 0,
  /** Citations whose phrases do not stand in their paragraphs: the first `LISTED`, and the number of the others. */
  unverified: Array.of<UnverifiedCitation>(),
  moreUnverified: 0,
  /** Names that lines give to their records and that others have: the first `LISTED`, and the number of the others. */
  warnings: Array.of<ImportWarning>(),
  moreWarnings: 0,
});

/** Adds the differences of one updated record to a report. */
export function reportChanges(report: ImportReport, record: RecordName, differences: readonly Difference[]): void {
  for (const { field, from, to } of differences) {
    if (report.changes.length === LISTED) report.moreChanges += 1;
    else
      report.changes.push({
        record,
        field,
        ...(from !== undefined && { from: shown(from, SHOWN) }),
        ...(to !== undefined && { to: shown(to, SHOWN) }),
      });
  }
}

/** Adds a deleted record to a report. */
export function reportDeletion(report: ImportReport, { type, id }: RecordName): void {
  report.deleted += 1;
  if (report.deletions.length === LISTED) report.moreDeletions += 1;
  else report.deletions.push({ type, id });
}
