import type { Warning } from '../api/answers.ts';
import { element } from '../base/element.ts';
import { corrected } from '../base/state.ts';
import type { Store } from '../base/store.ts';
import { correctionButtons } from '../form/warnings.ts';
import { asBeginning } from '../text/typed.ts';

/** The row of an empty list: what may have been meant by the words, each as a button, and what else may help. */
export function emptyRow(q: string, warnings: readonly Warning[], store: Store): HTMLLIElement {
  const ofWords = warnings.filter(({ parameter }) => parameter === 'q');
  const beginning = asBeginning(q);
  return element(
    'li',
    { class: 'empty' },
    element('p', {}, 'Nothing on the timeline answers this. Take a filter away, or widen the window.'),
    ...ofWords.map(({ value, message, didYouMean = [] }) => {
      const meant = didYouMean.map((word) => ({ value: word }));
      return element(
        'p',
        { class: 'meant' },
        message,
        ...correctionButtons(meant, (word) => store.go(corrected(store.current(), 'q', word, value))),
      );
    }),
    beginning !== undefined &&
      element('p', {}, 'Look for words that begin so:', ...correctionButtons([{ value: beginning }], () => store.go({ q: beginning }))),
  );
}
