import type { AnsweredDate, Moment } from '../api/answers.ts';
import { element, words } from '../base/element.ts';
import { markedNodes } from '../base/marked.ts';
import { markedParts, partsOfSnippet, type Wanted } from '../text/marks.ts';
import type { Span } from '../base/span.ts';
import { spanBar } from './span-bar.ts';
import { followable, type Store } from '../base/store.ts';

/** The words that were asked for, and the snippets, by entry, of texts that have them. */
export type LookedFor = { wanted: readonly Wanted[]; snippets: ReadonlyMap<string, string> };

/** The state in which a row is drawn: the span on the screen, and the words that were asked for. */
export type RowContext = { store: Store; span: Span | undefined; lookedFor: LookedFor };

/** One moment: its date in the words of its precision, its place in the span, its kind. The title leads to the entry. */
export function rowOf({ date, role, match, entry }: Moment, { store, span, lookedFor }: RowContext): HTMLLIElement {
  const key = `${entry.type}/${entry.id}`;
  const titleParts = markedParts(entry.title, lookedFor.wanted);
  const title = followable(element('a', { class: 'title' }, ...markedNodes(titleParts)), store, () => ({ entry: key }));
  const snippet = titleParts.some(({ isHit }) => isHit) ? undefined : lookedFor.snippets.get(key);
  const facts = element('p', { class: 'facts' }, element('span', { class: `type type-${entry.type}` }, words(entry.kind)));
  if (role && role !== 'date') facts.prepend(element('span', { class: 'role' }, words(role)), ' \u00B7 ');
  if (entry.status !== 'occurred') facts.append(' ', element('span', { class: `tag status-${entry.status}` }, entry.status));
  if (match === 'possible') {
    const why = 'Its date is not known well enough to say for certain that it lies in the window';
    facts.append(' ', element('span', { class: 'tag possible', title: why }, 'possible'));
  }
  const when = element('p', { class: 'when', title: date && originOf(date) }, date?.label ?? 'no date');
  const bar = date && (span ? spanBar(date, span) : element('span', { class: 'bar' }));
  return element(
    'li',
    { class: `row of-${entry.type}`, 'data-entry': key },
    when,
    element('div', { class: 'where' }, bar),
    element(
      'div',
      { class: 'what' },
      title,
      facts,
      snippet !== undefined && element('p', { class: 'snippet' }, ...markedNodes(partsOfSnippet(snippet))),
    ),
  );
}

/** The words of the source for a date, and whether the reader worked it out. */
export function originOf({ asStated, basis }: Pick<AnsweredDate, 'asStated' | 'basis'>): string | undefined {
  const stated = asStated === undefined ? undefined : `As stated: ${asStated}`;
  if (basis !== 'inferred') return stated;
  return stated === undefined ? 'Inferred from the source' : `${stated} (the date is inferred)`;
}
