import { ENTRY_TYPES } from '../../domain/record-type.ts';
import type { Warning } from '../../model/page.ts';
import type { Reader } from '../../storage/port.ts';
import { unknownWords } from '../plan/warnings.ts';
import { ATTRIBUTE, type Grouping } from './dimensions.ts';

/** A key of an attribute as `by` has it. */
const asWritten = (key: string): string => `${ATTRIBUTE}:${key}`;

/** The warnings of attributes of a grouping that no entry has, with the nearest keys as they can be sent. */
export async function unknownKeys(reader: Reader, { facets }: Grouping): Promise<Warning[]> {
  const keys = facets.flatMap(({ dimensions }) => dimensions.flatMap(({ attribute }) => attribute ?? []));
  const warnings = await unknownWords(
    reader,
    keys.map((value) => ({ parameter: ATTRIBUTE, value, side: 'any' })),
    ENTRY_TYPES,
  );
  return warnings.map(({ value, didYouMean, ...warning }) => ({
    ...warning,
    parameter: 'by',
    value: asWritten(value),
    ...(didYouMean && { didYouMean: didYouMean.map(asWritten) }),
  }));
}

/** The warning of a label that no figure has. */
export async function unknownLabel(reader: Reader, figure: string | undefined): Promise<Warning[]> {
  const labels = figure === undefined ? [] : [{ parameter: 'figure', value: figure, side: 'any' as const }];
  return (await unknownWords(reader, labels, ENTRY_TYPES)).map((warning) => ({ ...warning, parameter: 'sum' }));
}
