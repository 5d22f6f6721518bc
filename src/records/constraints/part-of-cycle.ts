import { AnnalsError, type Issue } from '../../domain/errors.ts';
import type { Reader, Statement } from '../../storage/port.ts';
import { actorsAbove, guardPartOf } from '../../storage/tables/references.ts';
import type { ResolvedRecord } from '../document/rows.ts';

/** The actor that each actor is part of, by ids. */
export type PartOf = Map<string, string>;

/** Refuses an actor that would be part of itself by way of others. Throws `invalid-request` with the chain. */
export async function refuseCycle(reader: Reader, { model, input }: Pick<ResolvedRecord, 'model' | 'input'>): Promise<void> {
  if (model.type !== 'actor' || input.partOf === undefined) return;
  const partOf = await readPartOf(reader, [input.partOf]);
  const [cycle] = cyclesIn(partOf.set(input.id, input.partOf), [input.id]);
  if (cycle?.[0] !== input.id) return;
  const issue = cycleIssue(cycle);
  throw new AnnalsError('invalid-request', issue.message, [issue]);
}

/** Reads what some actors are part of, and the actors above them. */
export async function readPartOf(reader: Reader, ids: readonly string[]): Promise<PartOf> {
  const [rows] = await reader.read([actorsAbove(ids)]);
  return new Map(rows);
}

/** Each cycle that some actors are in or lead into, once: its members, each part of the next, from the first that is reached. */
export function cyclesIn(partOf: PartOf, starts: Iterable<string>): string[][] {
  const seen = new Set<string>();
  const cycles: string[][] = [];
  for (const start of starts) {
    const path: string[] = [];
    let at: string | undefined = start;
    for (; at !== undefined && !seen.has(at); at = partOf.get(at)) {
      seen.add(at);
      path.push(at);
    }
    const from = at === undefined ? -1 : path.indexOf(at);
    if (from !== -1) cycles.push(path.slice(from));
  }
  return cycles;
}

/** Aborts the batch when the actor has become part of itself since `refuseCycle`. */
export function guardCycle({ model, input, key, keyOf }: ResolvedRecord): Statement[] {
  const whole = input.partOf;
  if (model.type !== 'actor' || whole === undefined) return [];
  return [guardPartOf({ part: key, whole: keyOf('actor', whole) })];
}

/** Links of a chain that a message shows. */
const SHOWN = 8;

/** The issue of an actor that is part of itself: the first member of the cycle. */
export function cycleIssue(cycle: readonly string[]): Issue {
  const [first] = cycle;
  const shown = cycle.length < SHOWN ? [...cycle, first] : [...cycle.slice(0, SHOWN - 2), '…', first];
  return { pointer: '/partOf', message: `makes "${first}" part of itself: ${shown.join(' → ')}: name another, or leave it out` };
}
