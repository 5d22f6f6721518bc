import { isoOfDay, UNBOUNDED_END, UNBOUNDED_START } from '../../domain/time/day.ts';
import { UNDATED_DAY } from '../../domain/time/levels.ts';
import { DAY_OF, IS_OF_ONE_DAY, MOMENT_MASK, MOMENTS_IN_BRIEF } from '../../index/position-sql.ts';
import type { EchoedQuery, Warning } from '../../model/page.ts';
import type { StoredRecord } from '../../records/stored-record.ts';
import { offloadIf, type Reader, type Statement } from '../../storage/port.ts';
import { dialect } from '../../storage/dialect.ts';
import { positionsFrom } from '../access-paths/access-path.ts';
import { type Asked, codedWordsIn } from '../filters/filter.ts';
import type { EntryFilters } from '../filters/parameters.ts';
import { parseQuery } from '../filters/parse.ts';
import { BY_SHARED_ENTRIES } from '../lists/cursors.ts';
import { pageRequest } from '../lists/page.ts';
import { COUNTERPART_KEYS_MAX, COUNTERPART_MOMENTS_MAX, LIGHT_COUNTERPART_MOMENTS_MAX } from '../plan/costs.ts';
import { isPageHeavy, planOf } from '../plan/plan.ts';
import type { Plan } from '../plan/query.ts';

/** An actor that shares entries with another: their number, and the first and last day that they may cover, where they are dated. */
export type Counterpart = { actor: { id: string; name: string; kind: string }; entries: number; first?: string; last?: string };

/** The entries that were counted: all, or the newest of too many. */
export type Counted = 'all' | 'newest';

/** The entries shared with an actor, and the first and last day of the dated ones. */
type Shared = { key: number; entries: number; first: number; last: number };

/** The parameters of counterparts: filters of the entries, of which `role` holds for both actors. */
export type CounterpartFilters = Pick<
  EntryFilters,
  | 'from'
  | 'to'
  | 'on'
  | 'during'
  | 'before'
  | 'after'
  | 'overlap'
  | 'role'
  | 'kind'
  | 'topic'
  | 'place'
  | 'source'
  | 'status'
  | 'moment'
  | 'type'
> &
  Pick<EntryFilters, 'limit' | 'cursor'>;

/** A page of counterparts, and what was counted. */
type Counterparts = {
  items: Counterpart[];
  next?: string;
  counted: Counted;
  warnings?: readonly Warning[] | undefined;
  query: EchoedQuery;
};

/**
 * The actors that share entries with this one, most first. With a window, an entry counts when the actor may take part in it then; with roles, when each of
 * both takes part in one of them, and in none that is left out.
 */
export async function counterpartsOf(
  reader: Reader,
  { id, key }: StoredRecord,
  parameters: CounterpartFilters,
  momentsMax = COUNTERPART_MOMENTS_MAX,
): Promise<Counterparts> {
  const { limit: _limit, cursor: _cursor, ...filters } = parameters;
  const { after, paginate } = pageRequest(BY_SHARED_ENTRIES, `counterparts/${key}`, parameters);
  const { query, echo } = await parseQuery(reader, { actor: [id], ...filters }, 'moment');
  const plan = await planOf(reader, query);
  const moments = await newestMoments(reader, plan, await codedWordsIn(reader, 'role', filters.role), momentsMax + 1);
  const counted = countable(moments.slice(0, momentsMax));
  const shared = countShared(counted, key).toSorted((a, b) => b.entries - a.entries || a.key - b.key);
  const isLater = ({ entries, key: actor }: Shared): boolean =>
    !after || entries < after.entries || (entries === after.entries && actor > after.actor);
  const { kept, next } = paginate(shared.filter(isLater), (last) => ({ entries: last.entries, actor: last.key }));
  return {
    items: await named(reader, kept),
    ...(next !== undefined && { next }),
    counted: moments.length > counted.length ? 'newest' : 'all',
    warnings: plan.warnings,
    query: echo,
  };
}

/** A moment: its entry, the keys of its participants, and of those in a role that is left out, separated by commas, and its days. */
type SharedMomentRow = [record: number, actors: string, leftOut: string | null, first: number, last: number];

/** SQL of the keys of the participants of a moment `b` that meet a condition, separated by commas. */
const participantsWith = (condition = ''): string =>
  `(SELECT string_agg(concat_ws(',', p.actor_id, p.on_behalf_of_id), ',') FROM participations p WHERE p.record_id = b.record_id${condition})`;

/**
 * The newest moments of an actor, and after them the undated. The position of a moment on one day has that day; of the others the row is
 * read, which is long and somewhere else in the file.
 */
async function newestMoments(reader: Reader, plan: Plan, { any, none }: Asked, most: number): Promise<SharedMomentRow[]> {
  const { dated, undated } = positionsFrom(plan, { direction: 'backward' });
  const ofRoles = any.length > 0 ? participantsWith(` AND p.role IN ${dialect.list(':rolesOfBoth', 'text')}`) : participantsWith();
  const leftOut = none.length > 0 ? participantsWith(` AND p.role IN ${dialect.list(':rolesOfNone', 'text')}`) : 'NULL';
  const roles = {
    ...(any.length > 0 && { rolesOfBoth: JSON.stringify(any) }),
    ...(none.length > 0 && { rolesOfNone: JSON.stringify(none) }),
  };
  const answers = await reader.read(
    [...dated, ...undated].map(
      ({ sql, params }): Statement<SharedMomentRow> => ({
        sql: `SELECT b.record_id, coalesce(${ofRoles}, ''), ${leftOut},
            coalesce(m.start_min, ${DAY_OF('d.position')}), coalesce(m.end_max, ${DAY_OF('d.position')})
          FROM (${dialect.inOrder(sql, 'DESC', ':most')}) d CROSS JOIN ${MOMENTS_IN_BRIEF('b')} ON b.id = (d.position & ${MOMENT_MASK})
            LEFT JOIN moments m ON m.id = CASE WHEN ${IS_OF_ONE_DAY('d.position')} THEN NULL ELSE b.id END
          ORDER BY d.position DESC`,
        params: [{ ...params, ...roles, most }],
        ...offloadIf(plan.estimate.rows > LIGHT_COUNTERPART_MOMENTS_MAX || isPageHeavy(plan)),
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

const keysIn = (keys: string): Set<number> => new Set(keys === '' ? [] : keys.split(',').map(Number));

/** Adds up the entries of each participant but the actor itself. */
function countShared(moments: readonly SharedMomentRow[], self: number): Shared[] {
  const counts = new Map<number, Shared>();
  const seen = new Set<number>();
  for (const [record, actors, leftOut, first, last] of moments) {
    const isNew = !seen.has(record);
    seen.add(record);
    const without = keysIn(leftOut ?? '');
    for (const key of keysIn(actors)) {
      if (without.has(key)) continue;
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
    sql: `SELECT r.slug, r.title, r.kind FROM ${dialect.integers('j', '?')} CROSS JOIN records r ON r.id = ${dialect.integer('j')}
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
