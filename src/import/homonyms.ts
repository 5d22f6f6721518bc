import { chunksOf } from '../domain/chunks.ts';
import { keyOfName } from '../domain/text/name.ts';
import { modelOf } from '../model/models.ts';
import type { Input } from '../model/record.ts';
import { type WrittenName, writtenNames } from '../model/record-names.ts';
import { readKnown } from '../records/names/candidates.ts';
import { addedNames, type Holder, holderOf, homonymWarning } from '../records/names/homonyms.ts';
import { type Candidates, findCandidates, isTooMany, type NameReference } from '../records/names/names.ts';
import type { Reader } from '../storage/port.ts';
import { namesInUse } from '../storage/tables/names.ts';
import { type ImportReport, LISTED } from './report.ts';
import { linesNamed, type Resolution } from './resolve.ts';
import { placeOf, type Scan, type ScannedLine } from './scan.ts';

/** A line whose record is written, with the record as it was before, if it was there. */
export type WrittenLine = { line: ScannedLine; former?: Input | undefined };

/** A name that a line gives to its record. */
type NewName = { line: ScannedLine; name: WrittenName; reference: NameReference };

/** Adds to the report the warnings of names that lines give to their records and that other records have, of the database or of other lines. */
export async function noteHomonyms(
  reader: Reader,
  written: readonly WrittenLine[],
  attempt: { scan: Scan; resolution: Resolution },
  report: ImportReport,
): Promise<void> {
  const names = written.flatMap(({ line, former }) =>
    addedNames(modelOf[line.type], line.input, former).map(
      (name): NewName => ({ line, name, reference: { type: line.type, value: name.name } }),
    ),
  );
  for (const some of chunksOf(names)) {
    const shared = await sharedAmong(reader, some, attempt.resolution);
    const candidates = await findCandidates(
      reader,
      shared.map(({ reference }) => reference),
    );
    for (const [index, each] of shared.entries()) {
      const others = otherHolders(each, candidates[index]!, attempt);
      if (others.stored.length + others.lines.length === 0) continue;
      if (report.warnings.length === LISTED) {
        report.moreWarnings += 1;
        continue;
      }
      const { line, name } = each;
      const stored = (await readKnown(reader, line.type, others.stored)).map(holderOf);
      const own: Holder = {
        id: line.input.id,
        names: writtenNames(modelOf[line.type], line.input),
        candidate: { type: line.type, id: line.input.id },
      };
      const warning = homonymWarning(name, own, [...others.lines, ...stored], others.isMore);
      if (!warning) continue;
      const { file, line: number } = placeOf(attempt.scan, line.number);
      report.warnings.push({ file: attempt.scan.files[file]!, line: number, record: { type: line.type, id: line.input.id }, ...warning });
    }
  }
}

/** Names that any other line has, or any record of the database. Most names are shared by none, and cost one look into the index. */
async function sharedAmong(reader: Reader, names: readonly NewName[], { ids }: Resolution): Promise<NewName[]> {
  const keys = names.map(({ line: { type }, reference: { value } }) => [type, keyOfName(value), value] as const);
  const [rows] = await reader.read([namesInUse(keys)]);
  const inUse = new Set(rows.map(([index]) => index));
  return names.filter(({ line: { type, input } }, index) => {
    const [, key, value] = keys[index]!;
    return inUse.has(index) || ids.numberOf(type, value) !== undefined || ids.filedUnder(type, key).some(({ id }) => id !== input.id);
  });
}

/** The other records that a name may belong to: keys of those of the database, and those of lines. */
function otherHolders(
  { line: { type, input }, reference }: NewName,
  { byId, byName }: Candidates,
  { resolution: { ids, isStated, deletions } }: { resolution: Resolution },
): { stored: number[]; lines: Holder[]; isMore: boolean } {
  const isOther = ({ id }: { id: string }) => id !== input.id;
  const found = [...(byId ? [byId] : []), ...byName].filter(
    (each) => isOther(each) && !isStated(type, each.id) && !deletions.has(type, each.id),
  );
  const called = reference.value;
  const byLineId = ids.numberOf(type, called) === undefined ? [] : [{ id: called, names: [], candidate: { type, id: called } }];
  const named = linesNamed(ids, reference, isStated).filter(({ id }) => id !== called);
  const lines: Holder[] = [...byLineId, ...named].filter(isOther);
  return {
    stored: [...new Set(found.map(({ key }) => key))].slice(0, COMPARED),
    lines: lines.slice(0, COMPARED),
    isMore: isTooMany(byName) || lines.length > COMPARED,
  };
}

/** Other records of a name that are compared at most. */
const COMPARED = 50;
