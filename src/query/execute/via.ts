import { groupsOf } from '../../domain/groups.ts';
import { UNDATED_DAY } from '../../domain/time/levels.ts';
import type { DateRow } from '../../domain/time/window.ts';
import { offloadIf, type Reader, type Statement } from '../../storage/port.ts';
import { dialect } from '../../storage/dialect.ts';
import { LIGHT_NAMED_TERMS_MAX } from '../plan/costs.ts';
import { isScoped } from '../plan/plan.ts';
import type { Conjunct, KnownTerm, Plan } from '../plan/query.ts';

/** A moment that matches a plan, by its key. */
type Found = { record: number; moment: number; date: DateRow; document: Buffer };

/**
 * The actors through which each moment matches: included by a scope where the actor that is asked for does not take part itself. None for a moment in
 * which it does. The participations are read, since few actors stand in an entry and a scope may include thousands.
 */
export async function viaOf(reader: Reader, plan: Plan, found: readonly Found[]): Promise<string[][]> {
  const scoped = plan.conjuncts.filter(isScoped);
  const rows = plan.type === 'actor' ? found.flatMap(partsOfItem) : (await reader.read([participationsIn(scoped, found)]))[0];
  const termsAt = groupsOf(rows, ([ordinal]) => ordinal);
  return found.map((moment, ordinal) => {
    const taken = new Set((termsAt.get(ordinal) ?? []).flatMap(termsOf));
    const matching = scoped.map(({ terms }) => terms.filter((term) => taken.has(`${term.field}/${term.value}`) && isThen(term, moment)));
    const through = matching.filter((terms) => terms.every(({ via }) => via !== undefined)).flat();
    return [...new Set(through.flatMap(({ via = [] }) => via))].toSorted();
  });
}

type ParticipationRow = [ordinal: number, actor: string, principal: string | null, role: string];

/** The terms of a participation, as `index/entry.ts` makes them. */
const termsOf = ([, actor, principal, role]: ParticipationRow): string[] =>
  [actor, principal].flatMap((id) => (id === null ? [] : [`actor/${id}`, `actor-role/${id}/${role}`]));

/** The actors of a moment in the life of an actor, as its item on the timeline names them. */
function partsOfItem({ document }: Found, ordinal: number): ParticipationRow[] {
  const { entry, role = '', organization, onBehalfOf } = JSON.parse(document.toString('utf8')) as LifeItem; // @NOTE `renderMoment` made it
  return [entry.id, organization].flatMap((id) =>
    id === undefined ? [] : [[ordinal, id, onBehalfOf ?? null, role] satisfies ParticipationRow],
  );
}

type LifeItem = { entry: { id: string }; role?: string; organization?: string; onBehalfOf?: string };

/** A moment may lie in the days of a term; one without a date always does. */
const isThen = ({ from = -Infinity, to = Infinity }: KnownTerm, { date: [startMin, , , endMax] }: Found): boolean =>
  startMin === UNDATED_DAY || (startMin <= to && endMax >= from);

/** Reads the participations of the actors of some terms in each of some moments, by its ordinal. */
function participationsIn(scoped: readonly Conjunct[], found: readonly Found[]): Statement<ParticipationRow> {
  const terms = scoped.flatMap((conjunct) => conjunct.terms);
  const actors = [...new Set(terms.map(({ value }) => value.split('/')[0]!))];
  return {
    sql: `WITH asked (key) AS MATERIALIZED (SELECT r.id FROM ${dialect.elements('j', ':actors')} CROSS JOIN records r ON r.type = 'actor' AND r.slug = ${dialect.value('j', 'text')})
      SELECT ${dialect.ordinal('h')}, a.slug, b.slug, p.role FROM ${dialect.elements('h', ':found')}
        CROSS JOIN participations p ON p.record_id = ${dialect.column('h', 0, 'integer')}
          AND (p.moment_id IS NULL OR p.moment_id = ${dialect.column('h', 1, 'integer')})
          AND (p.actor_id IN (SELECT key FROM asked) OR p.on_behalf_of_id IN (SELECT key FROM asked))
        CROSS JOIN records a ON a.id = p.actor_id LEFT JOIN records b ON b.id = p.on_behalf_of_id`,
    params: [{ actors: JSON.stringify(actors), found: JSON.stringify(found.map(({ record, moment }) => [record, moment])) }],
    ...offloadIf(terms.length > LIGHT_NAMED_TERMS_MAX),
  };
}
