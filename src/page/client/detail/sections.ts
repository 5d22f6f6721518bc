import type { Common, Link, Name } from '../api/answers.ts';
import { element, webLink, words } from '../base/element.ts';
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

/** The names of a record besides its title. */
export function nameSection(names: readonly Name[] | undefined): HTMLElement | undefined {
  return listed('Names', names, (all) =>
    itemList(
      all.map(({ name, language, kind, period, attested }) => [
        element('span', { lang: language }, name),
        element(
          'span',
          { class: 'quiet' },
          ` ${[kind, language, period?.label, attested === false && 'in no document here'].filter(Boolean).join(', ')}`,
        ),
      ]),
    ),
  );
}

/** The sections that every record may have: attributes, identifiers, links, its note, its relations, and the evidence. */
export function commonSections(record: Common, store: Store): (HTMLElement | undefined)[] {
  const { attributes = {}, identifiers, links, note, relations, citations } = record;
  const facts = Object.entries(attributes).map(([key, value]): Fact => [key, [[value].flat().join(', ')]]);
  return [
    listed('Attributes', facts, (all) => element('div', {}, factList(all) ?? '')),
    listed('Identifiers', identifiers, (all) =>
      itemList(all.map(({ scheme, value, match }) => [`${scheme} ${value}${match === 'close' ? ' (close)' : ''}`])),
    ),
    listed('Links', links, (all) => itemList(all.map(linkText))),
    note === undefined ? undefined : section('Note', element('p', { class: 'prose' }, note)),
    listed('Related', relations, (all) =>
      itemList(all.map(({ type, record: to }) => [`${words(type)} `, recordLink(to.type, to.id, store)])),
    ),
    listed('Evidence', citations, (all) => citationList(all, store)),
  ];
}

function linkText({ url, title, kind, credit, license }: Link): (Node | string)[] {
  const rest = [kind && words(kind), credit, license].filter(Boolean).join(', ');
  return [webLink(url, title ?? url), element('span', { class: 'quiet' }, rest === '' ? '' : ` ${rest}`)];
}
