import { ENTRY_TYPES } from '../../../domain/record-type.ts';
import type { Relation } from '../api/answers.ts';
import { element } from '../base/element.ts';
import { recordAddress, showName } from '../api/names.ts';
import { EMPTY, followable, type State, type Store } from '../base/state.ts';

/** A link to everything under one filter, in the window and with the entry that are on the screen. */
export function filterLink(link: HTMLAnchorElement, store: Store, filter: Partial<State>): HTMLAnchorElement {
  return followable(link, store, () => {
    const { from, to, entry } = store.current();
    return { ...EMPTY, from, to, entry, ...filter };
  });
}

/** A link that filters by an actor, under its name. */
export function actorLink(id: string, store: Store): HTMLAnchorElement {
  return filterLink(showName(element('a'), 'actor', id), store, { actors: [id] });
}

/** A link that filters by a place, under its name. */
export function placeLink(id: string, store: Store): HTMLAnchorElement {
  return filterLink(showName(element('a'), 'place', id), store, { place: id });
}

/** A link to a related record: an entry opens, an actor or a place filters, a source is its JSON. */
export function relatedLink({ type, id }: Relation['record'], store: Store): HTMLAnchorElement {
  const link = showName(element('a'), type, id);
  if (ENTRY_TYPES.some((entry) => entry === type)) return followable(link, store, () => ({ entry: `${type}/${id}` }));
  if (type === 'actor') return filterLink(link, store, { actors: [id] });
  if (type === 'place') return filterLink(link, store, { place: id });
  link.href = recordAddress(type, id);
  return link;
}
