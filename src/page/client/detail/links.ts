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

/** Links that open some records of a type, with commas between them. */
export const linkList = (type: string, ids: readonly string[], store: Store): (Node | string)[] =>
  ids.flatMap((id, index) => [...(index > 0 ? [', '] : []), recordLink(type, id, store)]);

/** A link that opens a record, under its name. */
export function recordLink(type: string, id: string, store: Store): HTMLAnchorElement {
  return followable(showName(element('a'), type, id), store, () => ({ entry: `${type}/${id}` }));
}
