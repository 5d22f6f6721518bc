import type { AnsweredDate, EntryRecord, Figure, Participant, Relation } from '../api/answers.ts';
import { getJson } from '../api/api.ts';
import { element, words } from '../base/element.ts';
import { citationList, section } from './evidence.ts';
import { actorLink, filterLink, placeLink, relatedLink } from './links.ts';
import { recordAddress } from '../api/names.ts';
import type { Store } from '../base/state.ts';

const ENTRY_KEY = /^(event|agreement|meeting)\/([a-z0-9-]{1,80})$/;

/** All fields of an entry's record, as elements. `entry` is `type/id`. Throws a `Problem`; undefined if that is no entry's key. */
export async function detailOf(entry: string, store: Store, signal: AbortSignal): Promise<HTMLElement[] | undefined> {
  const [, type, id] = ENTRY_KEY.exec(entry) ?? [];
  if (type === undefined || id === undefined) return undefined;
  const address = recordAddress(type, id);
  const record = await getJson<EntryRecord>(address, signal);
  return [
    heading(record),
    ...bodyOf(record, store),
    element('p', { class: 'json' }, element('a', { href: address }, 'This record as JSON')),
  ];
}

function heading(record: EntryRecord): HTMLElement {
  const facts = element('p', { class: 'facts' }, element('span', { class: `type type-${record.type}` }, words(record.kind)));
  if (record.status !== 'occurred') facts.append(' ', element('span', { class: `tag status-${record.status}` }, record.status));
  return element('div', { class: `of-${record.type}` }, element('h2', { tabindex: '-1' }, record.title), facts);
}

function bodyOf(record: EntryRecord, store: Store): HTMLElement[] {
  const parts = [
    element('dl', { class: 'when-where' }, ...factsOf(record, store)),
    record.summary && element('p', { class: 'prose' }, record.summary),
    record.participants && section('Participants', participantList(record.participants, store)),
    record.figures && section('Figures', element('ul', {}, ...record.figures.map((figure) => figureItem(figure, store)))),
    record.note && section('Note', element('p', { class: 'prose' }, record.note)),
    record.relations && section('Related', element('ul', {}, ...record.relations.map((relation) => relationItem(relation, store)))),
    record.topics && section('Topics', topicList(record.topics, store)),
    record.citations && section('Evidence', citationList(record.citations, store)),
  ];
  return parts.filter((part) => part instanceof HTMLElement);
}

function factsOf(record: EntryRecord, store: Store): HTMLElement[] {
  const facts: [string, (Node | string)[]][] = [];
  if (record.date) facts.push(['date', dateText(record.date)]);
  for (const date of record.dates ?? [])
    facts.push([words(date.role), [...dateText(date), ...(date.place ? [', ', placeLink(date.place, store)] : [])]]);
  if (record.startTime) {
    const until = record.endTime ? ` to ${record.endTime}` : '';
    facts.push(['time', [`${record.startTime}${until}${record.timeZone ? ` (${record.timeZone})` : ''}`]]);
  }
  if (record.place) facts.push(['place', [placeLink(record.place, store)]]);
  if (record.number) facts.push(['number', [record.number.toLocaleString('en', { useGrouping: false })]]);
  const symbols = [record.symbol, ...(record.symbols ?? [])].filter((symbol) => symbol !== undefined);
  if (symbols.length > 0) facts.push(['symbol', [symbols.join(', ')]]);
  if (record.format) facts.push(['format', [words(record.format)]]);
  return facts.flatMap(([term, value]) => [element('dt', {}, term), element('dd', {}, ...value)]);
}

/** The date in words, and the source's own wording where it says it differently. */
function dateText({ label, asStated, basis }: Partial<AnsweredDate>): (Node | string)[] {
  const shown = label ?? 'no date';
  const stated = asStated && asStated !== shown ? ` \u201C${asStated}\u201D` : '';
  const origin = stated + (basis === 'inferred' ? ' (inferred)' : '');
  return origin ? [shown, element('span', { class: 'quiet' }, origin)] : [shown];
}

function participantList(participants: Participant[], store: Store): HTMLElement {
  const roles = [...new Set(participants.map(({ role }) => role))];
  const rows = roles.flatMap((role) => {
    const inRole = participants.filter((participant) => participant.role === role);
    const items = inRole.map((participant) => element('dd', {}, ...participantText(participant, store)));
    return [element('dt', {}, words(role))].concat(items);
  });
  return element('dl', {}, ...rows);
}

function participantText({ actor, onBehalfOf, asStated }: Participant, store: Store): (Node | string)[] {
  const behalf = onBehalfOf ? [' for ', actorLink(onBehalfOf, store)] : [];
  const stated = asStated ? [element('span', { class: 'quiet' }, ` \u201C${asStated}\u201D`)] : [];
  return [actorLink(actor, store), ...behalf, ...stated];
}

const QUALIFIERS: Record<string, string> = { exact: '', about: 'about ', 'at-least': 'at least ', 'at-most': 'at most ' };

/** A unit as it follows a number: nouns whose plural is not simply an s (and USD, percent) stay as the record has them. */
function unitOf(value: number, unit: string): string {
  return value !== 1 && /^[a-z]*(?:[aeiou]y|[^sxzhy])$/.test(unit) && unit !== 'percent' ? `${unit}s` : unit;
}

function figureItem({ label, value, unit, qualifier, attributedTo }: Figure, store: Store): HTMLElement {
  const quantity = `${QUALIFIERS[qualifier] ?? `${words(qualifier)} `}${value.toLocaleString('en', { maximumFractionDigits: 20 })} ${unitOf(value, unit)}`;
  const claimedBy = attributedTo ? [', according to ', actorLink(attributedTo, store)] : [];
  return element('li', {}, `${label}: `, element('b', {}, quantity), ...claimedBy);
}

function relationItem({ type, record }: Relation, store: Store): HTMLElement {
  return element('li', {}, `${words(type)} `, relatedLink(record, store));
}

function topicList(topics: string[], store: Store): HTMLElement {
  const links = topics.map((topic) => element('li', {}, filterLink(element('a', {}, words(topic)), store, { topic })));
  return element('ul', { class: 'inline' }, ...links);
}
