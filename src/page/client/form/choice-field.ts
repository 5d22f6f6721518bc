import { byId } from '../base/element.ts';
import type { Choices } from './choices.ts';
import { createCombobox } from './combobox.ts';
import type { Suggestions } from './listbox.ts';

/**
 * `settle` takes what is typed, if it names something, and returns true; else the list says that nothing has that name, and what may have been meant, and
 * it returns false.
 */
export type ChoiceField = { settle: () => Promise<boolean> };

/** A field for the values of a filter. A text becomes a value only where it names one, so that no filter is made of what does not exist. */
export function createChoiceField(id: string, label: string, choices: Choices, onChoice: (value: string) => void): ChoiceField {
  const input = byId(id, HTMLInputElement);
  const take = (value: string) => {
    input.value = '';
    onChoice(value);
  };
  const settled = async (text: string): Promise<Suggestions | string> => {
    const options = await choices.suggest(text);
    if (options[0]?.isNamed) return options[0].value;
    const found = await choices.find(text);
    if ('named' in found) return found.named.value;
    if (found.near.length > 0) return { says: `${found.says} Did you mean:`, options: found.near };
    return options.length > 0 ? { says: `${found.says} It stands elsewhere in:`, options } : { says: found.says, options };
  };
  const settle = async () => {
    const text = input.value.trim();
    if (text === '') return true;
    const outcome = await settled(text).catch((error: unknown) => ({
      says: error instanceof Error ? error.message : String(error),
      options: [],
    }));
    if (input.value.trim() !== text) return false;
    if (typeof outcome !== 'string') {
      input.focus();
      combobox.show(outcome);
      return false;
    }
    combobox.close();
    take(outcome);
    return true;
  };
  const combobox = createCombobox({
    input,
    label,
    suggest: async (typed, signal) => {
      const options = await choices.suggest(typed, signal);
      return { options, enterTakesFirst: typed !== '' && options[0]?.isNamed === true };
    },
    take: ({ value }) => take(value),
    enter: () => (input.value.trim() === '' ? input.form?.requestSubmit() : void settle()),
  });
  return { settle };
}
