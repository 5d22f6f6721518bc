import { invalidParameter } from '../../domain/errors.ts';
import { firstUnits } from '../../domain/text/first-units.ts';
import type { Warning } from '../../model/page.ts';
import { wordsIn } from '../filters/filter.ts';

/** The sums of figures of one unit: of their best values, absent where none has one, of the least and of the most that they may be, and their number. */
export type Sum = { unit: string; value?: number; low: number; high: number; figures: number };

/** A row of a select of sums. */
export type SumRow = [unit: string, value: number | null, low: number, high: number, figures: number];

/** The sum of a row; none where the row has none. */
export const sumOf = ([unit, value, low, high, figures]: SumRow | [null, null, null, null, null]): Sum[] =>
  unit === null
    ? []
    : [{ unit, ...(value !== null && { value: ofFifteenDigits(value) }), low: ofFifteenDigits(low), high: ofFifteenDigits(high), figures }];

/** A sum as all engines have it: whole numbers in full, others to the 15 digits that a sum of decimals is good for. */
const ofFifteenDigits = (sum: number): number => (Number.isSafeInteger(sum) ? sum : Number(sum.toPrecision(15)));

/** The label that `sum` names, as a word, with warnings of what was read otherwise. Throws `invalid-request` unless it names one. */
export function readSum(text: string | undefined): { figure?: string; warnings: Warning[] } {
  if (text === undefined) return { warnings: [] };
  const { any, none, warnings } = wordsIn('sum', text);
  const [figure, ...others] = any;
  if (figure !== undefined && others.length === 0 && none.length === 0) return { figure, warnings };
  const finding = none.length > 0 ? 'leaves out a label' : `names ${any.length} labels`;
  throw invalidParameter('sum', `sum=${firstUnits(text, 80)} ${finding}: give the one label whose figures are added, such as deaths`);
}
