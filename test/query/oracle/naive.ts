import { civilOf, UNBOUNDED_END, UNBOUNDED_START } from '../../../src/domain/time/day.ts';
import { type Bounds, parseEdtf } from '../../../src/domain/time/edtf.ts';
import type { EntryFilters } from '../../../src/query/filters/parameters.ts';
import { LEVELS } from '../../../src/domain/time/levels.ts';
import type { Dated, Document, Moment, Participant } from './documents.ts';
import { calendarOf, hasGaps, matchOf } from './naive-dates.ts';
import { hasText } from './naive-text.ts';

/** A moment that answers, how surely it lies in the window, where one was asked, and through whom it is found, where the actor takes no part. */
export type Answer = Moment & { match?: 'certain' | 'possible'; via?: string[] };

type Documents = ReadonlyMap<string, Document>;
type Known = { documents: Documents; actors: readonly Document[] };
type Days = { from?: number; to?: number };

/**
 * Every moment that answers the filters, found by looking at each record: the oracle. It knows nothing of terms, levels or postings. Where records are
 * listed, one is left out by any of its moments.
 */
export function scan(documents: Documents, filters: EntryFilters, each: 'record' | 'moment' = 'moment'): Answer[] {
  const days = windowOf(filters);
  const whole = days.from === undefined && days.to === undefined;
  const actors = [...documents.values()].filter(({ type }) => type === 'actor');
  return [...documents.values()].flatMap((entry) => {
    if (!isWanted(documents, entry, filters)) return [];
    const kept = momentsOf(entry).filter((moment) => !isLeftOut({ documents, actors }, moment, filters));
    if (each === 'record' && kept.length < momentsOf(entry).length) return [];
    return kept.flatMap((answer): Answer[] => {
      const moment = { ...answer, ...viaIn(actors, answer, filters) };
      if (!isAsked({ documents, actors }, moment, filters)) return [];
      if (!isKnown(moment, filters)) return [];
      if (whole) return filters.undated === undefined || (filters.undated === 'true') === (moment.bounds === undefined) ? [moment] : [];
      const match = matchOf(moment.date, days, filters.overlap);
      return match === undefined || (filters.match === 'certain' && match === 'possible') ? [] : [{ ...moment, match }];
    });
  });
}

const known = new WeakMap<Document, Moment[]>();

/** The moments of an entry; an agreement without dates has one without a role. Each entry is read once, for a scan looks at every one. */
export function momentsOf(entry: Document): Moment[] {
  const moments = known.get(entry) ?? readMoments(entry);
  known.set(entry, moments);
  return moments;
}

function readMoments(entry: Document): Moment[] {
  const whole = entry.participants ?? [];
  const placed = (role?: string, date?: Dated, place?: string, own: Participant[] = []): Moment => ({
    entry,
    role,
    date,
    places: [...(place === undefined ? [] : [place]), ...(entry.places ?? [])],
    participants: [...whole, ...own],
    bounds: date?.edtf === undefined ? undefined : parseEdtf(date.edtf, calendarOf(date)),
  });
  if (entry.type === 'event') return [placed('date', entry.date)];
  if (entry.type === 'meeting') return [placed('date', entry.date)];
  if (entry.type !== 'agreement') return [];
  if (!entry.dates) return [placed()];
  return entry.dates.map(({ role, place, participants, ...date }) => placed(role, date, place, participants));
}

/** The first and last day that the parameters ask for. */
export function windowOf({ from, to, on }: EntryFilters): Days {
  const [first, last] = [from ?? on, to ?? on];
  return { from: first === undefined ? undefined : parseEdtf(first).startMin, to: last === undefined ? undefined : parseEdtf(last).endMax };
}

function overlap(bounds: Bounds | undefined, { from = -Infinity, to = Infinity }: Days): 'certain' | 'possible' | undefined {
  if (!bounds || bounds.startMin > to || bounds.endMax < from) return undefined;
  return bounds.startMax <= to && bounds.endMin >= from ? 'certain' : 'possible';
}

/** How the date is known: nothing without a date is. */
const isKnown = ({ date, bounds }: Moment, { basis }: EntryFilters): boolean =>
  basis === undefined || (bounds !== undefined && (date?.basis ?? 'stated') === basis);

/** The values of a parameter, without and with `!`. */
function sidesOf(asked: string | undefined): { any: string[]; none: string[] } {
  const values = asked?.split(',').map((each) => each.trim()) ?? [];
  return {
    any: values.filter((value) => !value.startsWith('!')),
    none: values.flatMap((value) => (value.startsWith('!') ? [value.slice(1).trim()] : [])),
  };
}

/** One of the values without `!`, if there are any. */
function anyOf(asked: string | undefined, has: (value: string) => boolean): boolean {
  const { any } = sidesOf(asked);
  return any.length === 0 || any.some(has);
}

const noneOf = (asked: string | undefined, has: (value: string) => boolean): boolean => !sidesOf(asked).none.some(has);

const allowed = (asked: string | undefined, has: (value: string) => boolean): boolean => anyOf(asked, has) && noneOf(asked, has);

const relates = (one: Document, other: string): boolean =>
  one.relations?.some(({ record }) => `${record.type}/${record.id}` === other) ?? false;

/** What is asked of the entry as a whole. */
function isWanted(documents: Documents, entry: Document, filters: EntryFilters): boolean {
  return (
    allowed(filters.type, (type) => entry.type === type) &&
    allowed(filters.kind, (kind) => entry.kind === kind) &&
    allowed(filters.topic, (topic) => entry.topics?.includes(topic) ?? false) &&
    allowed(filters.status, (status) => entry.status === status) &&
    allowed(filters.source, (source) => entry.citations?.some((citation) => citation.source === source) ?? false) &&
    allowed(filters.relatedTo, (other) => relates(entry, other) || relates(documents.get(other)!, `${entry.type}/${entry.id}`)) &&
    (filters.updatedSince === undefined || Date.parse(entry.updatedAt) >= Date.parse(filters.updatedSince)) &&
    (filters.q === undefined || hasText(entry, momentsOf(entry), filters.q))
  );
}

