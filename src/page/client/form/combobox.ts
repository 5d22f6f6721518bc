import { byId, counted, element } from '../base/element.ts';
import { markedNodes } from '../base/marked.ts';
import { markedParts, wantedBeginnings } from '../text/marks.ts';
import type { Option } from '../text/options.ts';

/** The content of a list of suggestions: its options, what is said above them, and whether Enter takes the first. */
export type Suggestions = { options: Option[]; says?: string; enterTakesFirst?: boolean };

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
  const list = element('ul', { id: `${input.id}-options`, role: 'listbox', 'aria-label': label });
  const says = element('p', { class: 'says' });
  const popup = element('div', { class: 'options', hidden: '' }, says, list);
  let options: Option[] = [];
  let asking = new AbortController();
  let pause = 0;
  let active = -1;

  const activate = (index: number) => {
    active = index;
    for (const [position, item] of [...list.children].entries()) {
      item.setAttribute('aria-selected', String(position === index));
      if (position === index) item.scrollIntoView({ block: 'nearest' });
    }
    if (options[index]) input.setAttribute('aria-activedescendant', `${input.id}-option-${index}`);
    else input.removeAttribute('aria-activedescendant');
  };
  const close = () => {
    window.clearTimeout(pause);
    asking.abort();
    options = [];
    popup.hidden = true;
    list.replaceChildren();
    activate(-1);
    input.setAttribute('aria-expanded', 'false');
  };
  const takeAt = (index: number) => {
    const option = options[index];
    close();
    if (option) take(option);
  };
  const show = (suggestions: Suggestions) => {
    window.clearTimeout(pause);
    asking.abort();
    options = suggestions.options;
    says.hidden = suggestions.says === undefined;
    says.textContent = suggestions.says ?? '';
    list.replaceChildren(...options.map((option, index) => itemOf(option, index, input, takeAt)));
    popup.hidden = options.length === 0 && suggestions.says === undefined;
    input.setAttribute('aria-expanded', String(options.length > 0));
    activate(suggestions.enterTakesFirst && options.length > 0 ? 0 : -1);
    announce(suggestions);
  };
  const ask = async () => {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    const suggestions = await suggest(input.value.trim(), signal);
    if (!signal.aborted) show(suggestions);
  };
  // Suggestions are a convenience: without them the field still works.
  const askAfter = (milliseconds: number) => {
    window.clearTimeout(pause);
    pause = window.setTimeout(() => void ask().catch(() => undefined), milliseconds);
  };
  const step = (by: number) => {
    const size = options.length;
    if (size === 0) askAfter(0);
    else activate(active < 0 ? (by > 0 ? 0 : size - 1) : (active + by + size) % size);
  };

  for (const [name, value] of Object.entries({
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
    'aria-controls': list.id,
  }))
    input.setAttribute(name, value);
  input.after(popup);
  input.addEventListener('input', () => {
    activate(-1);
    if (input.value.trim() === '') close();
    else askAfter(PAUSE);
  });
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return; // Enter and the arrows belong to the input method
    if (event.key === 'ArrowDown') step(1);
    else if (event.key === 'ArrowUp') step(-1);
    else if (event.key === 'Escape' && !popup.hidden) close();
    else if (event.key === 'Enter' && active >= 0) takeAt(active);
    else if (event.key === 'Enter') enter();
    else return;
    event.preventDefault();
  });
  input.addEventListener('blur', close);
  return { show, close };
}

function itemOf(option: Option, index: number, input: HTMLInputElement, takeAt: (index: number) => void): HTMLLIElement {
  const wanted = wantedBeginnings(input.value);
  const item = element(
    'li',
    { role: 'option', id: `${input.id}-option-${index}`, 'aria-selected': 'false' },
    element('span', {}, ...markedNodes(markedParts(option.label, wanted))),
    option.note !== '' && element('span', { class: 'quiet' }, ` ${option.note}`),
    option.detail !== '' && element('span', { class: 'hint' }, ...markedNodes(markedParts(option.detail, wanted))),
  );
  // Before the field loses the focus, which would close the list under the pointer.
  item.addEventListener('pointerdown', (event) => event.preventDefault());
  item.addEventListener('click', () => takeAt(index));
  return item;
}

/** Tells those who hear the page what the list shows. */
function announce({ options, says }: Suggestions): void {
  const found = options.length > 0 ? counted(options.length, 'suggestion') : '';
  byId('announcement', HTMLElement).textContent = [says, found].filter(Boolean).join(' ');
}
