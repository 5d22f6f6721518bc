import { element } from '../base/element.ts';
import { showName } from '../api/names.ts';
import { EMPTY, type State } from '../base/state.ts';
import { followable, type Store } from '../base/store.ts';

/** A link to everything under one filter, in the window and with the record that are on the screen. */
export function filterLink(link: HTMLAnchorElement, store: Store, filter: Partial<State>): HTMLAnchorElement {
  return followable(link, store, () => {
    const { from, to, entry } = store.current();
    return { ...EMPTY, from, to, entry, ...filter };
  });
}

/** A link that opens a record, under its name. */
export function recordLink(type: string, id: string, store: Store): HTMLAnchorElement {
  return followable(showName(element('a'), type, id), store, () => ({ entry: `${type}/${id}` }));
}
