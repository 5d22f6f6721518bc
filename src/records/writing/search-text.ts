import { momentsOf, titleOf, type Valid } from '../../model/record.ts';
import type { RecordModel } from '../../model/record-model.ts';
import type { SearchText } from '../../storage/bulk-texts.ts';

/** The fields of all types that are searched, in the order of the view. */
const SEARCHED = ['description', 'summary', 'note', 'symbols', 'authors', 'publisher', 'symbol'] as const;

/** What of a record is searched: what the view `record_text` says; a test holds the two together. References are ids. */
export function searchTextOf(model: RecordModel, input: Valid): SearchText {
  const { names } = input;
  return {
    title: titleOf(model, input),
    names: names ? names.map(({ name }) => name).join(SEPARATOR) : null,
    body: bodyOf(model, input),
  };
}

const SEPARATOR = ' ; ';

/** Nothing where SQLite decides: how it writes a figure, and in which order it finds who takes part in the whole and in a moment of it. */
function bodyOf(model: RecordModel, input: Valid): string | undefined {
  const { topics = [], participants = [], figures } = input;
  const moments = momentsOf(model, input);
  if (figures || moments.some((moment) => moment.participants)) return undefined;
  const parts: (string | undefined)[] = [input.kind];
  for (const field of SEARCHED) parts.push(textOf(input[field]));
  parts.push(...topics);
  for (const { actor, onBehalfOf, asStated } of participants) parts.push(actor, onBehalfOf, asStated);
  for (const { place, asStated } of moments) parts.push(place, asStated);
  return parts.filter((part) => part !== undefined).join(SEPARATOR);
}

/** A field as its column has it: lists as JSON. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? JSON.stringify(value) : undefined;
}
