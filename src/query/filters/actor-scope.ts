import { UNBOUNDED_END, UNBOUNDED_START } from '../../domain/time/day.ts';
import type { Reader } from '../../storage/port.ts';
import { dialect } from '../../storage/dialect.ts';
import type { QueryTerm } from '../plan/query.ts';
import { readScope, readWithin } from './filter.ts';

/** An actor by id, the days in which it is included and, where it is included by a scope, its id again as `via`. */
export type Included = Omit<QueryTerm, 'field'>;

/** The actors that each scope includes besides those that are asked for. */
const SCOPES = {
  self: async (): Promise<Included[]> => [],
  parts: descendantsOf,
  members: (reader: Reader, ids: readonly string[]) => readMemberships(reader, ids, 'members'),
  groups: (reader: Reader, ids: readonly string[]) => readMemberships(reader, ids, 'groups'),
};

/** The scopes of an actor. */
export type ActorScope = keyof typeof SCOPES;
export const ACTOR_SCOPES = Object.keys(SCOPES) as [ActorScope, ...ActorScope[]]; // @NOTE the keys of the constant above

/** Actors, with those that their scope includes. Throws `invalid-request` for more than 5,000. */
export async function inScope(reader: Reader, ids: readonly string[], scope: ActorScope): Promise<Included[]> {
  if (ids.length === 0) return [];
  const asked = new Set(ids);
  const included = (await SCOPES[scope](reader, ids)).filter(({ value }) => !asked.has(value));
  return [...ids.map((value) => ({ value })), ...distinct(included).map((each) => ({ ...each, via: each.value }))];
}

const distinct = (included: readonly Included[]): Included[] => [...new Map(included.map((each) => [JSON.stringify(each), each])).values()];

/** The bodies of actors, bodies of bodies included. */
async function descendantsOf(reader: Reader, ids: readonly string[]): Promise<Included[]> {
  const bodies = { type: 'actor', table: 'actors', column: 'part_of_id' } as const;
  const within = await readWithin(reader, bodies, { ids, parameter: 'actorScope', included: 'bodies' });
  return within.map((value) => ({ value }));
}

/** The columns of a membership that hold the actor that is asked for, and the one that is included. */
const SIDES = { members: ['organization_id', 'record_id'], groups: ['record_id', 'organization_id'] } as const;

/** The members of actors, or the groups of which they are members themselves, for the days that the membership may cover. */
async function readMemberships(reader: Reader, ids: readonly string[], included: keyof typeof SIDES): Promise<Included[]> {
  const [asked, other] = SIDES[included];
  const sql = `SELECT m.slug, p.start_min, p.end_max FROM ${dialect.elements('j', ':ids')} CROSS JOIN records r ON r.type = 'actor' AND r.slug = ${dialect.value('j', 'text')}
      CROSS JOIN memberships p ON p.${asked} = r.id CROSS JOIN records m ON m.id = p.${other}`;
  const rows = await readScope<[id: string, from: number, to: number]>(reader, {
    sql,
    params: { ids: JSON.stringify(ids) },
    parameter: 'actorScope',
    included,
  });
  return rows.map(([value, from, to]) => ({
    value,
    ...(from === UNBOUNDED_START ? {} : { from }),
    ...(to === UNBOUNDED_END ? {} : { to }),
  }));
}
