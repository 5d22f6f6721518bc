import type { TimelinePage, Warning } from './api/answers.ts';
import { apiAddress, getJson } from './api/api.ts';
import { byId, counted } from './base/element.ts';
import type { HistogramStrip } from './chart/histogram.ts';
import { type List, NOTHING_LOOKED_FOR } from './list/list.ts';
import { createEarlier } from './list/earlier.ts';
import { emptyRow } from './list/empty-row.ts';
import { createPager } from './list/pager.ts';
import { hideProblem, showProblem } from './form/problem-box.ts';
import { showWarnings } from './form/warnings.ts';
import { showRequest } from './form/request-line.ts';
import type { SearchForm } from './form/search-form.ts';
import { firstDayOf, windowLabel } from './base/span.ts';
import { questionOf, type State } from './base/state.ts';
import type { Store } from './base/store.ts';
import { wantedOf } from './text/marks.ts';
import type { Hit } from './text/options.ts';

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
  const earlier = createEarlier(list, fail);

  const showAnswer = (page: TimelinePage & { warnings: Warning[] }, state: State) => {
    showSummary(page, state);
    const isEmpty = page.items.length === 0 && page.total === 0;
    // What the words may have meant is said where the list would be.
    showWarnings(isEmpty ? page.warnings.filter(({ parameter }) => parameter !== 'q') : page.warnings, store);
    if (isEmpty) byId('dated', HTMLElement).append(emptyRow(state.q, page.warnings, store));
  };

  const fillList = async (state: State, signal: AbortSignal) => {
    const asked = new URLSearchParams([...questionOf(state), ['limit', PAGE]]);
    showRequest(apiAddress('v1/timeline', asked));
    const from = firstDayOf(state.from);
    // What was going on before the window is folded into a line.
    const question = from === undefined ? asked : new URLSearchParams([...asked, ['overlap', 'starts']]);
    const ask = (parameters: URLSearchParams) => getJson<TimelinePage>(apiAddress('v1/timeline', parameters), signal);
    try {
      const [page, all, snippets] = await Promise.all([
        ask(question),
        from === undefined ? undefined : ask(new URLSearchParams([...questionOf(state), ['limit', '1']])),
        snippetsFor(state.q, signal),
      ]);
      hideProblem();
      form.mark([]);
      list.replace(page.items, { wanted: wantedOf(page.query?.words ?? []), snippets });
      pager.follow(page, question, signal);
      showAnswer({ ...page, ...all, items: page.items, warnings: page.warnings ?? [] }, state);
      const before = all && earlierIn(all, page);
      if (from !== undefined && before !== 0) earlier.show(before, asked, from, signal);
      else earlier.hide();
    } catch (error) {
      if (signal.aborted) return;
      showWarnings([], store);
      list.replace([], NOTHING_LOOKED_FOR);
      earlier.hide();
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

/** The snippets of the best results of a query, by entry: the texts that have its words. None where they cannot be had. */
async function snippetsFor(q: string, signal: AbortSignal): Promise<Map<string, string>> {
  if (q === '') return new Map();
  const parameters = new URLSearchParams({ q, type: 'event,agreement,meeting', limit: PAGE });
  try {
    const { items } = await getJson<{ items: (Hit & { type: string; id: string })[] }>(apiAddress('v1/search', parameters), signal);
    return new Map(items.flatMap(({ type, id, snippet }) => (snippet === undefined ? [] : [[`${type}/${id}`, snippet]])));
  } catch {
    return new Map();
  }
}

/** The number of moments that began before the window: all less those that may begin in it; undefined where they are too many to be counted. */
function earlierIn(all: TimelinePage, beginning: TimelinePage): number | undefined {
  return all.total === undefined || beginning.total === undefined ? undefined : all.total - beginning.total;
}

function showSummary({ items, total, totalAtLeast }: TimelinePage, { from, to, q, actors }: State): void {
  const count = total === undefined ? `at least ${counted(totalAtLeast ?? items.length, 'moment')}` : counted(total, 'moment');
  const found = total === 0 ? 'No moments' : count;
  const window = windowLabel(from, to);
  byId('summary', HTMLElement).textContent = window ? `${found}, ${window}` : found;
  document.title = ['Annals', window, q, ...actors].filter(Boolean).join(' \u00B7 ');
}

/** Entries without a date lie in no window: a note says that a window hides them. */
function showUndated(undated: number, { from, to }: State): void {
  const note = byId('undated-note', HTMLElement);
  note.hidden = undated === 0 || !(from || to);
  const verbs = undated === 1 ? ['lies', 'is'] : ['lie', 'are'];
  note.textContent = `${counted(undated, 'moment')} without a date ${verbs[0]} in no window, and ${verbs[1]} listed when From and To are empty.`;
}
