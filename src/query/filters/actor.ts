import { z } from 'zod';
import { invalidParameter } from '../../domain/errors.ts';
import type { EchoedQuery } from '../../model/page.ts';
import { ONE_REASON } from '../../model/strings.ts';
import type { Reader } from '../../storage/port.ts';
import type { QueryTerm } from '../plan/query.ts';
import { ACTOR_SCOPES, type ActorScope, type Included, inScope } from './actor-scope.ts';
import { type Asked, askedTerms, echoedList, echoOf, filter, alternatives, codedWordsIn, NO_VALUE, resolveList, VALUE } from './filter.ts';

/** Actors and roles. With an actor, a role is that of the actor; without one, that of any participant. */
export const actor = filter(
  {
    actor: z
      .array(z.string().min(1, ONE_REASON).max(600).regex(VALUE, NO_VALUE))
      .min(1)
      .max(10)
      .optional()
      .describe(
        'An actor by id, any of its names, or `scheme:value`. Repeat it: all of them together; commas: any of them, and none with `!` before it.',
      ),
    role: alternatives('In this role; of the actor, where one is asked.'),
    actorScope: z
      .enum(ACTOR_SCOPES)
      .optional()
      .describe(
        'Also its bodies (`parts`), its members at the date of the entry (`members`), or the groups of which it was a member then (`groups`); needs an actor. An item that is found only through one of them names it in `via`.',
      ),
  },
  async ({ actor: values, role, actorScope }, { reader }) => {
    if (actorScope !== undefined && !values) throw invalidParameter('actorScope', `actorScope=${actorScope} is about an actor: add actor`);
    const roles = await codedWordsIn(reader, 'role', role);
    const ofRole: EchoedQuery = role === undefined ? {} : { role: echoOf(roles) };
    if (!values) return { ...askedTerms('role', roles, 'by-moment'), warnings: roles.warnings, echo: ofRole };
    const actors = await actorTerms(reader, values, actorScope ?? 'self', roles);
    const scope: EchoedQuery = actorScope === undefined || actorScope === 'self' ? {} : { actorScope };
    return {
      conjuncts: [...actors.values()].flatMap(({ any }) => (any.length > 0 ? [any] : [])),
      excluded: [...actors.values()].flatMap(({ none }) => none.map((term) => ({ ...term, ofRecord: true as const }))),
      warnings: roles.warnings,
      echo: { actor: [...actors.keys()], ...scope, ...ofRole },
    };
  },
  { actor: echoedList.describe('Ids; each item must take part, alternatives are separated by commas.'), role: echoedList },
);

/** Makes the terms of each value of `actor`, by its ids separated by commas. An actor that is asked for must not take part in a role that is left out. */
async function actorTerms(
  reader: Reader,
  values: readonly string[],
  scope: ActorScope,
  roles: Asked,
): Promise<Map<string, Asked<QueryTerm>>> {
  const found = new Map<string, Asked<QueryTerm>>();
  let terms = 0;
  for (const value of values) {
    const asked = await resolveList(reader, 'actor', 'actor', value);
    const name = echoOf(asked).join(',');
    if (found.has(name)) continue;
    refuseNoneInNone(asked, roles);
    const [any, none] = [await inScope(reader, asked.any, scope), await inScope(reader, asked.none, scope)];
    const made = {
      any: inRoles(any, roles, 'any'),
      none: [...(roles.none.length > 0 ? inRoles(any, roles, 'none') : []), ...inRoles(none, roles, 'any')],
    };
    terms += made.any.length + made.none.length;
    refuseTerms(terms);
    found.set(name, made);
  }
  return found;
}

function refuseNoneInNone(actors: Asked, roles: Asked): void {
  if (actors.none.length === 0 || roles.none.length === 0) return;
  const message = `actor=!${actors.none[0]} leaves the actor out, so role=!${roles.none[0]} can only be about others: leave out one of them`;
  throw invalidParameter('role', message);
}

/** The terms of actors, in any of the roles of one side, or in whatever role. */
function inRoles(actors: readonly Included[], roles: Asked, side: keyof Asked): QueryTerm[] {
  const asked = roles[side].map((value) => ({ value, side }));
  if (asked.length === 0) return actors.map((each) => ({ field: 'actor', ...each }));
  return actors.flatMap((each) => asked.map((role) => ({ ...each, field: 'actor-role', value: `${each.value}/${role.value}`, role })));
}

/** Maximum number of terms of the actors of a query, all together. */
const TERMS_MAX = 10_000;

function refuseTerms(terms: number): void {
  if (terms <= TERMS_MAX) return;
  const message = `actor, actorScope and role together stand for more than ${TERMS_MAX.toLocaleString('en')} combinations: ask for fewer actors, or fewer roles`;
  throw invalidParameter('actorScope', message);
}
