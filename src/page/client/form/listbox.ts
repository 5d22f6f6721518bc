import { byId, counted, element } from '../base/element.ts';
import { markedNodes } from '../base/marked.ts';
import { markedParts, wantedBeginnings } from '../text/marks.ts';
import type { Option } from '../text/options.ts';

/** The content of a list of suggestions: its options, what is said above them, and whether Enter takes the first. */
export type Suggestions = { options: Option[]; says?: string; enterTakesFirst?: boolean };

/** The list of suggestions below a field, after the listbox pattern of ARIA: the field keeps the focus, and names the option that is active. */
export type Listbox = {
  show: (suggestions: Suggestions) => void;
  hide: () => void;
  /** Makes the next option active, or the one before it for -1, around the ends. False where there is no option. */
  step: (by: 1 | -1) => boolean;
  /** Makes no option active. */
  release: () => void;
  isOpen: () => boolean;
  /** The option that is active, if one is. */
  active: () => Option | undefined;
};

/** An empty list, hidden below its field. `take` hears which option is clicked. */
export function createListbox(input: HTMLInputElement, label: string, take: (option: Option) => void): Listbox {
  const list = element('ul', { id: `${input.id}-options`, role: 'listbox', 'aria-label': label });
  const says = element('p', { class: 'says' });
  const popup = element('div', { class: 'options', hidden: '' }, says, list);
  let options: Option[] = [];
  let active = -1;

  const activate = (index: number) => {
    active = index;
    for (const [position, item] of [...list.children].entries()) {
      item.setAttribute('aria-selected', String(position === index));
      if (position === index) item.scrollIntoView({ block: 'nearest' });
    }
    if (options[index]) input.setAttribute('aria-activedescendant', idOf(input, index));
    else input.removeAttribute('aria-activedescendant');
  };
  const show = (suggestions: Suggestions) => {
    options = suggestions.options;
    says.hidden = suggestions.says === undefined;
    says.textContent = suggestions.says ?? '';
    list.replaceChildren(...options.map((option, index) => itemOf(option, idOf(input, index), input.value, take)));
    popup.hidden = options.length === 0 && suggestions.says === undefined;
    input.setAttribute('aria-expanded', String(options.length > 0));
    activate(suggestions.enterTakesFirst && options.length > 0 ? 0 : -1);
  };

  const role = { role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': list.id };
  for (const [name, value] of Object.entries(role)) input.setAttribute(name, value);
  input.after(popup);
  return {
    show(suggestions) {
      show(suggestions);
      announce(suggestions);
    },
    hide: () => show({ options: [] }),
    step(by) {
      const size = options.length;
      if (size > 0) activate(active < 0 ? (by > 0 ? 0 : size - 1) : (active + by + size) % size);
      return size > 0;
    },
    release: () => activate(-1),
    isOpen: () => !popup.hidden,
    active: () => options[active],
  };
}

const idOf = (input: HTMLInputElement, index: number): string => `${input.id}-option-${index}`;

function itemOf(option: Option, id: string, typed: string, take: (option: Option) => void): HTMLLIElement {
  const wanted = wantedBeginnings(typed);
  const item = element(
    'li',
    { role: 'option', id, 'aria-selected': 'false' },
    element('span', {}, ...markedNodes(markedParts(option.label, wanted))),
    option.note !== '' && element('span', { class: 'quiet' }, ` ${option.note}`),
    option.detail !== '' && element('span', { class: 'hint' }, ...markedNodes(markedParts(option.detail, wanted))),
  );
  // Before the field loses the focus, which would close the list under the pointer.
  item.addEventListener('pointerdown', (event) => event.preventDefault());
  item.addEventListener('click', () => take(option));
  return item;
}

/** Tells those who hear the page what the list shows. */
function announce({ options, says }: Suggestions): void {
  const found = options.length > 0 ? counted(options.length, 'suggestion') : '';
  byId('announcement', HTMLElement).textContent = [says, found].filter(Boolean).join(' ');
}
