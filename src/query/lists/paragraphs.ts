import { AnnalsError } from '../../domain/errors.ts';
import { type Quote, quoteIn } from '../../domain/text/phrases.ts';
import { noText } from '../../records/source-text.ts';
import type { StoredRecord } from '../../records/stored-record.ts';
import type { Reader } from '../../storage/port.ts';
import { paragraphsFrom } from '../../storage/tables/texts.ts';
import { BY_PARAGRAPH } from './cursors.ts';
import { pageRequest } from './page.ts';

/** A paragraph of a stored text, by its number, counted from 1. */
export type Paragraph = { number: number; text: string };

/** The paragraphs of a source's text in order, from the number `from` on. Throws `not-found` when no text is stored. */
export async function listParagraphs(
  reader: Reader,
  { key, id }: StoredRecord,
  parameters: { from?: string; limit?: string; cursor?: string },
): Promise<{ items: Paragraph[]; next?: string; total: number }> {
  const { limit, after, paginate } = pageRequest(BY_PARAGRAPH, `paragraphs/${key}`, parameters);
  const [rows, [count]] = await reader.read(paragraphsFrom(key, after ? after.number + 1 : Number(parameters.from ?? 1), limit + 1));
  const total = count![0];
  if (total === 0) throw noText(id);
  const { kept, ...rest } = paginate(rows, ([number]) => ({ number }));
  return { items: kept.map(([number, text]) => ({ number, text })), ...rest, total };
}

/**
 * One paragraph of a source's text and, where a phrase is given that stands in it, the place of the phrase. Throws `not-found` when no text is stored,
 * and for a number beyond the last paragraph.
 */
export async function findParagraph(
  reader: Reader,
  { key, id }: StoredRecord,
  number: number,
  phrase?: string,
): Promise<Paragraph & { source: string; total: number; verified?: boolean; quote?: Quote }> {
  const [[row], [count]] = await reader.read(paragraphsFrom(key, number, 1));
  const total = count![0];
  if (total === 0) throw noText(id);
  if (!row) throw beyondLast(id, number, total);
  const paragraph = { source: id, number, total, text: row[1] };
  if (phrase === undefined) return paragraph;
  const quote = quoteIn(row[1], phrase);
  return { ...paragraph, verified: quote !== undefined, ...(quote && { quote }) };
}

function beyondLast(id: string, number: number, last: number): AnnalsError {
  const message = `the text of the source "${id}" has no paragraph ${number}: the last is ${last}`;
  return new AnnalsError('not-found', message, [{ parameter: 'number', message }]);
}
