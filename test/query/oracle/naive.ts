import { civilOf, UNBOUNDED_END, UNBOUNDED_START } from '../../../src/domain/time/day.ts';
import { type Bounds, parseEdtf } from '../../../src/domain/time/edtf.ts';
import type { EntryFilters } from '../../../src/query/filters/parameters.ts';
import { LEVELS } from '../../../src/domain/time/levels.ts';
import type { Dated, Document, Moment, Participant } from './documents.ts';
import { hasGaps, matchOf } from './naive-dates.ts';
import { hasText } from './naive-text.ts';

/** A moment that answers, and how surely it lies in the window, where one was asked. */
export type Answer = Moment & { match?: 'certain' | 'possible' };

type Documents = ReadonlyMap<string, Document>;
type Known = { documents: Documents; actors: readonly Document[] };
type Days = { from?: number; to?: number };

/** Every moment that answers the filters, found by looking at each record: the oracle. It knows nothing of terms, levels or postings. */
export function scan(documents: Documents, filters: EntryFilters): Answer[] {
  const days = windowOf(filters);
  const whole = days.from === undefined && days.to === undefined;
  const actors = [...documents.values()].filter(({ type }) => type === 'actor');
  return [...documents.values()].flatMap((entry) => {
    if (!isWanted(documents, entry, filters)) return [];
    return momentsOf(entry).flatMap((moment): Answer[] => {
      if (!isAsked({ documents, actors }, moment, filters)) return [];
      if (!isKnown(moment, filters)) return [];
      if (whole) return filters.undated === undefined || (filters.undated === 'true') === (moment.bounds === undefined) ? [moment] : [];
      const match = matchOf(moment.date?.edtf, days, filters.overlap);
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
  const placed = (role: string | undefined, date: Dated | undefined, place: string | undefined, own: Participant[] = []): Moment => ({
    entry,
    role,
    date,
    place,
    participants: [...whole, ...own],
    bounds: date?.edtf === undefined ? undefined : parseEdtf(date.edtf),
  });
  if (entry.type === 'event') return [placed('date', entry.date, entry.place)];
  if (entry.type === 'meeting') return [placed('date', entry.date, entry.place)];
  if (entry.type !== 'agreement') return [];
  if (!entry.dates) return [placed(undefined, undefined, undefined)];
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

const anyOf = (asked: string | undefined, has: (value: string) => boolean): boolean => asked === undefined || asked.split(',').some(has);

const relates = (one: Document, other: string): boolean =>
  one.relations?.some(({ record }) => `${record.type}/${record.id}` === other) ?? false;

/** What is asked of the entry as a whole. */
function isWanted(documents: Documents, entry: Document, filters: EntryFilters): boolean {
  return (
    anyOf(filters.type, (type) => entry.type === type) &&
    anyOf(filters.kind, (kind) => entry.kind === kind) &&
    anyOf(filters.topic, (topic) => entry.topics?.includes(topic) ?? false) &&
    anyOf(filters.status, (status) => entry.status === status) &&
    anyOf(filters.source, (source) => entry.citations?.some((citation) => citation.source === source) ?? false) &&
    anyOf(filters.relatedTo, (other) => relates(entry, other) || relates(documents.get(other)!, `${entry.type}/${entry.id}`)) &&
    (filters.updatedSince === undefined || Date.parse(entry.updatedAt) >= Date.parse(filters.updatedSince)) &&
    (filters.q === undefined || hasText(entry, momentsOf(entry), filters.q))
  );
}

/** What is asked of one moment. */
function isAsked({ documents, actors }: Known, { role, place, participants, bounds }: Moment, filters: EntryFilters): boolean {
  const takesPart = (actor: string | undefined) =>
    participants.some(
      (each) =>
        (actor === undefined || each.actor === actor || each.onBehalfOf === actor) && anyOf(filters.role, (asked) => each.role === asked),
    );
  const countryOf = (id: string | undefined) => (id === undefined ? undefined : documents.get(`place/${id}`)!.country);
  return (
    anyOf(filters.moment, (asked) => role === asked) &&
    anyOf(filters.place, (asked) => place === asked || countryOf(place) === asked) &&
    (filters.role === undefined || filters.actor !== undefined || takesPart(undefined)) &&
    (filters.actor ?? []).every((asked) =>
      asked.split(',').some((actor) => inScope(actors, actor, filters.actorScope, bounds).some((each) => takesPart(each))),
    )
  );
}

/** Who stands for an actor at the time of a moment: it, its bodies at any depth, or its members then; all members where there is no date. */
function inScope(actors: readonly Document[], actor: string, scope: EntryFilters['actorScope'], bounds: Bounds | undefined): string[] {
  if (scope === 'parts') {
    const parts = new Set([actor]);
    for (const part of parts) for (const { id, partOf } of actors) if (partOf === part) parts.add(id);
    return [...parts];
  }
  if (scope !== 'members') return [actor];
  const isMember = ({ memberships = [] }: Document) =>
    memberships.some(({ organization, period }) => {
      if (organization !== actor) return false;
      if (!period || !bounds) return true;
      const { startMin, endMax } = parseEdtf(period.edtf);
      return overlap(bounds, { from: startMin, to: endMax }) !== undefined;
    });
  return [actor, ...actors.filter(isMember).map(({ id }) => id)];
}

/**
 * Where a moment stands on the timeline, as numbers to compare in turn. First those without a known start, by their end in steps of 16
 * days; then by earliest day, of one day the narrower level first (`LEVELS`: what spans at most so many days; dates with gaps are wider, and an open end
 * is the widest);
 * last the undated. What ties is put in order by key, which no reader can know.
 */
export function placeOf({ bounds, date }: Moment): number[] {
  if (!bounds) return [2, 0, 0];
  if (bounds.startMin === UNBOUNDED_START) return [0, Math.floor((bounds.endMax - UNBOUNDED_START) / 16), 0];
  const level = bounds.endMax === UNBOUNDED_END ? LEVELS.length + 1 : LEVELS.findIndex((days) => bounds.endMax <= bounds.startMin + days);
  return [1, bounds.startMin, hasGaps(date!.edtf!) ? LEVELS.length : level];
}

/** The month of a day: `year * 12 + month - 1`. */
export function monthOf(day: number): number {
  const { year, month } = civilOf(day);
  return year * 12 + month - 1;
}
