import type { Option } from '../text/options.ts';
import { createListbox, type Suggestions } from './listbox.ts';

/** A field that suggests options while one types, after the combobox pattern of ARIA. */
export type ComboboxParts = {
  input: HTMLInputElement;
  /** The name of the list. */
  label: string;
  suggest: (typed: string, signal: AbortSignal) => Promise<Suggestions>;
  take: (option: Option) => void;
  /** Enter where no option is active. */
  enter: () => void;
};

/** `show` opens the list with other content; `close` closes it, and ends a question that is under way. */
export type Combobox = { show: (suggestions: Suggestions) => void; close: () => void };

const PAUSE = 140; // milliseconds without a key before asking

export function createCombobox({ input, label, suggest, take, enter }: ComboboxParts): Combobox {
  let asking = new AbortController();
  let pause = 0;

  const stop = () => {
    window.clearTimeout(pause);
    asking.abort();
  };
  const close = () => {
    stop();
    listbox.hide();
  };
  const takeAndClose = (option: Option) => {
    close();
    take(option);
  };
  const listbox = createListbox(input, label, takeAndClose);
  const show = (suggestions: Suggestions) => {
    stop();
    listbox.show(suggestions);
  };
  const ask = async () => {
    asking = new AbortController();
    const { signal } = asking;
    const suggestions = await suggest(input.value.trim(), signal);
    if (!signal.aborted) show(suggestions);
  };
  // Suggestions are a convenience: without them the field still works.
  const askAfter = (milliseconds: number) => {
    stop();
    pause = window.setTimeout(() => void ask().catch(() => undefined), milliseconds);
  };

  input.addEventListener('input', () => {
    listbox.release();
    if (input.value.trim() === '') close();
    else askAfter(PAUSE);
  });
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return; // Enter and the arrows belong to the input method
    const active = listbox.active();
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (!listbox.step(event.key === 'ArrowDown' ? 1 : -1)) askAfter(0);
    } else if (event.key === 'Escape' && listbox.isOpen()) close();
    else if (event.key === 'Enter' && active) takeAndClose(active);
    else if (event.key === 'Enter') enter();
    else return;
    event.preventDefault();
  });
  input.addEventListener('blur', close);
  return { show, close };
}
