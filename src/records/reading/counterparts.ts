import { isoOfDay, UNBOUNDED_END, UNBOUNDED_START } from '../../domain/day.ts';
import type { Window } from '../../domain/window.ts';
import type { Reader, Statement } from '../../storage/engine.ts';
import { AFTER_ALL_DAYS, BEFORE_ALL_DAYS, UNDATED_DAY } from '../../storage/interval-index.ts';
import type { Stored } from '../writing/prepare.ts';
import { cut, identityOf, limitOf, placeOf } from './page.ts';

/** Who shares entries with an actor: in how many, and the days the first may begin and the last may end, where they are dated. */
export type Counterpart = { actor: { id: string; name: string; kind: string }; entries: number; first?: string; last?: string };

/** What is counted of a counterpart: entries, and the first and last day of those that are dated. */
type Shared = { key: number; entries: number; first?: number; last?: number };

/**
 * The actors that share entries with this one, most first. With a window, only entries that may overlap it count. The cost grows with the
 * actor's entries, each of which is looked at, not with the database.
 */
export async function counterpartsOf(
  reader: Reader,
  { key }: Stored,
  window: Window,
  parameters: { limit?: string; cursor?: string },
): Promise<{ items: Counterpart[]; next?: string }> {
  const identity = identityOf(`counterparts/${key}`, parameters);
  const limit = limitOf(parameters);
  const place = placeOf(parameters.cursor, identity, 2);
  const shared = (await countShared(reader, key, window)).toSorted((a, b) => b.entries - a.entries || a.key - b.key);
  const left = place
    ? shared.filter((each) => each.entries < Number(place[0]) || (each.entries === place[0] && each.key > Number(place[1])))
    : shared;
  const { kept, next } = cut(left, limit, identity, (last) => [last.entries, last.key]);
  return { items: await named(reader, kept), next };
}

/** Adds up the entries part by part, so that other requests have their turn between. What is written meanwhile may be counted or not. */
async function countShared(reader: Reader, key: number, window: Window): Promise<Shared[]> {
  const counts = new Map<number, Shared>();
  let after = 0;
  for (;;) {
    const [rows] = await reader.read([entriesOf(key, window, after)]);
    for (const [, actors, first, last] of rows) for (const actor of new Set(actors.split(','))) addTo(counts, Number(actor), first, last);
    if (rows.length < PART) break;
    after = rows.at(-1)![0];
  }
  counts.delete(key);
  return [...counts.values()];
}

function addTo(counts: Map<number, Shared>, key: number, first: number | null, last: number | null): void {
  const shared = counts.get(key);
  if (!shared) {
    counts.set(key, { key, entries: 1, first: first ?? undefined, last: last ?? undefined });
    return;
  }
  shared.entries += 1;
  if (first !== null && (shared.first === undefined || first < shared.first)) shared.first = first;
  if (last !== null && (shared.last === undefined || last > shared.last)) shared.last = last;
}

/** So many entries are read at once. */
const PART = 5000;

type EntryRow = [record: number, actors: string, first: number | null, last: number | null];

/** Of the next entries of an actor: the keys of all who take part, separated by commas, and the days of the moments in the window. */
function entriesOf(key: number, { from, to }: Window, after: number): Statement<EntryRow> {
  return {
    sql: `SELECT e.record_id, (SELECT group_concat(concat_ws(',', p.actor_id, p.on_behalf_of_id)) FROM participations p WHERE p.record_id = e.record_id),
        min(nullif(m.start_min, ${UNDATED_DAY})), max(nullif(m.end_max, ${UNDATED_DAY}))
      FROM (SELECT record_id FROM participations WHERE actor_id = :key AND record_id > :after
        UNION SELECT record_id FROM participations WHERE on_behalf_of_id = :key AND record_id > :after ORDER BY 1) e
      CROSS JOIN moments m ON m.record_id = e.record_id WHERE m.start_min <= :to AND m.end_max >= :from
      GROUP BY e.record_id ORDER BY e.record_id LIMIT ${PART}`,
    params: [
      {
        key,
        after,
        to: to ?? (from === undefined ? AFTER_ALL_DAYS : UNDATED_DAY - 1),
        from: from ?? BEFORE_ALL_DAYS,
      },
    ],
    heavy: true,
  };
}

async function named(reader: Reader, shared: readonly Shared[]): Promise<Counterpart[]> {
  const names: Statement<[id: string, name: string, kind: string]> = {
    sql: 'SELECT r.slug, r.title, r.kind FROM json_each(?) j CROSS JOIN records r ON r.id = j.value ORDER BY j.key',
    params: [JSON.stringify(shared.map(({ key }) => key))],
  };
  const [rows] = await reader.read([names]);
  return rows.map(([id, name, kind], index) => {
    const { entries, first, last } = shared[index]!;
    return {
      actor: { id, name, kind },
      entries,
      ...(first === undefined || first === UNBOUNDED_START ? {} : { first: isoOfDay(first) }),
      ...(last === undefined || last === UNBOUNDED_END ? {} : { last: isoOfDay(last) }),
    };
  });
}
