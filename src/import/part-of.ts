import { chunksOf } from '../domain/chunks.ts';
import { shown } from '../domain/json.ts';
import { cycleIssue, cyclesIn, readWholes, type Wholes } from '../records/part-of-cycle.ts';
import type { Reader } from '../storage/port.ts';
import type { Faults } from './faults.ts';
import { SENT } from './read.ts';
import type { Scan } from './scan.ts';

/** The actors that lines state actors to be part of, by ids, with the number of the line and the reference as it is written there. */
export type StatedWholes = Map<string, { whole: string; number: number; written: string }>;

/** Adds a fault for each cycle of actors that the lines close, at the first line of those that are in it. */
export async function refuseCycles(
  reader: Reader,
  stated: StatedWholes,
  isStated: (id: string) => boolean,
  { placeOf }: Scan,
  faults: Faults,
): Promise<void> {
  const wholes: Wholes = new Map(Array.from(stated, ([id, { whole }]) => [id, whole]));
  for (const ids of chunksOf(new Set([...wholes.values()].filter((id) => !isStated(id)))))
    for (const [id, whole] of await readWholes(reader, ids)) if (!isStated(id)) wholes.set(id, whole);
  for (const cycle of cyclesIn(wholes, stated.keys())) {
    const [first] = cycle.filter((id) => stated.has(id)).toSorted((one, other) => stated.get(one)!.number - stated.get(other)!.number);
    if (first === undefined) continue;
    const { number, written } = stated.get(first)!;
    const from = cycle.indexOf(first);
    faults.add(placeOf(number), { ...cycleIssue([...cycle.slice(from), ...cycle.slice(0, from)]), sent: shown(written, SENT) });
  }
}
