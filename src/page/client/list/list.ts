import type { Moment } from '../api/answers.ts';
import { byId, element } from '../base/element.ts';
import { type LookedFor, rowOf } from './row.ts';
import { dayFromIso, endLabels, type Span } from '../base/span.ts';
import { legendItems, spanBar } from './span-bar.ts';
import type { Store } from '../base/store.ts';

/** The moments in time order, those without a date in a section of their own at the end. */
export type List = {
  /** Lists other moments, with the words marked that were asked for. */
  replace: (moments: Moment[], lookedFor: LookedFor) => void;
  append: (moments: Moment[]) => void;
  /** Adds moments that were going on before the window, to their own list. */
  appendEarlier: (moments: Moment[]) => void;
  /** Draws every bar anew; without a span, from the first day to the last in the list. */
  setSpan: (span: Span | undefined) => void;
  choose: (entry: string) => void;
  /** The row of the chosen entry: the one clicked, else its first. */
  chosenRow: () => HTMLLIElement | undefined;
  length: () => number;
};

/** No words are asked for. */
export const NOTHING_LOOKED_FOR: LookedFor = { wanted: [], snippets: new Map() };

export function createList(store: Store): List {
  const earlier = byId('earlier', HTMLOListElement);
  const dated = byId('dated', HTMLOListElement);
  const undated = byId('undated', HTMLOListElement);
  const section = byId('undated-section', HTMLElement);
  const moments = new Map<HTMLLIElement, Moment>();
  let span: Span | undefined;
  let lookedFor = NOTHING_LOOKED_FOR;
  let clicked: HTMLLIElement | undefined;

  const rowsOf = (entry: string) => [...moments.keys()].filter((row) => row.dataset['entry'] === entry);
  const chosenRow = () => {
    const rows = rowsOf(store.current().entry);
    return rows.find((row) => row === clicked) ?? rows[0];
  };
  const choose = (entry: string) => {
    for (const link of document.querySelectorAll('.rows [aria-current]')) link.removeAttribute('aria-current');
    for (const row of rowsOf(entry)) row.querySelector('a')?.setAttribute('aria-current', 'true');
  };
  const add = (added: Moment[], rows: (moment: Moment) => HTMLOListElement) => {
    for (const moment of added) {
      const row = rowOf(moment, { store, span, lookedFor });
      row.querySelector('a')?.addEventListener('click', () => (clicked = row));
      moments.set(row, moment);
      rows(moment).append(row);
    }
    section.hidden = undated.childElementCount === 0;
    choose(store.current().entry);
  };
  const append = (added: Moment[]) => add(added, ({ date }) => (date ? dated : undated));

  byId('legend', HTMLUListElement).append(...legendItems().map(([bar, meaning]) => element('li', {}, bar, meaning)));
  for (const rows of [earlier, dated, undated]) rows.addEventListener('keydown', walkRows);

  return {
    append,
    appendEarlier: (added) => add(added, () => earlier),
    choose,
    chosenRow,
    length: () => moments.size,
    replace(all, looked) {
      lookedFor = looked;
      moments.clear();
      earlier.replaceChildren();
      dated.replaceChildren();
      undated.replaceChildren();
      append(all);
    },
    setSpan(asked) {
      span = asked ?? spanOf([...moments.values()]);
      const labels = span ? endLabels(span) : [];
      byId('ruler', HTMLElement).replaceChildren(...labels.map((label) => element('span', {}, label)));
      for (const [row, { date }] of moments) if (date && span) row.querySelector('.bar')?.replaceWith(spanBar(date, span));
    },
  };
}

/** Arrow keys go from row to row. */
function walkRows(event: KeyboardEvent): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  if (!(event.target instanceof HTMLAnchorElement) || !event.target.classList.contains('title')) return;
  const links = [...document.querySelectorAll<HTMLAnchorElement>('.rows:not([hidden]) a.title')];
  const next = links[links.indexOf(event.target) + (event.key === 'ArrowDown' ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

/** The span from the earliest to the latest day among the moments; undefined if none has any. */
function spanOf(moments: Moment[]): Span | undefined {
  const days = moments.flatMap(({ date }) => [date?.earliest, date?.latest]).filter((day) => day !== undefined);
  if (days.length === 0) return undefined;
  const numbers = days.map(dayFromIso);
  return { from: numbers.reduce((a, b) => Math.min(a, b)), to: numbers.reduce((a, b) => Math.max(a, b)) };
}
