import { shown } from '../domain/json.ts';
import { type Reader, statement } from '../storage/port.ts';
import { circle } from '../records/part-of-cycle.ts';
import { SENT } from './check.ts';
import type { Faults, LinePlace } from './faults.ts';
import { chunksOf } from '../domain/chunks.ts';
import type { Links } from './link.ts';

/** The actor that each one is part of, by ids, and the line that says so, if one does, with the reference as it is written there. */
export type Wholes = Map<string, { whole: string; stated?: { place: LinePlace; written: string } }>;

/** Adds a fault for each circle of actors that the lines close, at the first line of those that are in it. */
export async function refuseCircles(reader: Reader, { isStated }: Links, wholes: Wholes, faults: Faults): Promise<void> {
  const above = await withOthers(reader, wholes, (id) => isStated('actor', id));
  const seen = new Set<string>();
  for (const start of wholes.keys()) {
    const path: string[] = [];
    let at: string | undefined = start;
    for (; at !== undefined && !seen.has(at); at = above.get(at)?.whole) {
      seen.add(at);
      path.push(at);
    }
    const from = at === undefined ? -1 : path.indexOf(at);
    if (from === -1) continue;
    const members = path.slice(from);
    const lines = members.flatMap((id) => {
      const stated = above.get(id)?.stated;
      return stated ? [{ id, ...stated }] : [];
    });
    const [first] = lines.toSorted((a, b) => inOrder(a.place, b.place));
    if (!first) continue;
    const turned = [...members.slice(members.indexOf(first.id)), ...members.slice(0, members.indexOf(first.id))];
    faults.add(first.place, { ...circle([...turned, first.id]), sent: shown(first.written, SENT) });
  }
}

const inOrder = (a: LinePlace, b: LinePlace): number => a.file - b.file || a.line - b.line;

/** Wholes of the lines, with those that the database has for the actors above them that have no line. */
async function withOthers(reader: Reader, wholes: Wholes, inFile: (id: string) => boolean): Promise<Wholes> {
  const above = new Map(wholes);
  let asked = others(
    [...wholes.values()].map(({ whole }) => whole),
    above,
    inFile,
  );
  while (asked.size > 0) {
    const found: string[] = [];
    for (const ids of chunksOf(asked)) {
      const [rows] = await reader.read([wholesOf(ids)]);
      for (const [id, whole] of rows) {
        above.set(id, { whole });
        found.push(whole);
      }
    }
    asked = others(found, above, inFile);
  }
  return above;
}

function others(ids: Iterable<string>, known: Wholes, inFile: (id: string) => boolean): Set<string> {
  return new Set([...ids].filter((id) => !inFile(id) && !known.has(id)));
}

const wholesOf = (ids: readonly string[]) =>
  statement<[id: string, whole: string]>(
    `SELECT r.slug, w.slug FROM json_each(?) j CROSS JOIN records r ON r.type = 'actor' AND r.slug = j.value
      CROSS JOIN actors a ON a.record_id = r.id CROSS JOIN records w ON w.id = a.part_of_id`,
    JSON.stringify(ids),
  );
