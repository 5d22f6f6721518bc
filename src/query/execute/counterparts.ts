import { isoOfDay, UNBOUNDED_END, UNBOUNDED_START } from '../../domain/time/day.ts';
import { UNDATED_DAY } from '../../domain/time/levels.ts';
import { DAY_OF, LEVEL_OF, MOMENT_MASK, MOMENTS_IN_BRIEF } from '../../index/position-sql.ts';
import type { StoredRecord } from '../../records/stored-record.ts';
import { offloadIf, type Reader, type Statement } from '../../storage/port.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';
import { positionsFrom } from '../access-paths/access-path.ts';
import type { EntryFilters } from '../filters/parameters.ts';
import { parseQuery } from '../filters/parse.ts';
import { BY_SHARED_ENTRIES } from '../lists/cursors.ts';
import { pageRequest } from '../lists/page.ts';
import { COUNTERPART_KEYS_MAX, COUNTERPART_MOMENTS_MAX, LIGHT_COUNTERPART_MOMENTS_MAX } from '../plan/costs.ts';
import { planOf } from '../plan/plan.ts';
import type { Plan } from '../plan/query.ts';

/** An actor that shares entries with another: their number, and the first and last day that they may cover, where they are dated. */
export type Counterpart = { actor: { id: string; name: string; kind: string }; entries: number; first?: string; last?: string };

/** The entries that were counted: all, or the newest of too many. */
export type Counted = 'all' | 'newest';

/** The entries shared with an actor, and the first and last day of the dated ones. */
type Shared = { key: number; entries: number; first: number; last: number };

/** The actors that share entries with this one, most first. With a window, an entry counts when the actor may take part in it then. */
export async function counterpartsOf(
  reader: Reader,
  { id, key }: StoredRecord,
  parameters: Pick<EntryFilters, 'from' | 'to' | 'on' | 'during' | 'before' | 'after' | 'overlap' | 'limit' | 'cursor'>,
  momentsMax = COUNTERPART_MOMENTS_MAX,
): Promise<{ items: Counterpart[]; next?: string; counted: Counted }> {
  const { limit: _limit, cursor: _cursor, ...window } = parameters;
  const { after, paginate } = pageRequest(BY_SHARED_ENTRIES, `counterparts/${key}`, parameters);
  const { query } = await parseQuery(reader, { actor: [id], ...window }, 'moment');
  const moments = await newestMoments(reader, await planOf(reader, query), momentsMax + 1);
  const counted = countable(moments.slice(0, momentsMax));
  const shared = countShared(counted, key).toSorted((a, b) => b.entries - a.entries || a.key - b.key);
  const isLater = ({ entries, key: actor }: Shared): boolean =>
    !after || entries < after.entries || (entries === after.entries && actor > after.actor);
  const { kept, next } = paginate(shared.filter(isLater), (last) => ({ entries: last.entries, actor: last.key }));
  return { items: await named(reader, kept), next, counted: moments.length > counted.length ? 'newest' : 'all' };
}

/** A moment: its entry, the keys of the participants of that, separated by commas, and its days. */
type SharedMomentRow = [record: number, actors: string, first: number, last: number];

/**
 * The newest moments of an actor, and after them the undated. The position of a moment on one day has that day; of the others the row is
 * read, which is long and somewhere else in the file.
 */
async function newestMoments(reader: Reader, plan: Plan, most: number): Promise<SharedMomentRow[]> {
  const { dated, undated } = positionsFrom(plan, { direction: 'backward' });
  const answers = await reader.read(
    [...dated, ...undated].map(
      ({ sql, params }): Statement<SharedMomentRow> => ({
        sql: `SELECT b.record_id, (SELECT group_concat(concat_ws(',', p.actor_id, p.on_behalf_of_id)) FROM participations p WHERE p.record_id = b.record_id),
            coalesce(m.start_min, ${DAY_OF('d.position')}), coalesce(m.end_max, ${DAY_OF('d.position')})
          FROM (${sql} ORDER BY 1 DESC ${dialect.limit(':most')}) d CROSS JOIN ${MOMENTS_IN_BRIEF('b')} ON b.id = d.position & ${MOMENT_MASK}
            LEFT JOIN moments m ON m.id = CASE WHEN ${LEVEL_OF('d.position')} = 0 THEN NULL ELSE b.id END`,
        params: [{ ...params, most }],
        ...offloadIf(plan.estimate.rows > LIGHT_COUNTERPART_MOMENTS_MAX),
      }),
    ),
  );
  return answers.flat();
}

/** The moments whose participants are added up in a few milliseconds: an entry may have hundreds. */
function countable(moments: readonly SharedMomentRow[]): readonly SharedMomentRow[] {
  let length = 0;
  const end = moments.findIndex(([, actors]) => (length += actors.length) > COUNTERPART_KEYS_MAX);
  return end < 1 ? moments : moments.slice(0, end);
}

/** Adds up the entries of each participant but the actor itself. */
function countShared(moments: readonly SharedMomentRow[], self: number): Shared[] {
  const counts = new Map<number, Shared>();
  const seen = new Set<number>();
  for (const [record, actors, first, last] of moments) {
    const isNew = !seen.has(record);
    seen.add(record);
    for (const actor of new Set(actors.split(','))) {
      const key = Number(actor);
      const shared = counts.get(key) ?? { key, entries: 0, first: UNDATED_DAY, last: UNBOUNDED_START };
      counts.set(key, shared);
      if (isNew) shared.entries += 1;
      if (first === UNDATED_DAY) continue;
      shared.first = Math.min(shared.first, first);
      shared.last = Math.max(shared.last, last);
    }
  }
  counts.delete(self);
  return [...counts.values()];
}

async function named(reader: Reader, shared: readonly Shared[]): Promise<Counterpart[]> {
  const names: Statement<[id: string, name: string, kind: string]> = {
    sql: `SELECT r.slug, r.title, r.kind FROM ${dialect.elements('j', '?')} CROSS JOIN records r ON r.id = ${dialect.value('j', 'integer')}
      ORDER BY ${dialect.ordinal('j')}`,
    params: [JSON.stringify(shared.map(({ key }) => key))],
  };
  const [rows] = await reader.read([names]);
  return rows.map(([id, name, kind], index) => {
    const { entries, first, last } = shared[index]!;
    const isDated = first !== UNDATED_DAY;
    return {
      actor: { id, name, kind },
      entries,
      ...(isDated && first !== UNBOUNDED_START ? { first: isoOfDay(first) } : {}),
      ...(isDated && last !== UNBOUNDED_END ? { last: isoOfDay(last) } : {}),
    };
  });
}
