import type { AnsweredDate, EntryRecord, Figure, Participant } from '../api/answers.ts';
import { element, words } from '../base/element.ts';
import type { Store } from '../base/store.ts';
import { filterLink, linkList, recordLink } from './links.ts';
import { commonSections, type Fact, factList, listed, nameSection, prose } from './sections.ts';

/** The fields of an event, an agreement or a meeting. */
export function entryView(record: EntryRecord, store: Store): (HTMLElement | undefined)[] {
  return [
    heading(record),
    factList(factsOf(record, store)),
    prose(record.summary),
    listed('Participants', record.participants, (participants) => participantList(participants, store)),
    listed('Figures', record.figures, (figures) => element('ul', {}, ...figures.map((figure) => figureItem(figure, store)))),
    nameSection(record.names),
    listed('Topics', record.topics, (topics) => topicList(topics, store)),
    ...commonSections(record, store),
  ];
}

function heading(record: EntryRecord): HTMLElement {
  const facts = element('p', { class: 'facts' }, element('span', { class: `type type-${record.type}` }, words(record.kind)));
  if (record.status !== 'occurred') facts.append(' ', element('span', { class: `tag status-${record.status}` }, record.status));
  return element('div', { class: `of-${record.type}` }, element('h2', { tabindex: '-1' }, record.title), facts);
}

function factsOf(record: EntryRecord, store: Store): Fact[] {
  const facts: Fact[] = [];
  if (record.date) facts.push(['date', dateText(record.date)]);
  for (const date of record.dates ?? [])
    facts.push([words(date.role), [...dateText(date), ...(date.place ? [', ', recordLink('place', date.place, store)] : [])]]);
  if (record.startTime) {
    const until = record.endTime ? ` to ${record.endTime}` : '';
    facts.push(['time', [`${record.startTime}${until}${record.timeZone ? ` (${record.timeZone})` : ''}`]]);
  }
  const { places = [] } = record;
  if (places.length > 0) facts.push([places.length > 1 ? 'places' : 'place', linkList('place', places, store)]);
  if (record.number) facts.push(['number', [record.number.toLocaleString('en', { useGrouping: false })]]);
  const symbols = [record.symbol, ...(record.symbols ?? [])].filter((symbol) => symbol !== undefined);
  if (symbols.length > 0) facts.push(['symbol', [symbols.join(', ')]]);
  if (record.format) facts.push(['format', [words(record.format)]]);
  return facts;
}

/** The date in words, and the source's own wording where it says it differently. */
function dateText({ label, asStated, basis }: Partial<AnsweredDate>): (Node | string)[] {
  const shown = label ?? 'no date';
  const stated = asStated && asStated !== shown ? ` \u201C${asStated}\u201D` : '';
  const origin = stated + (basis === 'inferred' ? ' (inferred)' : '');
  return origin ? [shown, element('span', { class: 'quiet' }, origin)] : [shown];
}

function participantList(participants: readonly Participant[], store: Store): HTMLElement {
  const roles = [...new Set(participants.map(({ role }) => role))];
  const rows = roles.flatMap((role) => {
    const inRole = participants.filter((participant) => participant.role === role);
    const items = inRole.map((participant) => element('dd', {}, ...participantText(participant, store)));
    return [element('dt', {}, words(role))].concat(items);
  });
  return element('dl', {}, ...rows);
}

function participantText({ actor, onBehalfOf, asStated }: Participant, store: Store): (Node | string)[] {
  const behalf = onBehalfOf ? [' for ', recordLink('actor', onBehalfOf, store)] : [];
  const stated = asStated ? [element('span', { class: 'quiet' }, ` \u201C${asStated}\u201D`)] : [];
  return [recordLink('actor', actor, store), ...behalf, ...stated];
}

const QUALIFIERS: Record<string, string> = {
  exact: '',
  about: 'about ',
  estimate: 'an estimated ',
  'at-least': 'at least ',
  'at-most': 'at most ',
};

/** A unit as it follows a number: nouns whose plural is not simply an s (and USD, percent) stay as the record has them. */
function unitOf(value: number, unit: string): string {
  return value !== 1 && /^[a-z]*(?:[aeiou]y|[^sxzhy])$/.test(unit) && unit !== 'percent' ? `${unit}s` : unit;
}

const numberText = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 20 });

/** The best number, and the range where there is one: `120 (100 to 150)`. */
function rangeText({ value, low, high }: Figure): string {
  const ends = [
    low === undefined ? '' : `${value === undefined ? '' : 'from '}${numberText(low)}`,
    high === undefined ? '' : `to ${numberText(high)}`,
  ];
  const range = ends.filter((end) => end !== '').join(' ');
  if (value === undefined) return range;
  return range === '' ? numberText(value) : `${numberText(value)} (${range})`;
}

function figureItem(figure: Figure, store: Store): HTMLElement {
  const { label, unit, qualifier, attributedTo } = figure;
  const quantity = `${QUALIFIERS[qualifier] ?? `${words(qualifier)} `}${rangeText(figure)} ${unitOf(figure.value ?? figure.high ?? 0, unit)}`;
  const claimedBy = attributedTo ? [', according to ', recordLink('actor', attributedTo, store)] : [];
  return element('li', {}, `${label}: `, element('b', {}, quantity), ...claimedBy);
}

function topicList(topics: readonly string[], store: Store): HTMLElement {
  const links = topics.map((topic) => element('li', {}, filterLink(element('a', {}, words(topic)), store, { topic })));
  return element('ul', { class: 'inline' }, ...links);
}
