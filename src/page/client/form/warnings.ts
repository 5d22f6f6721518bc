import type { Warning } from '../api/answers.ts';
import { byId, element } from '../base/element.ts';
import { corrected } from '../base/state.ts';
import type { Store } from '../base/store.ts';

/** A value that may have been meant: a word, or the id of a record with its title and what tells it apart. */
export type Meant = { value: string; title?: string; kind?: string; about?: string };

/** A button for each value that may have been meant, with a space before it. */
export function correctionButtons(meant: readonly Meant[], take: (value: string) => void): HTMLElement[] {
  return meant.map(({ value, title = value, kind, about }) => {
    const button = element('button', { type: 'button', class: 'plain' }, title);
    button.addEventListener('click', () => take(value));
    const apart = [kind, about].filter(Boolean).join('; ');
    return element('span', {}, ' ', button, apart !== '' && element('span', { class: 'quiet' }, ` (${apart})`));
  });
}

/** A note under the form says which values find less than they seem to, with a button for each that may have been meant. */
export function showWarnings(warnings: readonly Warning[], store: Store): void {
  const note = byId('warnings', HTMLElement);
  note.hidden = warnings.length === 0;
  note.replaceChildren(...warnings.map((warning) => warningLine(warning, store)));
}

function warningLine({ parameter, value, message, didYouMean = [] }: Warning, store: Store): HTMLElement {
  const buttons = correctionButtons(
    didYouMean.map((word) => ({ value: word })),
    (name) => store.go(corrected(store.current(), parameter, name, value)),
  );
  const text = `${parameter}: ${message}`;
  return element('span', {}, /[.?!]$/.test(text) ? text : `${text}.`, ...buttons, ' ');
}
