import { type Annals } from '../../src/records/annals.ts';
import { noProgress } from '../../src/domain/progress.ts';
import { exportRecords, newestChange } from '../../src/records/export.ts';
import { importRecords } from '../../src/import/import.ts';
import { emptyReport, IMPORT_DEFAULTS, type ImportOptions, type ImportReport } from '../../src/import/report.ts';
import { RECORD_TYPES, type RecordType } from '../../src/domain/record-type.ts';

/** Records of a file of NDJSON; a string is a line as it stands. */
export type Lines = readonly (string | Record<string, unknown>)[];

/** The bytes of a file with these lines, in chunks smaller than a line. */
export async function* bytesOf(lines: Lines): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
  for (let from = 0; from < bytes.length; from += 100) yield bytes.subarray(from, from + 100);
}

/** Imports lines as one file. */
export function importLines(annals: Annals, lines: Lines, options: Partial<ImportOptions> = {}): Promise<ImportReport> {
  return importRecords(annals, [{ name: 'test.ndjson', bytes: bytesOf(lines) }], { ...IMPORT_DEFAULTS, ...options }, noProgress);
}

/** A report with these counts, which names no change. */
export const counted = (counts: Partial<ImportReport>): ImportReport => ({ ...emptyReport(), ...counts });

/** The text of an export. */
export async function exported(annals: Annals, types: readonly RecordType[] = RECORD_TYPES): Promise<string> {
  const { at } = await newestChange(annals.engine);
  let text = '';
  for await (const lines of exportRecords(annals.engine, { types, at }, noProgress)) text += lines;
  return text;
}
