import type { Issue } from '../api/api.ts';
import { byId } from '../base/element.ts';
import { type State, withValue } from '../base/state.ts';
import type { Store } from '../base/store.ts';
import { chipsOf } from './chips.ts';
import { createChoiceField } from './choice-field.ts';
import { recordChoices, wordChoices } from './choices.ts';
import { createWordsField } from './words-field.ts';

const DATES = ['from', 'to'] as const;

export type SearchForm = { show(state: State): void; mark(issues: Issue[]): void };

/** The search row: values become the state when they are chosen, when the row is sent, or when a date is left. `mark` shows which fields the server refused. */
export function createSearchForm(store: Store): SearchForm {
  const form = byId('search', HTMLFormElement);
  const dates = DATES.map((name) => byId(name, HTMLInputElement));
  const type = byId('type', HTMLSelectElement);
  const words = createWordsField(store);
  const choices = [
    createChoiceField('actor', 'Actors', recordChoices('actor'), (id) =>
      store.go({ actors: [...new Set([...store.current().actors, id])] }),
    ),
    createChoiceField('place', 'Places', recordChoices('place'), (id) => store.go({ place: withValue(store.current().place, id) })),
    createChoiceField('topic', 'Topics', wordChoices('topics'), (word) => store.go({ topic: withValue(store.current().topic, word) })),
    createChoiceField('kind', 'Kinds', wordChoices('kinds'), (word) => store.go({ kind: withValue(store.current().kind, word) })),
  ];
  const typed = (): Partial<State> => ({ ...Object.fromEntries(dates.map((input) => [input.name, input.value.trim()])), type: type.value });

  /** Takes what is typed in the fields, one after the other, up to one whose text names nothing. */
  const settleAll = async () => {
    for (const choice of choices) if (!(await choice.settle())) return;
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    store.finish({ ...typed(), q: words.typed() });
    void settleAll();
  });
  form.addEventListener('change', ({ target }) => {
    if (target === type || dates.some((input) => input === target)) store.go(typed());
  });
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    byId('q', HTMLInputElement).select();
  });

  return {
    show(state) {
      words.show(state);
      for (const [index, name] of DATES.entries()) {
        const input = dates[index];
        if (input && input.value.trim() !== state[name]) input.value = state[name];
      }
      type.value = state.type;
      byId('filters', HTMLUListElement).replaceChildren(...chipsOf(state, store));
    },
    mark(issues) {
      for (const input of form.querySelectorAll('input')) {
        const isWrong = issues.some((issue) => issue.parameter === input.id);
        if (isWrong) input.setAttribute('aria-invalid', 'true');
        else input.removeAttribute('aria-invalid');
      }
    },
  };
}
