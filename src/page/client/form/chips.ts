import { byId, element, words } from '../base/element.ts';
import { showName } from '../api/names.ts';
import { type State, valuesOf, withoutValue } from '../base/state.ts';
import { followable, type Store } from '../base/store.ts';

const FILTERS = ['place', 'topic', 'kind', 'source'] as const;

/** The filters in use, each with a button that takes it away. Those of one list are joined by "or". */
export function chipsOf(state: State, store: Store): HTMLLIElement[] {
  const actors = state.actors.map((actor) =>
    chip('actor', 'actor', nameOf('actor', actor, store), () => store.go({ actors: state.actors.filter((other) => other !== actor) })),
  );
  const others = FILTERS.flatMap((filter) =>
    valuesOf(state[filter]).map((value, index) => {
      const shown = filter === 'place' || filter === 'source' ? nameOf(filter, value, store) : element('b', {}, words(value));
      return chip(filter, index === 0 ? filter : 'or', shown, () => store.go({ [filter]: withoutValue(state[filter], value) }));
    }),
  );
  return [...actors, ...others];
}

const ID = /^[a-z0-9-]{1,80}$/;

/** The name of a record that is filtered by, which leads to the record where its id is written. */
function nameOf(type: string, value: string, store: Store): HTMLElement {
  if (!ID.test(value)) return showName(element('b'), type, value);
  return element(
    'b',
    {},
    followable(showName(element('a'), type, value), store, () => ({ entry: `${type}/${value}` })),
  );
}

let chips = 0;

function chip(parameter: string, label: string, value: HTMLElement, remove: () => void): HTMLLIElement {
  const id = `chip-${(chips += 1)}`;
  const button = element(
    'button',
    {
      type: 'button',
      id: `${id}-remove`,
      title: 'Remove this filter',
      'aria-label': 'Remove the filter',
      'aria-labelledby': `${id}-remove ${id}`,
    },
    '\u00D7',
  );
  button.addEventListener('click', () => {
    remove();
    byId(parameter === 'source' ? 'q' : parameter, HTMLInputElement).focus();
  });
  value.id = id;
  return element('li', { class: 'chip' }, element('span', {}, `${label} `), value, button);
}
