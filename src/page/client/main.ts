import { createDetailPane } from './detail/detail-pane.ts';
import { createHistogram } from './chart/histogram.ts';
import { createList } from './list/list.ts';
import { createMoments } from './moments.ts';
import { enableCopying } from './form/request-line.ts';
import { createSearchForm } from './form/search-form.ts';
import { createStore } from './base/store.ts';
import { questionOf } from './base/state.ts';

const store = createStore();
const form = createSearchForm(store);
const list = createList(store);
const pane = createDetailPane(store, list);
const showMoments = createMoments({ store, form, list, histogram: createHistogram(store) });

let question: string | undefined;
let entry = '';

enableCopying();
store.onChange(show);
show();

/** Brings the page to the state: asks for the moments if the question changed, for the entry if that did. */
function show(): void {
  const state = store.current();
  const asked = questionOf(state).toString();
  const isAsked = asked !== question;
  const isChosen = state.entry !== entry;
  question = asked;
  entry = state.entry;
  form.show(state);
  if (isAsked) void showMoments(state).then(pane.place);
  if (isChosen) void pane.show(state.entry);
}
