import type { ActorList } from '../api/answers.ts';
import { apiAddress, getJson } from '../api/api.ts';
import { byId, element } from '../base/element.ts';
import { rememberName } from '../api/names.ts';

const PAUSE = 140; // milliseconds without a key before asking

/** The actor field: suggests actors under every name they have, and hands over the id of the one taken, or the words typed if none was. */
export function createActorField(onActor: (actor: string) => void): void {
  const input = byId('actor', HTMLInputElement);
  const options = byId('actor-options', HTMLUListElement);
  let asking = new AbortController();
  let pause = 0;
  let active = -1;

  const close = () => {
    window.clearTimeout(pause);
    asking.abort();
    options.hidden = true;
    options.replaceChildren();
    activate(-1);
    input.setAttribute('aria-expanded', 'false');
  };
  const activate = (index: number) => {
    active = index;
    for (const [position, option] of [...options.children].entries()) {
      option.setAttribute('aria-selected', String(position === index));
      if (position === index) option.scrollIntoView({ block: 'nearest' });
    }
    if (options.children[index]) input.setAttribute('aria-activedescendant', `actor-option-${index}`);
    else input.removeAttribute('aria-activedescendant');
  };
  const take = (actor: string) => {
    close();
    input.value = '';
    if (actor) onActor(actor);
  };
  const ask = async () => {
    asking.abort();
    asking = new AbortController();
    const parameters = new URLSearchParams({ q: input.value.trim(), limit: '10' });
    const { items } = await getJson<ActorList>(apiAddress('v1/actors', parameters), asking.signal);
    options.replaceChildren(...items.map((item, index) => optionOf(item, index, () => take(item.id))));
    options.hidden = items.length === 0;
    input.setAttribute('aria-expanded', String(items.length > 0));
    activate(-1);
  };

  input.addEventListener('input', () => {
    window.clearTimeout(pause);
    if (!input.value.trim()) return close();
    // Suggestions are a convenience: without them the typed name still works, and the server says if it knows it.
    pause = window.setTimeout(() => void ask().catch(() => undefined), PAUSE);
  });
  input.addEventListener('keydown', (event) => {
    const last = options.children.length - 1;
    if (event.key === 'ArrowDown' && last >= 0) activate(active >= last ? 0 : active + 1);
    else if (event.key === 'ArrowUp' && last >= 0) activate(active <= 0 ? last : active - 1);
    else if (event.key === 'Escape') close();
    else if (event.key === 'Enter' && active >= 0) options.children[active]?.dispatchEvent(new Event('take'));
    else if (event.key === 'Enter' && input.value.trim()) take(input.value.trim());
    else return;
    event.preventDefault();
  });
  input.addEventListener('blur', close);
}

function optionOf({ id, name, kind }: ActorList['items'][number], index: number, take: () => void): HTMLLIElement {
  rememberName('actor', id, name);
  const option = element(
    'li',
    { role: 'option', id: `actor-option-${index}`, 'aria-selected': 'false' },
    element('span', {}, name),
    element('span', { class: 'quiet' }, ` ${kind}`),
  );
  // Before the field loses the focus, which would close the list under the pointer.
  option.addEventListener('pointerdown', (event) => event.preventDefault());
  option.addEventListener('click', take);
  option.addEventListener('take', take);
  return option;
}
