import { apiAddress, getJson } from '../api/api.ts';
import { byId } from '../base/element.ts';
import type { State } from '../base/state.ts';
import type { Store } from '../base/store.ts';
import { completionsOf, type Hit } from '../text/options.ts';
import { askedWhileTyping, completed, wordBeingTyped } from '../text/typed.ts';
import { createCombobox } from './combobox.ts';

const PAUSE = 300; // milliseconds without a key before the timeline is asked
const HITS = '20';

/** `typed` is the query that the field says; `show` puts that of a state into it, unless it is what is being typed. */
export type WordsField = { typed: () => string; show: (state: State) => void };

/** The field of words. While one types, the timeline shows what the last word may begin, and words of the texts are suggested for it. */
export function createWordsField(store: Store): WordsField {
  const input = byId('q', HTMLInputElement);
  let pause = 0;

  const isAsked = () => askedWhileTyping(input.value) === store.current().q;
  const refine = () => {
    window.clearTimeout(pause);
    store.refine({ q: askedWhileTyping(input.value) });
  };
  const show = ({ q }: State) => {
    if (document.activeElement === input && isAsked()) return;
    if (input.value.trim() !== q) input.value = q;
  };

  createCombobox({
    input,
    label: 'Words',
    async suggest(_, signal) {
      const q = askedWhileTyping(input.value);
      if (!q.endsWith('*') || wordBeingTyped(input.value) === '') return { options: [] };
      const parameters = new URLSearchParams({ q, type: 'event,agreement,meeting', limit: HITS });
      const { items } = await getJson<{ items: Hit[] }>(apiAddress('v1/search', parameters), signal);
      return { options: completionsOf(items, input.value) };
    },
    take({ value }) {
      input.value = completed(input.value, value);
      refine();
    },
    enter: () => input.form?.requestSubmit(),
  });
  input.addEventListener('input', () => {
    window.clearTimeout(pause);
    pause = window.setTimeout(refine, PAUSE);
  });
  // Left, the field shows the query that is asked: `kaz*`, not `kaz`. Words that were held back while they were typed are asked now.
  input.addEventListener('blur', () => {
    window.clearTimeout(pause);
    const text = input.value.trim();
    const asked = askedWhileTyping(input.value);
    if (text !== store.current().q) store.refine({ q: asked.startsWith(text) ? asked : text });
    input.value = store.current().q;
  });

  return {
    typed() {
      window.clearTimeout(pause);
      return input.value.trim();
    },
    show,
  };
}