/** A participant that is one of some actors, or whoever, in one of some roles, or in whatever role. */
const takesPart = ({ participants }: Moment, actors: readonly string[] | undefined, roles: readonly string[]): boolean =>
  participants.some(
    ({ actor, onBehalfOf, role }) =>
      (actors === undefined || actors.some((each) => each === actor || each === onBehalfOf)) &&
      (roles.length === 0 || roles.includes(role)),
  );

/** One of the places of a moment is the one asked for, or lies in it. */
function isAt({ documents }: Known, { places }: Moment, asked: string): boolean {
  const around = new Set(places);
  for (const each of around) for (const whole of documents.get(`place/${each}`)!.partOf ?? []) around.add(whole);
  return around.has(asked);
}

/** What is asked of one moment. */
function isAsked(world: Known, moment: Moment, filters: EntryFilters): boolean {
  const roles = sidesOf(filters.role).any;
  const isWith = (actor: string) => takesPart(moment, inScope(world.actors, actor, filters.actorScope, moment.bounds), roles);
  return (
    anyOf(filters.moment, (asked) => moment.role === asked) &&
    anyOf(filters.place, (asked) => isAt(world, moment, asked)) &&
    (roles.length === 0 || filters.actor !== undefined || takesPart(moment, undefined, roles)) &&
    (filters.actor ?? []).every((asked) => anyOf(asked, isWith))
  );
}

/** The actors through whom a moment is found: for each value of `actor`, those of its scope, where none of the actors that are asked for takes part. */
function viaIn(actors: readonly Document[], moment: Moment, filters: EntryFilters): { via?: string[] } {
  const roles = sidesOf(filters.role).any;
  const via = (filters.actor ?? []).flatMap((asked) => {
    const { any } = sidesOf(asked);
    if (takesPart(moment, any, roles)) return [];
    const included = any.flatMap((actor) => inScope(actors, actor, filters.actorScope, moment.bounds));
    return included.filter((actor) => takesPart(moment, [actor], roles));
  });
  return via.length > 0 ? { via: [...new Set(via)].toSorted() } : {};
}

/** One thing that is left out is true of the moment. */
function isLeftOut(world: Known, moment: Moment, filters: EntryFilters): boolean {
  const roles = sidesOf(filters.role);
  const scoped = (actor: string) => inScope(world.actors, actor, filters.actorScope, moment.bounds);
  const has = ({ any, none }: ReturnType<typeof sidesOf>): boolean =>
    none.some((actor) => takesPart(moment, scoped(actor), roles.any)) ||
    (roles.none.length > 0 && any.some((actor) => takesPart(moment, scoped(actor), roles.none)));
  return (
    !noneOf(filters.moment, (asked) => moment.role === asked) ||
    !noneOf(filters.place, (asked) => isAt(world, moment, asked)) ||
    (filters.actor === undefined && roles.none.some((role) => takesPart(moment, undefined, [role]))) ||
    (filters.actor ?? []).some((asked) => has(sidesOf(asked)))
  );
}

/** Who stands for an actor at the time of a moment: it, its bodies at any depth, or its members or groups then; all of these where there is no date. */
function inScope(actors: readonly Document[], actor: string, scope: EntryFilters['actorScope'], bounds: Bounds | undefined): string[] {
  if (scope === 'parts') {
    const parts = new Set([actor]);
    for (const part of parts) for (const { id, partOf } of actors) if (partOf === part) parts.add(id);
    return [...parts];
  }
  const groupsOf = ({ memberships = [] }: Document): string[] =>
    memberships.flatMap(({ organization, period }) => {
      if (!period || !bounds) return [organization];
      const { startMin, endMax } = parseEdtf(period.edtf, calendarOf(period));
      return overlap(bounds, { from: startMin, to: endMax }) === undefined ? [] : [organization];
    });
  if (scope === 'members') return [actor, ...actors.filter((each) => groupsOf(each).includes(actor)).map(({ id }) => id)];
  if (scope === 'groups') return [actor, ...actors.filter(({ id }) => id === actor).flatMap(groupsOf)];
  return [actor];
}

/**
 * Where a moment stands on the timeline, as numbers to compare in turn. First those without a known start, by their end in steps of 16
 * days; then by earliest day, of one day the narrower level first (`LEVELS`: what spans at most so many days; dates with gaps are wider, and an open end
 * is the widest), of those on one day the one without a time of day, then the earlier time;
 * last the undated. What ties is put in order by key, which no reader can know.
 */
export function placeOf({ entry, bounds, date }: Moment): number[] {
  if (!bounds) return [2, 0, 0, 0];
  if (bounds.startMin === UNBOUNDED_START) return [0, Math.floor((bounds.endMax - UNBOUNDED_START) / 16), 0, 0];
  const level = bounds.endMax === UNBOUNDED_END ? LEVELS.length + 1 : LEVELS.findIndex((days) => bounds.endMax <= bounds.startMin + days);
  const time = level === 0 && entry.startTime !== undefined ? Number(entry.startTime.replace(':', '')) : -1;
  return [1, bounds.startMin, hasGaps(date!) ? LEVELS.length : level, time];
}

/** The month of a day: `year * 12 + month - 1`. */
export function monthOf(day: number): number {
  const { year, month } = civilOf(day);
  return year * 12 + month - 1;
}
