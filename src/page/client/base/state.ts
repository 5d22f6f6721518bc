/** The state of the page, all of it in its address: the filters, under the API's own parameter names, and the chosen entry as `type/id`. */
export type State = {
  q: string;
  actors: string[];
  from: string;
  to: string;
  type: string;
  kind: string;
  topic: string;
  place: string;
  entry: string;
};

export const EMPTY: State = { q: '', actors: [], from: '', to: '', type: '', kind: '', topic: '', place: '', entry: '' };

const SINGLE = ['q', 'from', 'to', 'type', 'kind', 'topic', 'place', 'entry'] as const;

/** The state that an address says, `search` with or without its question mark. Parameters that mean nothing here are dropped. */
export function readState(search: string): State {
  const parameters = new URLSearchParams(search);
  const state = { ...EMPTY, actors: parameters.getAll('actor').filter(Boolean) };
  for (const name of SINGLE) state[name] = parameters.get(name)?.trim() ?? '';
  return state;
}

/** The address that says this state, relative to the page. */
export function addressOf(state: State): string {
  const parameters = filtersOf(state);
  for (const name of ['from', 'to', 'entry'] as const) if (state[name]) parameters.set(name, state[name]);
  return `?${parameters}`;
}

/** The API parameters of a state, less its window. */
export function filtersOf(state: State): URLSearchParams {
  const parameters = new URLSearchParams(state.actors.map((actor) => ['actor', actor]));
  for (const name of ['q', 'type', 'kind', 'topic', 'place'] as const) if (state[name]) parameters.set(name, state[name]);
  return parameters;
}

/** The API parameters of a state. */
export function questionOf(state: State): URLSearchParams {
  const parameters = filtersOf(state);
  for (const name of ['from', 'to'] as const) if (state[name]) parameters.set(name, state[name]);
  return parameters;
}

/** The state kept in the address bar: `go` changes it and adds a step to the history; `onChange` hears that, and the back button. */
export type Store = { current(): State; go(change: Partial<State>): void; onChange(listener: (state: State) => void): void };

export function createStore(): Store {
  let state = readState(location.search);
  const listeners: ((state: State) => void)[] = [];
  const enter = (next: State) => {
    state = next;
    for (const listener of listeners) listener(state);
  };
  window.addEventListener('popstate', () => enter(readState(location.search)));
  return {
    current: () => state,
    go(change) {
      const next = { ...state, ...change };
      if (addressOf(next) === addressOf(state)) return;
      history.pushState(null, '', addressOf(next) === '?' ? location.pathname : addressOf(next));
      enter(next);
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

/** A link that leads to another state: an ordinary link, to be opened in a new tab too, that this page follows without loading anew. */
export function followable(link: HTMLAnchorElement, store: Store, change: () => Partial<State>): HTMLAnchorElement {
  link.href = addressOf({ ...store.current(), ...change() });
  link.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    store.go(change());
  });
  return link;
}
