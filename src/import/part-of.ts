import { chunksOf } from '../domain/chunks.ts';
import { shown } from '../domain/json.ts';
import { cycleIssue } from '../records/part-of-cycle.ts';
import { type Reader, statement } from '../storage/port.ts';
import type { Faults } from './faults.ts';
import { SENT } from './read.ts';
import type { Scan } from './scan.ts';

/** The actor that each one is part of, by ids; `stated` is the line that says so, with the reference as it is written there. */
export type PartOf = Map<string, { whole: string; stated?: { number: number; written: string } }>;

/** Adds a fault for each cycle of actors that the lines close, at the first line of those that are in it. */
export async function refuseCycles(
  reader: Reader,
  stated: PartOf,
  isStated: (id: string) => boolean,
  { placeOf }: Scan,
  faults: Faults,
): Promise<void> {
  const partOf = await withStored(reader, stated, isStated);
  const seen = new Set<string>();
  for (const start of stated.keys()) {
    const path: string[] = [];
    let at: string | undefined = start;
    for (; at !== undefined && !seen.has(at); at = partOf.get(at)?.whole) {
      seen.add(at);
      path.push(at);
    }
    const from = at === undefined ? -1 : path.indexOf(at);
    if (from === -1) continue;
    const members = path.slice(from);
    const lines = members.flatMap((id) => {
      const line = partOf.get(id)?.stated;
      return line ? [{ id, ...line }] : [];
    });
    const [first] = lines.toSorted((a, b) => a.number - b.number);
    if (!first) continue;
    const turned = [...members.slice(members.indexOf(first.id)), ...members.slice(0, members.indexOf(first.id))];
    faults.add(placeOf(first.number), { ...cycleIssue([...turned, first.id]), sent: shown(first.written, SENT) });
  }
}

/** The wholes that lines state, and those that the database has for the actors above them that no line states. */
async function withStored(reader: Reader, stated: PartOf, isStated: (id: string) => boolean): Promise<PartOf> {
  const partOf: PartOf = new Map(stated);
  const unknown = (wholes: Iterable<{ whole: string }>): Set<string> =>
    new Set(Array.from(wholes, ({ whole }) => whole).filter((id) => !isStated(id) && !partOf.has(id)));
  for (let wanted = unknown(stated.values()); wanted.size > 0; ) {
    const found: { whole: string }[] = [];
    for (const ids of chunksOf(wanted)) {
      const [rows] = await reader.read([wholesOf(ids)]);
      for (const [id, whole] of rows) {
        partOf.set(id, { whole });
        found.push({ whole });
      }
    }
    wanted = unknown(found);
  }
  return partOf;
}

const wholesOf = (ids: readonly string[]) =>
  statement<[id: string, whole: string]>(
    `SELECT r.slug, w.slug FROM json_each(?) j CROSS JOIN records r ON r.type = 'actor' AND r.slug = j.value
      CROSS JOIN actors a ON a.record_id = r.id CROSS JOIN records w ON w.id = a.part_of_id`,
    JSON.stringify(ids),
  );
