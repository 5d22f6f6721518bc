import type {
  ActorDate,
  ActorRecord,
  CodeRecord,
  Counterpart,
  Membership,
  PlaceRecord,
  SourceRecord,
  TimelinePage,
} from '../api/answers.ts';
import { apiAddress, getJson } from '../api/api.ts';
import { recordAddress, rememberName } from '../api/names.ts';
import { counted, element, webLink, words } from '../base/element.ts';
import { followable, type Store } from '../base/store.ts';
import { citationList } from './evidence.ts';
import { filterLink, linkList, recordLink } from './links.ts';
import { paragraphToggle, whereToRead } from './paragraph.ts';
import { commonSections, type Fact, factList, itemList, listed, nameSection, prose, section } from './sections.ts';

const LISTED = '10'; // entries or counterparts

/** The fields of a source, and what cites it. */
export async function sourceView(record: SourceRecord, store: Store, signal: AbortSignal): Promise<(HTMLElement | undefined)[]> {
  const parameters = new URLSearchParams({ source: record.id, limit: LISTED });
  const citing = await getJson<TimelinePage>(apiAddress('v1/timeline', parameters), signal);
  const published = record.published?.label;
  return [
    heading(record.title, record.kind),
    factList([
      ...fact('authors', record.authors?.join(', ')),
      ...fact('editors', record.editors?.join(', ')),
      ...fact('journal', record.journal),
      ...fact('volume', record.volume),
      ...fact('issue', record.issue),
      ...fact('pages', record.pages),
      ...fact('publisher', record.publisher),
      ...fact('published', published),
      ...fact('symbol', record.symbol),
      ...fact('language', record.language),
      ...fact('licence', record.license),
      ...(record.url ? [['address', [webLink(record.url, record.url)]] satisfies Fact] : []),
    ]),
    prose(record.summary),
    nameSection(record.names),
    section(
      'Text',
      record.paragraphs === undefined
        ? whereToRead(record.id)
        : paragraphToggle({ source: record.id, number: 1, name: 'the first paragraph' }),
    ),
    listed('Entries that cite it', citing.items, (moments) =>
      itemList(
        moments.map(({ date, entry }) => {
          const link = followable(element('a', {}, entry.title), store, () => ({ entry: `${entry.type}/${entry.id}` }));
          return [link, element('span', { class: 'quiet' }, ` ${date?.label ?? 'no date'}`)];
        }),
      ),
    ),
    citing.total === 0
      ? undefined
      : onTimeline(citing.total === undefined ? 'All' : `All ${counted(citing.total, 'moment')}`, { source: record.id }, store),
    ...commonSections(record, store),
  ];
}

/** The fields of an actor, and the actors that share most entries with it. */
export async function actorView(record: ActorRecord, store: Store, signal: AbortSignal): Promise<(HTMLElement | undefined)[]> {
  const address = `${recordAddress('actor', record.id)}/counterparts`;
  const { items } = await getJson<{ items: Counterpart[] }>(apiAddress(address, new URLSearchParams({ limit: LISTED })), signal);
  return [
    heading(record.name, record.kind),
    onTimeline('Show', { actors: [record.id] }, store),
    prose(record.description),
    nameSection(record.names),
    factList(record.partOf ? [['part of', [recordLink('actor', record.partOf, store)]]] : []),
    factList((record.dates ?? []).map((date) => dateFact(date, store))),
    listed('Memberships', record.memberships, (all) => itemList(all.map((membership) => membershipText(membership, store)))),
    listed('Most often with', items, (all) => itemList(all.map((counterpart) => counterpartText(counterpart, store)))),
    ...commonSections(record, store),
  ];
}

/** The fields of a place. */
export function placeView(record: PlaceRecord, store: Store): (HTMLElement | undefined)[] {
  const { partOf = [], coordinates } = record;
  return [
    heading(record.name, record.kind),
    onTimeline('Show', { place: record.id }, store),
    factList([
      ...(partOf.length > 0 ? [['in', linkList('place', partOf, store)] satisfies Fact] : []),
      ...fact('coordinates', coordinates && `${coordinates.latitude}, ${coordinates.longitude}`),
    ]),
    nameSection(record.names),
    ...commonSections(record, store),
  ];
}

/** The fields of a code. */
export function codeView(record: CodeRecord, store: Store): (HTMLElement | undefined)[] {
  const { vocabulary, slug, label, definition, names } = record;
  const isFilter = vocabulary === 'kind' || vocabulary === 'topic';
  return [
    heading(label, vocabulary),
    isFilter ? onTimeline('Show', { [vocabulary]: slug }, store) : undefined,
    prose(definition),
    nameSection(names),
    ...commonSections({ ...record, kind: vocabulary }, store),
  ];
}

function heading(title: string, kind: string): HTMLElement {
  return element('div', {}, element('h2', { tabindex: '-1' }, title), element('p', { class: 'facts' }, words(kind)));
}

const fact = (term: string, value: string | undefined): Fact[] => (value === undefined || value === '' ? [] : [[term, [value]]]);

function onTimeline(text: string, filter: Parameters<typeof filterLink>[2], store: Store): HTMLElement {
  return element('p', { class: 'on-timeline' }, filterLink(element('a', {}, `${text} on the timeline`), store, filter));
}

/** A date of an actor: its role, and when and where it was. */
const dateFact = ({ role, label, place }: ActorDate, store: Store): Fact => [
  words(role),
  [label ?? 'no date', ...(place === undefined ? [] : [', ', recordLink('place', place, store)])],
];

function membershipText({ organization, role, onBehalfOf, period, citations = [] }: Membership, store: Store): (Node | string)[] {
  const facts = [words(role ?? 'member'), period?.label].filter(Boolean).join(', ');
  return [
    recordLink('actor', organization, store),
    element('span', { class: 'quiet' }, ` ${facts}`),
    ...(onBehalfOf === undefined ? [] : [element('span', { class: 'quiet' }, ' for '), recordLink('actor', onBehalfOf, store)]),
    ...(citations.length === 0 ? [] : [citationList(citations, store)]),
  ];
}

function counterpartText({ actor, entries, first, last }: Counterpart, store: Store): (Node | string)[] {
  rememberName('actor', actor.id, actor.name);
  const years = [...new Set([first, last].map((day) => day?.replace(/-\d\d-\d\d$/, '')))].filter(Boolean).join(' to ');
  const count = `${entries.toLocaleString('en')} ${entries === 1 ? 'entry' : 'entries'}`;
  return [recordLink('actor', actor.id, store), element('span', { class: 'quiet' }, ` ${[count, years].filter(Boolean).join(', ')}`)];
}
