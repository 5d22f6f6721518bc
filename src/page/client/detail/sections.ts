import type { Citation, Relation } from '../api/answers.ts';
import { element, words } from '../base/element.ts';
import type { Store } from '../base/store.ts';
import { citationList } from './evidence.ts';
import { recordLink } from './links.ts';

/** A term and its value. */
export type Fact = [term: string, value: (Node | string)[]];

/** Facts as a list of terms and values; undefined where there are none. */
export function factList(facts: readonly Fact[]): HTMLElement | undefined {
  if (facts.length === 0) return undefined;
  const items = facts.flatMap(([term, value]) => [element('dt', {}, term), element('dd', {}, ...value)]);
  return element('dl', { class: 'when-where' }, ...items);
}

/** A part of the details under its heading. */
export function section(title: string, ...content: (Node | string)[]): HTMLElement {
  return element('section', {}, element('h3', {}, title), ...content);
}

/** A section of the items that a record has; undefined where it has none. */
export function listed<T>(
  title: string,
  items: readonly T[] | undefined,
  content: (items: readonly T[]) => HTMLElement,
): HTMLElement | undefined {
  return items && items.length > 0 ? section(title, content(items)) : undefined;
}

/** A list of items, each of a few nodes. */
export function itemList(items: readonly (Node | string)[][]): HTMLElement {
  return element('ul', {}, ...items.map((item) => element('li', {}, ...item)));
}

/** A text in sentences; undefined where there is none. */
export function prose(text: string | undefined): HTMLElement | undefined {
  return text === undefined ? undefined : element('p', { class: 'prose' }, text);
}

/** The sections that every record may have: its note, its relations, and the evidence. */
export function commonSections(
  { note, relations, citations }: { note?: string; relations?: Relation[]; citations?: Citation[] },
  store: Store,
): (HTMLElement | undefined)[] {
  return [
    note === undefined ? undefined : section('Note', element('p', { class: 'prose' }, note)),
    listed('Related', relations, (all) =>
      itemList(all.map(({ type, record }) => [`${words(type)} `, recordLink(record.type, record.id, store)])),
    ),
    listed('Evidence', citations, (all) => citationList(all, store)),
  ];
}
