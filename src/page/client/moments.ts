import type { TimelinePage } from './api/answers.ts';
import { apiAddress, getJson } from './api/api.ts';
import { byId, counted, element } from './base/element.ts';
import type { HistogramStrip } from './chart/histogram.ts';
import type { List } from './list/list.ts';
import { createPager } from './list/pager.ts';
import { hideProblem, showProblem } from './form/problem-box.ts';
import { showRequest } from './form/request-line.ts';
import type { SearchForm } from './form/search-form.ts';
import { windowLabel } from './base/span.ts';
import { questionOf, type State, type Store } from './base/state.ts';

const PAGE = '200';

type Parts = { store: Store; form: SearchForm; list: List; histogram: HistogramStrip };

/** Asks the timeline and the histogram, fills the list, and shows the window, the total and any problem. */
export function createMoments({ store, form, list, histogram }: Parts): (state: State) => Promise<void> {
  const section = byId('moments', HTMLElement);
  let asking = new AbortController();

  const fail = (error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') return;
    form.mark(showProblem(error, store));
  };
  const pager = createPager(list, fail);

  const fillList = async (state: State, signal: AbortSignal) => {
    const question = new URLSearchParams([...questionOf(state), ['limit', PAGE]]);
    const address = apiAddress('v1/timeline', question);
    showRequest(address);
    try {
      const page = await getJson<TimelinePage>(address, signal);
      hideProblem();
      form.mark([]);
      list.replace(page.items);
      pager.follow(page, question, signal);
      showSummary(page, state);
    } catch (error) {
      if (signal.aborted) return;
      list.replace([]);
      pager.stop();
      byId('summary', HTMLElement).textContent = 'No answer';
      fail(error);
    }
  };

  return async (state) => {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    section.setAttribute('aria-busy', 'true');
    const [strip] = await Promise.allSettled([histogram.show(state, signal), fillList(state, signal)]);
    if (signal.aborted) return;
    const { span, undated } = strip.status === 'fulfilled' ? strip.value : { span: undefined, undated: 0 };
    list.setSpan(span);
    showUndated(undated, state);
    section.removeAttribute('aria-busy');
    // A question that cannot be answered fails twice for one reason: once said is enough.
    if (strip.status === 'rejected' && byId('problem', HTMLElement).hidden) fail(strip.reason);
  };
}

function showSummary({ items, total, totalAtLeast }: TimelinePage, { from, to, q, actors }: State): void {
  const count = total === undefined ? `at least ${counted(totalAtLeast ?? items.length, 'moment')}` : counted(total, 'moment');
  const found = items.length > 0 ? count : 'No moments';
  const window = windowLabel(from, to);
  byId('summary', HTMLElement).textContent = window ? `${found}, ${window}` : found;
  document.title = ['Annals', window, q, ...actors].filter(Boolean).join(' \u00B7 ');
  if (items.length > 0) return;
  const advice = 'Nothing on the timeline answers this. Take a filter away, or widen the window.';
  byId('dated', HTMLElement).append(element('li', { class: 'empty' }, advice));
}

/** Entries without a date lie in no window: a note says that a window hides them. */
function showUndated(undated: number, { from, to }: State): void {
  const note = byId('undated-note', HTMLElement);
  note.hidden = undated === 0 || !(from || to);
  const verbs = undated === 1 ? ['lies', 'is'] : ['lie', 'are'];
  note.textContent = `${counted(undated, 'moment')} without a date ${verbs[0]} in no window, and ${verbs[1]} listed when From and To are empty.`;
}
