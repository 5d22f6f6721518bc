import { Problem } from '../api/api.ts';
import { detailOf } from './detail.ts';
import { byId, element } from '../base/element.ts';
import type { List } from '../list/list.ts';
import type { Store } from '../base/store.ts';

export type DetailPane = { show: (entry: string) => Promise<void>; place: () => void };

/** The pane of the chosen entry: beside the list where there is room, under its row on a narrow screen. Escape closes it. */
export function createDetailPane(store: Store, list: List): DetailPane {
  const main = byId('main', HTMLElement);
  const pane = byId('detail', HTMLElement);
  const isNarrow = window.matchMedia('(max-width: 63.99rem)');
  let asking = new AbortController();

  const place = () => {
    const row = list.chosenRow();
    if (isNarrow.matches && row && !pane.hidden) row.append(pane);
    else if (isNarrow.matches) main.prepend(pane);
    else main.append(pane);
  };
  const close = () => {
    const row = list.chosenRow();
    store.go({ entry: '' });
    (row?.querySelector('a') ?? byId('moments', HTMLElement)).focus();
  };

  isNarrow.addEventListener('change', place);
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key === 'Escape' && !isTyping && store.current().entry) close();
  });

  return {
    place,
    async show(entry) {
      asking.abort();
      asking = new AbortController();
      const { signal } = asking;
      list.choose(entry);
      main.classList.toggle('with-detail', entry !== '');
      pane.hidden = entry === '';
      if (entry === '') {
        pane.replaceChildren();
        return place();
      }
      const content = await detailOf(entry, store, signal).catch((error: unknown) => [sorry(error)]);
      if (signal.aborted) return;
      const button = element(
        'button',
        { type: 'button', class: 'close', 'aria-label': 'Close the details', title: 'Close (Escape)' },
        '\u00D7',
      );
      button.addEventListener('click', close);
      pane.replaceChildren(button, ...(content ?? [sorry(new Problem('No such entry', `"${entry}" is not the type and id of an entry.`))]));
      place();
      pane.scrollTop = 0;
      pane.querySelector('h2')?.focus({ preventScroll: true });
      if (isNarrow.matches) (list.chosenRow() ?? pane).scrollIntoView({ block: 'start' });
    },
  };
}

function sorry(error: unknown): HTMLElement {
  const title = error instanceof Problem ? error.title : 'This entry cannot be shown';
  const reason = error instanceof Error ? error.message : '';
  return element('div', { class: 'problem' }, element('h2', { tabindex: '-1' }, title), element('p', {}, reason));
}
