import { daysInMonth, isoOfDay } from '../../domain/time/day.ts';
import { AnnalsError } from '../../domain/errors.ts';
import type { Understood } from '../../model/page.ts';
import { firstUnits } from '../../domain/first-units.ts';
import { slugged } from '../../domain/slug.ts';
import { type Window, parseWindow } from '../../domain/time/window.ts';
import type { EntryFilters } from './parameters.ts';
import { modelOf } from '../../model/models.ts';
import type { EntryType, RecordType } from '../../domain/record-type.ts';
import type { Reader } from '../../storage/port.ts';
import { type NameReference, isResolved, resolve, resolveParameters } from '../../records/names.ts';
import { lookUpTerms, type Query, type Term } from '../plan/query.ts';
import { withReach, withText } from '../plan/estimate.ts';
import { countChanged } from '../access-paths/change-scan.ts';
import { bodiesOf, membersOf, placesIn } from './actor-scope.ts';

/** The query that the filters ask for, and what was understood. Throws for dates, names and texts that cannot be understood. */
export async function understand(
  reader: Reader,
  filters: EntryFilters,
  asked: { type?: EntryType; each: Query['each'] },
): Promise<{ query: Query; understood: Understood }> {
  const window = parseWindow(filters);
  const undated = undatedOf(filters, window);
  refuseIdle(filters, window);
  const type = asked.type ?? onlyType(filters);
  const { conjuncts, understood } = await conjunctsOf(reader, filters, type);
  const asking = {
    ...(await lookUpTerms(reader, conjuncts, type)),
    window,
    match: filters.match ?? 'possible',
    undated,
    each: asked.each === 'record' && type !== undefined && modelOf[type].timeline?.single ? 'moment' : asked.each,
    ...(filters.updatedSince === undefined ? {} : await changesOf(reader, filters.updatedSince)),
    ...(type === undefined ? {} : { type }),
  } as const;
  const query = await (filters.q === undefined ? withReach(reader, asking) : withText(reader, asking, filters.q));
  return {
    query,
    understood: { ...bounds(window), ...(hasWindow(window) ? { match: query.match } : {}), ...understood, ...rest(filters) },
  };
}

async function changesOf(reader: Reader, updatedSince: string): Promise<{ updatedSince: number; changes: number }> {
  const since = instant(updatedSince);
  const [[row]] = await reader.read([countChanged(since)]);
  return { updatedSince: since, changes: row![0] };
}

/** Whether there is any window. */
export const hasWindow = ({ from, to }: Window): boolean => from !== undefined || to !== undefined;

/** Milliseconds of an instant or a day; throws `invalid-request` for one that does not exist. */
export function instant(text: string): number {
  const at = Date.parse(text);
  const [year, month, day] = text.slice(0, 10).split('-').map(Number);
  // Date.parse takes 30 February for 2 March.
  if (!Number.isNaN(at) && day! <= daysInMonth(year!, month!)) return at;
  const message = `updatedSince=${text} does not exist: give an instant such as 2026-11-21T10:00:00Z`;
  throw new AnnalsError('invalid-request', message, [{ parameter: 'updatedSince', message }]);
}

function undatedOf({ undated }: EntryFilters, window: Window): Query['undated'] {
  if (!hasWindow(window)) return undated === 'true' ? 'only' : undated === 'false' ? 'without' : 'with';
  if (undated !== 'true') return 'without';
  const message = 'what has no date lies in no window: leave out undated=true, or from, to and on';
  throw new AnnalsError('invalid-request', message, [{ parameter: 'undated', message }]);
}

/** Refuses what would change nothing for want of what it belongs to. */
function refuseIdle({ match, actorScope, actor }: EntryFilters, window: Window): void {
  if (match === 'certain' && !hasWindow(window)) throw invalidParameter('match', 'match=certain is about a window: add from, to or on');
  if (actorScope !== undefined && !actor) throw invalidParameter('actorScope', `actorScope=${actorScope} is about an actor: add actor`);
}

