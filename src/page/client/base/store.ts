import { addressOf, readState, type State } from './state.ts';

/** The state kept in the address bar. */
export type Store = {
  current(): State;
  /** Changes the state and adds a step to the history. */
  go(change: Partial<State>): void;
  /** Changes the state while something is being typed: all such changes in a row are one step of the history. */
  refine(change: Partial<State>): void;
  /** Changes the state when what was being typed is done: that takes the place of the step of `refine`, if there is one. */
  finish(change: Partial<State>): void;
  /** Hears every change, and the back button. */
  onChange(listener: (state: State) => void): void;
};

/** The mark of a step of the history that typing made. */
const TYPING = 'typing';

export function createStore(): Store {
  let state = readState(location.search);
  const listeners: ((state: State) => void)[] = [];
  const enter = (next: State) => {
    state = next;
    for (const listener of listeners) listener(state);
  };
  const step = (change: Partial<State>, mark: typeof TYPING | null, how: 'pushState' | 'replaceState') => {
    const next = { ...state, ...change };
    const isSame = addressOf(next) === addressOf(state);
    if (isSame && history.state === mark) return;
    const address = addressOf(next) === '?' ? location.pathname : addressOf(next);
    history[isSame ? 'replaceState' : how](mark, '', address);
    if (!isSame) enter(next);
  };
  window.addEventListener('popstate', () => enter(readState(location.search)));
  return {
    current: () => state,
    go: (change) => step(change, null, 'pushState'),
    refine: (change) => step(change, TYPING, afterTyping()),
    finish: (change) => step(change, null, afterTyping()),
    onChange: (listener) => void listeners.push(listener),
  };
}

/** A step of typing is replaced by the next change of what is typed. */
const afterTyping = () => (history.state === TYPING ? 'replaceState' : 'pushState');

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
