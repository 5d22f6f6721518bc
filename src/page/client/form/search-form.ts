import { createActorField } from './actor-field.ts';
import type { Issue } from '../api/api.ts';
import { byId, element, words } from '../base/element.ts';
import { showName } from '../api/names.ts';
import type { State, Store } from '../base/state.ts';

const FIELDS = ['q', 'from', 'to'] as const;
const FILTERS = ['kind', 'topic', 'place'] as const;

export type SearchForm = { show(state: State): void; mark(issues: Issue[]): void };

/** The search row: typed values become the state when it is sent or the field is left. `mark` shows which fields the server refused. */
export function createSearchForm(store: Store): SearchForm {
  const form = byId('search', HTMLFormElement);
  const inputs = FIELDS.map((name) => byId(name, HTMLInputElement));
  const type = byId('type', HTMLSelectElement);
  const actor = byId('actor', HTMLInputElement);

  const addActor = (name: string) => store.go({ ...typed(), actors: [...new Set([...store.current().actors, name])] });
  const typed = (): Partial<State> => ({
    ...Object.fromEntries(inputs.map((input) => [input.name, input.value.trim()])),
    type: type.value,
  });

  createActorField(addActor);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (actor.value.trim()) addActor(actor.value.trim());
    else store.go(typed());
    actor.value = '';
  });
  form.addEventListener('change', (event) => {
    if (event.target !== actor) store.go(typed());
  });
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    inputs[0]?.select();
  });

  return {
    show(state) {
      for (const [index, name] of FIELDS.entries()) {
        const input = inputs[index];
        if (input && input.value.trim() !== state[name]) input.value = state[name];
      }
      type.value = state.type;
      byId('filters', HTMLUListElement).replaceChildren(...chipsOf(state, store));
    },
    mark(issues) {
      for (const input of [...inputs, actor]) {
        const isWrong = issues.some((issue) => issue.parameter === input.id);
        if (isWrong) input.setAttribute('aria-invalid', 'true');
        else input.removeAttribute('aria-invalid');
      }
    },
  };
}

/** The filters that have no field of their own, each with a button that takes it away. */
function chipsOf(state: State, store: Store): HTMLLIElement[] {
  const actors = state.actors.map((actor) =>
    chip('actor', showName(element('b'), 'actor', actor), () => store.go({ actors: state.actors.filter((other) => other !== actor) })),
  );
  const others = FILTERS.filter((name) => state[name]).map((name) =>
    chip(name, name === 'place' ? showName(element('b'), 'place', state.place) : element('b', {}, words(state[name])), () =>
      store.go({ [name]: '' }),
    ),
  );
  return [...actors, ...others];
}

function chip(label: string, value: HTMLElement, remove: () => void): HTMLLIElement {
  const button = element('button', { type: 'button', 'aria-label': 'Remove this filter', title: 'Remove this filter' }, '\u00D7');
  button.addEventListener('click', () => {
    remove();
    byId('actor', HTMLInputElement).focus();
  });
  return element('li', { class: 'chip' }, element('span', {}, `${label} `), value, button);
}
