import type { Warning } from '../api/answers.ts';
import { byId, element } from '../base/element.ts';
import { corrected } from '../base/state.ts';
import type { Store } from '../base/store.ts';

/** A button for each name that may have been meant, with a space before it. */
export function correctionButtons(names: readonly string[], take: (name: string) => void): HTMLElement[] {
  return names.map((name) => {
    const button = element('button', { type: 'button', class: 'plain' }, name);
    button.addEventListener('click', () => take(name));
    return element('span', {}, ' ', button);
  });
}

/** A note under the form says which values find less than they seem to, with a button for each that may have been meant. */
export function showWarnings(warnings: readonly Warning[], store: Store): void {
  const note = byId('warnings', HTMLElement);
  note.hidden = warnings.length === 0;
  note.replaceChildren(...warnings.map((warning) => warningLine(warning, store)));
}

function warningLine({ parameter, value, message, didYouMean = [] }: Warning, store: Store): HTMLElement {
  const buttons = correctionButtons(didYouMean, (name) => store.go(corrected(store.current(), parameter, name, value)));
  const text = `${parameter}: ${message}`;
  return element('span', {}, /[.?!]$/.test(text) ? text : `${text}.`, ...buttons, ' ');
}
