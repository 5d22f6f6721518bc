import type { TimelinePage } from '../api/answers.ts';
import { apiAddress, getJson } from '../api/api.ts';
import { byId } from '../base/element.ts';
import type { List } from './list.ts';

const LOADED_UNASKED = 1000; // rows; beyond these only the button loads more, so that the end of the page can be reached

export type Pager = { follow: (page: TimelinePage, question: URLSearchParams, signal: AbortSignal) => void; stop: () => void };

/** Loads the next page into the list when the button at its end is pressed, or comes near while the list is not yet long. */
export function createPager(list: List, onError: (error: unknown) => void): Pager {
  const button = byId('more', HTMLButtonElement);
  let load: (() => Promise<void>) | undefined;

  const start = () => {
    if (load) void load().catch(onError);
  };
  const stop = () => {
    load = undefined;
    button.hidden = true;
  };
  const follow: Pager['follow'] = (page, question, signal) => {
    stop();
    const { next } = page;
    if (next === undefined) return;
    button.hidden = false;
    load = async () => {
      load = undefined;
      button.disabled = true;
      try {
        const address = apiAddress('v1/timeline', new URLSearchParams([...question, ['cursor', next]]));
        const following = await getJson<TimelinePage>(address, signal);
        list.append(following.items);
        follow(following, question, signal);
      } catch (error) {
        if (!signal.aborted) follow(page, question, signal);
        throw error;
      } finally {
        button.disabled = false;
      }
    };
  };

  button.addEventListener('click', start);
  new IntersectionObserver(
    ([entry]) => {
      if (entry?.isIntersecting && list.length() < LOADED_UNASKED) start();
    },
    { rootMargin: '600px' },
  ).observe(button);
  return { follow, stop };
}
