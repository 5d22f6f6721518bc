import { withWordReplaced } from '../text/typed.ts';

/** The state of the page, all of it in its address: the filters, under the API's own parameter names, and the chosen record as `type/id`. */
export type State = {
  q: string;
  actors: string[];
  from: string;
  to: string;
  type: string;
  kind: string;
  topic: string;
  place: string;
  source: string;
  entry: string;
};

export const EMPTY: State = { q: '', actors: [], from: '', to: '', type: '', kind: '', topic: '', place: '', source: '', entry: '' };

const FILTERS = ['q', 'type', 'kind', 'topic', 'place', 'source'] as const;
const WINDOW = ['from', 'to'] as const;

/** The state that an address says, `search` with or without its question mark. Parameters that mean nothing here are dropped. */
export function readState(search: string): State {
  const parameters = new URLSearchParams(search);
  const state = { ...EMPTY, actors: parameters.getAll('actor').filter(Boolean) };
  for (const name of [...FILTERS, ...WINDOW, 'entry'] as const) state[name] = parameters.get(name)?.trim() ?? '';
  return state;
}

/** The address that says this state, relative to the page. */
export function addressOf(state: State): string {
  const parameters = questionOf(state);
  if (state.entry) parameters.set('entry', state.entry);
  return `?${parameters}`;
}

/** The API parameters of a state, less its window. */
export function filtersOf(state: State): URLSearchParams {
  const parameters = new URLSearchParams(state.actors.map((actor): [string, string] => ['actor', actor]));
  for (const name of FILTERS) if (state[name]) parameters.set(name, state[name]);
  return parameters;
}

/** The API parameters of a state. */
export function questionOf(state: State): URLSearchParams {
  const parameters = filtersOf(state);
  for (const name of WINDOW) if (state[name]) parameters.set(name, state[name]);
  return parameters;
}

/** The values of a filter, which the API takes separated by commas: any of them is asked for. */
export function valuesOf(filter: string): string[] {
  return filter
    .split(',')
    .map((value) => value.trim())
    .filter(Boolean);
}

/** The filter with one more value. */
export function withValue(filter: string, value: string): string {
  return [...new Set([...valuesOf(filter), value])].join(',');
}

/** The filter less one of its values. */
export function withoutValue(filter: string, value: string): string {
  return valuesOf(filter)
    .filter((other) => other !== value)
    .join(',');
}

/** The change that puts a name in the place of the value of a parameter; without a value, of all of it, or of the actor added last. */
export function corrected(state: State, parameter: string | undefined, name: string, value?: string): Partial<State> {
  if (parameter === 'actor') {
    const wrong = value !== undefined && state.actors.includes(value) ? value : state.actors.at(-1);
    return { actors: [...new Set(state.actors.map((actor) => (actor === wrong ? name : actor)))] };
  }
  if (parameter === 'q' && value !== undefined) return { q: withWordReplaced(state.q, value, name) };
  if (parameter === undefined || !(parameter in state)) return {};
  const values = valuesOf(state[parameter as 'kind']); // @NOTE every parameter but actor is a text
  return { [parameter]: value === undefined ? name : values.map((other) => (other === value ? name : other)).join(',') };
}