const invalidParameter = (parameter: string, message: string): AnnalsError =>
  new AnnalsError('invalid-request', message, [{ parameter, message }]);

function onlyType({ type }: EntryFilters): EntryType | undefined {
  return type === undefined || type.includes(',') ? undefined : (type as EntryType); // @NOTE the parameter's pattern admits entry types only
}

/** Filters that name nothing but words: their field in the index. */
const WORD_FILTERS = { kind: 'kind', topic: 'topic', status: 'status', moment: 'moment' } as const;

async function conjunctsOf(
  reader: Reader,
  filters: EntryFilters,
  type: EntryType | undefined,
): Promise<{ conjuncts: Term[][]; understood: Understood }> {
  const conjuncts: Term[][] = [];
  const understood: Understood = {};
  const roles = listedWords('role', filters.role);
  if (filters.actor) {
    const actors = await actorConjuncts(reader, filters, roles);
    conjuncts.push(...actors.conjuncts);
    understood['actor'] = actors.ids;
    if (filters.actorScope && filters.actorScope !== 'self') understood['actorScope'] = filters.actorScope;
  } else if (roles.length > 0) conjuncts.push(termsOf('role', roles));
  if (roles.length > 0) understood['role'] = roles;
  for (const [filter, field] of Object.entries(WORD_FILTERS)) {
    const values = listedWords(filter, filters[filter as keyof typeof WORD_FILTERS]);
    if (values.length === 0) continue;
    conjuncts.push(termsOf(field, values));
    understood[filter] = values;
  }
  await referenceConjuncts(reader, filters, conjuncts, understood);
  const types = type === undefined ? listed('type', filters.type) : [type];
  if (types.length > 0) understood['type'] = types;
  // A type alone is answered by its own term; beside other conjuncts the tallies still count it apart.
  if (types.length > 0) conjuncts.push(termsOf('type', types));
  else if (conjuncts.length === 0) conjuncts.push(termsOf('everything', ['']));
  return { conjuncts, understood };
}

async function referenceConjuncts(reader: Reader, filters: EntryFilters, conjuncts: Term[][], understood: Understood): Promise<void> {
  if (filters.place !== undefined) {
    const found = await resolveList(reader, 'place', 'place', filters.place);
    conjuncts.push(termsOf('place', [...found, ...(await placesIn(reader, found))]));
    understood['place'] = found;
  }
  if (filters.source !== undefined) {
    const found = await resolveList(reader, 'source', 'source', filters.source);
    conjuncts.push(termsOf('source', found));
    understood['source'] = found;
  }
  if (filters.relatedTo !== undefined) {
    const called = listed('relatedTo', filters.relatedTo).map(calledTyped);
    const resolved = await resolveParameters(reader, 'relatedTo', called);
    const found = resolved.map(({ id }, index) => `${called[index]!.type}/${id}`);
    conjuncts.push(termsOf('related', found));
    understood['relatedTo'] = found;
  }
}

async function actorConjuncts(
  reader: Reader,
  { actor = [], actorScope }: EntryFilters,
  roles: string[],
): Promise<{ conjuncts: Term[][]; ids: string[] }> {
  const conjuncts: Term[][] = [];
  const ids: string[] = [];
  for (const value of actor) {
    const found = await resolveList(reader, 'actor', 'actor', value);
    if (ids.includes(found.join(','))) continue;
    ids.push(found.join(','));
    const self = found.map((id) => ({ value: id }));
    const also = actorScope === 'parts' ? await bodiesOf(reader, found) : actorScope === 'members' ? await membersOf(reader, found) : [];
    const within = distinct([...self, ...also]);
    refuseTerms(conjuncts, within.length * Math.max(1, roles.length));
    conjuncts.push(
      roles.length === 0
        ? within.map((term) => ({ field: 'actor', ...term }))
        : within.flatMap((term) => roles.map((role) => ({ ...term, field: 'actor-role', value: `${term.value}/${role}` }))),
    );
  }
  return { conjuncts, ids };
}

