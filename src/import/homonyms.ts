import { chunksOf } from '../domain/chunks.ts';
import { modelOf } from '../model/models.ts';
import { type Input, type WrittenName, writtenNames } from '../model/record.ts';
import { readKnown } from '../records/names/candidates.ts';
import { addedNames, type Holder, holderOf, homonymWarning } from '../records/names/homonyms.ts';
import { type Candidates, findCandidates, isTooMany, type NameReference } from '../records/names/names.ts';
import type { Reader } from '../storage/port.ts';
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
    const candidates = await findCandidates(
      reader,
      some.map(({ reference }) => reference),
    );
    for (const [index, each] of some.entries()) {
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

/** The other records that a name may belong to: keys of those of the database, and those of lines. */
function otherHolders(
  { line: { type, input }, reference }: NewName,
  { byId, byName }: Candidates,
  { resolution: { ids, isStated } }: { resolution: Resolution },
): { stored: number[]; lines: Holder[]; isMore: boolean } {
  const isOther = ({ id }: { id: string }) => id !== input.id;
  const found = [...(byId ? [byId] : []), ...byName].filter((each) => isOther(each) && !isStated(type, each.id));
  const lines = linesNamed(ids, reference, isStated).filter(isOther);
  return {
    stored: [...new Set(found.map(({ key }) => key))].slice(0, COMPARED),
    lines: lines.slice(0, COMPARED),
    isMore: isTooMany(byName) || lines.length > COMPARED,
  };
}

/** Other records of a name that are compared at most. */
const COMPARED = 50;
