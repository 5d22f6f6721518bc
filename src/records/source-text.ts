import { AnnalsError } from '../domain/errors.ts';
import type { Reader, Statement } from '../storage/port.ts';
import { anyParagraph, paragraphsOfSource, refuseOtherText } from '../storage/tables/texts.ts';
import type { StoredRecord } from './stored-record.ts';
import type { PreparedRecord } from './document/rows.ts';

/** Returns true when a text of the source is stored. */
export async function hasText(reader: Reader, { key }: StoredRecord): Promise<boolean> {
  const [rows] = await reader.read([anyParagraph(key)]);
  return rows.length > 0;
}

/** The paragraphs of a source's text, one a line. Throws `not-found` when no text is stored. */
export async function readText(reader: Reader, { key, id }: StoredRecord): Promise<string> {
  const [rows] = await reader.read([paragraphsOfSource(key)]);
  if (rows.length === 0) throw noText(id);
  return rows.map(([text]) => `${text}\n`).join('');
}

/** The error for a source whose text is not stored. */
export const noText = (id: string): AnnalsError =>
  new AnnalsError('not-found', `no text of the source "${id}" is stored: put one with PUT /v1/sources/${id}/text`);

/** The fields of a source that its stored text decides; they are columns as well. */
const DECIDED = ['sha256', 'paragraphs'] as const;

/** Aborts the batch of a source that contradicts its stored text. Throws `invalid-request`. */
export const guardText = ({ key, input }: PreparedRecord): Statement[] =>
  DECIDED.map((field) => refuseOtherText(key, field, input[field] ?? null, contradictsText(input.id, field)));

function contradictsText(id: string, field: string): AnnalsError {
  const message = `"${field}" of the source "${id}" is that of its stored text: leave it as it is, or put another text to /v1/sources/${id}/text`;
  return new AnnalsError('invalid-request', message, [{ pointer: `/${field}`, message }]);
}
