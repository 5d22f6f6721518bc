import { AnnalsError, type Issue } from '../../domain/errors.ts';
import type { RecordType } from '../../domain/record-type.ts';
import type { Input } from '../../model/record.ts';
import type { Reader, Statement } from '../../storage/port.ts';
import { guardPartOf, type PartType, wholesAbove } from '../../storage/tables/references.ts';
import type { ResolvedRecord } from '../document/rows.ts';

/** The records that each record is part of, by ids: an actor is part of one, a place of several. */
export type PartOf = Map<string, readonly string[]>;

/** The types of records that may be part of others. */
export const PART_TYPES = ['actor', 'place'] as const satisfies readonly PartType[];

/** Returns true for the type of records that may be part of others. */
export const isPartType = (type: RecordType): type is PartType => PART_TYPES.some((each) => each === type);

/** The records that a record is part of. */
export const wholesOf = ({ partOf = [] }: Pick<Input, 'partOf'>): string[] => [partOf].flat();

/** Refuses an actor or a place that would be part of itself by way of others. Throws `invalid-request` with the chain. */
export async function refuseCycle(reader: Reader, { model: { type }, input }: Pick<ResolvedRecord, 'model' | 'input'>): Promise<void> {
  const wholes = wholesOf(input);
  if (!isPartType(type) || wholes.length === 0) return;
  const partOf = await readPartOf(reader, type, wholes);
  const cycle = cyclesIn(partOf.set(input.id, wholes), [input.id]).find(([first]) => first === input.id);
  if (cycle === undefined) return;
  const issue = cycleIssue(type, cycle);
  throw new AnnalsError('invalid-request', issue.message, [issue]);
}

/** Reads what some records of a type are part of, and the records above them. */
export async function readPartOf(reader: Reader, type: PartType, ids: readonly string[]): Promise<PartOf> {
  const [rows] = await reader.read([wholesAbove(type, ids)]);
  const partOf = new Map<string, string[]>();
  for (const [id, whole] of rows) partOf.set(id, [...(partOf.get(id) ?? []), whole]);
  return partOf;
}

/** Cycles that some records are in or lead into: the members of each, each part of the next, from the first that is reached. */
export function cyclesIn(partOf: PartOf, starts: Iterable<string>): string[][] {
  const seen = new Set<string>();
  const cycles: string[][] = [];
  for (const start of starts) {
    // The records from the start to the one that is looked at, each with the number of its wholes that were followed.
    const path: { id: string; followed: number }[] = [];
    const enter = (id: string) => {
      seen.add(id);
      path.push({ id, followed: 0 });
    };
    if (!seen.has(start)) enter(start);
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      const whole = partOf.get(at.id)?.[at.followed++];
      if (whole === undefined) path.pop();
      else if (!seen.has(whole)) enter(whole);
      else {
        const from = path.findIndex(({ id }) => id === whole);
        if (from !== -1) cycles.push(path.slice(from).map(({ id }) => id));
      }
    }
  }
  return cycles;
}

/** Aborts the batch when the record has become part of itself since `refuseCycle`. */
export function guardCycle({ model: { type }, input, key, keyOf }: ResolvedRecord): Statement[] {
  const wholes = wholesOf(input);
  if (!isPartType(type) || wholes.length === 0) return [];
  return [guardPartOf(type, { part: key, wholes: wholes.map((whole) => keyOf(type, whole)) })];
}

/** Links of a chain that a message shows. */
const SHOWN = 8;

/** The issue of a record that is part of itself: the first member of the cycle. */
export function cycleIssue(type: PartType, cycle: readonly string[]): Issue {
  const [first] = cycle;
  const shown = cycle.length < SHOWN ? [...cycle, first] : [...cycle.slice(0, SHOWN - 2), '…', first];
  const message = `makes the ${type} "${first}" part of itself: ${shown.join(' → ')}: name another, or leave it out`;
  return { pointer: '/partOf', message };
}
