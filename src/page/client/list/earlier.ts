import type { Moment, TimelinePage } from '../api/answers.ts';
import { apiAddress, getJson } from '../api/api.ts';
import { byId, counted } from '../base/element.ts';
import { boundsOf } from '../base/span.ts';
import type { List } from './list.ts';

/** The line that stands for what was going on before the window: its number, and a button that lists it. */
export type Earlier = {
  /** Shows the line for so many moments, or for more than are counted. `from` is the first day of the window. */
  show: (count: number | undefined, question: URLSearchParams, from: number, signal: AbortSignal) => void;
  hide: () => void;
};

/** Moments that are listed at most: whoever wants more asks for an earlier window. */
const LISTED_MAX = 1000;

/** The line above the list, hidden until it is shown. */
export function createEarlier(list: List, onError: (error: unknown) => void): Earlier {
  const button = byId('earlier-button', HTMLButtonElement);
  const rows = byId('earlier', HTMLOListElement);
  let load: (() => Promise<Moment[]>) | undefined;

  const setOpen = (isOpen: boolean) => {
    rows.hidden = !isOpen;
    button.setAttribute('aria-expanded', String(isOpen));
  };
  const toggle = async () => {
    setOpen(rows.hidden !== false);
    const loading = load;
    load = undefined;
    if (loading) list.appendEarlier(await loading());
  };
  button.addEventListener('click', () => void toggle().catch(onError));

  return {
    hide() {
      load = undefined;
      button.hidden = true;
      setOpen(false);
    },
    show(count, question, from, signal) {
      button.textContent = `${count === undefined ? 'More moments' : counted(count, 'moment')} from before, still going on`;
      button.hidden = false;
      setOpen(false);
      load = () => loadEarlier(question, from, signal);
    },
  };
}

/** The moments that overlap the window and cannot have begun in it, in time order: they stand before all that can. */
async function loadEarlier(question: URLSearchParams, from: number, signal: AbortSignal): Promise<Moment[]> {
  const found: Moment[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined && found.length < LISTED_MAX; ) {
    const address = apiAddress('v1/timeline', new URLSearchParams([...question, ...(cursor ? [['cursor', cursor]] : [])]));
    const page: TimelinePage = await getJson<TimelinePage>(address, signal);
    const begun = page.items.filter(({ date }) => date && boundsOf(date).startMin < from);
    found.push(...begun.filter(({ date }) => date && boundsOf(date).startMax < from));
    cursor = begun.length < page.items.length ? undefined : page.next;
  }
  return found;
}
