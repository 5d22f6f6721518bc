import { AnnalsError } from '../domain/errors.ts';
import { guard, type Statement } from '../storage/port.ts';
import type { Ready } from './rows.ts';

/** What of a source its stored text decides: the fields, which are columns as well. */
const DECIDED = ['sha256', 'paragraphs'] as const;

/** Aborts a batch that says of a source otherwise than its stored text does. Throws `invalid-request`. */
export function guardText({ model, key, input }: Ready): Statement[] {
  if (model.type !== 'source') return [];
  const stored = 'EXISTS (SELECT 1 FROM paragraphs WHERE source_id = record_id)';
  return DECIDED.map((field) => {
    const value = input[field] ?? null;
    return guard(0, decided(input.id, field), `SELECT 1 FROM sources WHERE record_id = ? AND ${field} IS NOT ? AND ${stored}`, key, value);
  });
}

function decided(id: string, field: string): AnnalsError {
  const message = `"${field}" of the source "${id}" is that of its stored text: leave it as it is, or put another text to /v1/sources/${id}/text`;
  return new AnnalsError('invalid-request', message, [{ pointer: `/${field}`, message }]);
}