/** How many terms the actors of a query may stand for, all together. */
const TERMS_MAX = 10_000;

/** Throws `invalid-request` when with so many more terms there would be too many. */
function refuseTerms(conjuncts: readonly Term[][], more: number): void {
  const terms = conjuncts.reduce((sum, each) => sum + each.length, more);
  if (terms <= TERMS_MAX) return;
  const message = `actor, actorScope and role together stand for more than ${TERMS_MAX.toLocaleString('en')} combinations: ask for fewer actors, or fewer roles`;
  throw new AnnalsError('invalid-request', message, [{ parameter: 'actorScope', message }]);
}

type Scoped = { value: string; from?: number; to?: number };

/** The same without repetitions. */
function distinct(terms: Scoped[]): Scoped[] {
  return [...new Map(terms.map((term) => [JSON.stringify(term), term])).values()];
}

/** The ids of one or several names, separated by commas. A name that holds a comma itself is taken whole when it is known. */
async function resolveList(reader: Reader, parameter: string, type: RecordType, value: string): Promise<string[]> {
  if (value.includes(',')) {
    const [whole] = await resolve(reader, [{ type, value }]);
    if (isResolved(whole!)) return [whole.id];
  }
  const called = listed(parameter, value).map((name) => ({ type, value: name }));
  const found = await resolveParameters(reader, parameter, called);
  return [...new Set(found.map(({ id }) => id))];
}

/** A record given as `type/id`. Throws `invalid-request` for what is no such. */
function calledTyped(value: string): NameReference {
  const [type = '', ...name] = value.split('/');
  if (!Object.hasOwn(modelOf, type) || name.length === 0) {
    const message = `relatedTo=${firstUnits(value, 80)} names no record: give its type and id, such as agreement/tashkent-declaration-2018`;
    throw new AnnalsError('invalid-request', message, [{ parameter: 'relatedTo', message }]);
  }
  return { type: type as RecordType, value: name.join('/') }; // @NOTE checked above
}

const termsOf = (field: string, values: readonly string[]): Term[] => [...new Set(values)].map((value) => ({ field, value }));

/** How many alternatives a parameter may name: each is looked up, and each that is unknown is held against all names. */
const ALTERNATIVES_MAX = 50;

/**
 * The alternatives of a parameter, separated by commas; none when it is absent. Throws `invalid-request` when it names nothing, or more
 * than 50.
 */
export function listed(parameter: string, value: string | undefined): string[] {
  if (value === undefined) return [];
  const named = value.split(',').flatMap((part) => part.trim() || []);
  if (named.length > 0 && named.length <= ALTERNATIVES_MAX) return [...new Set(named)];
  const message =
    named.length > 0
      ? `${parameter} names ${named.length} alternatives: give at most ${ALTERNATIVES_MAX}`
      : `${parameter}=${firstUnits(value, 80)} names nothing: give a value, or leave the parameter out`;
  throw new AnnalsError('invalid-request', message, [{ parameter, message }]);
}

/** The same for kinds, topics, roles and other words: `Aral Sea` asks for `aral-sea`. */
export const listedWords = (parameter: string, value: string | undefined): string[] => [...new Set(listed(parameter, value).map(slugged))];

function bounds({ from, to }: Window): Understood {
  return { ...(from === undefined ? {} : { from: isoOfDay(from) }), ...(to === undefined ? {} : { to: isoOfDay(to) }) };
}

function rest({ q, undated, updatedSince }: EntryFilters): Understood {
  return {
    ...(q === undefined ? {} : { q }),
    ...(undated === undefined ? {} : { undated }),
    ...(updatedSince === undefined ? {} : { updatedSince }),
  };
}
