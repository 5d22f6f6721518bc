import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { AnnalsError } from '../domain/errors.ts';
import { textIssue } from '../domain/json/json.ts';
import { PARAGRAPHS_MAX, paragraphsOf, TEXT_MAX } from '../domain/text/paragraphs.ts';
import { deleteParagraphs, insertParagraphForms, insertParagraphs } from '../index/paragraph-rows.ts';
import type { Reader, Statement } from '../storage/port.ts';
import {
  anyParagraph,
  deleteText,
  insertText,
  paragraphsOfSource,
  refuseOtherText,
  type TextSizeRow,
  textOfSource,
} from '../storage/tables/texts.ts';
import type { StoredText } from './document/render.ts';
import type { PreparedRecord } from './document/rows.ts';
import type { StoredRecord } from './stored-record.ts';

/** The text of a source: the SHA-256 of the bytes that came, its paragraphs, and the bytes where they are kept. */
export type TextContent = { sha256: string; paragraphs: readonly string[]; bytes?: Buffer };

/** The content of a text that came as bytes. Throws `invalid-request` for bytes that `textFault` refuses, or that are not UTF-8. */
export function contentOf(bytes: Buffer): TextContent {
  if (!isUtf8(bytes)) throw new AnnalsError('invalid-request', 'the text is not UTF-8: convert it first');
  const text = bytes.toString('utf8');
  const fault = textFault(text);
  if (fault !== undefined) throw new AnnalsError('invalid-request', `the text ${fault}`);
  return contentOfText(text, bytes);
}

/** The content of a text in which `textFault` finds nothing. */
export const contentOfText = (text: string, bytes: Buffer = Buffer.from(text)): Required<TextContent> => ({
  sha256: createHash('sha256').update(bytes).digest('hex'),
  paragraphs: paragraphsOf(text),
  bytes,
});

/** The reason why a text is not stored: its length, a control character, half of a surrogate pair, no paragraph or too many. */
export function textFault(text: string): string | undefined {
  const bytes = Buffer.byteLength(text);
  if (bytes > TEXT_MAX)
    return `is longer than ${TEXT_MAX / 2 ** 20} MiB: it has ${bytes.toLocaleString('en')} bytes. Store it in parts, each as the text of a source of its own`;
  const issue = textIssue(text.replaceAll(/[\r\f\u2028\u2029]/g, ''));
  if (issue !== undefined) return issue;
  const { length } = paragraphsOf(text);
  if (length > PARAGRAPHS_MAX)
    return `has ${length.toLocaleString('en')} paragraphs, more than ${PARAGRAPHS_MAX.toLocaleString('en')}: store it in parts, each as the text of a source of its own`;
  return length > 0 ? undefined : 'has no paragraph: send at least one line that is not empty';
}

/** The rule by which paragraphs are counted: `paragraphsOf`. */
const VIEW = 'trimmed-lines';

/** Describes a text, as its source shows it. */
export const describeText = ({ paragraphs, bytes }: TextContent): StoredText => ({
  ...(bytes ? { form: 'verbatim', bytes: bytes.length } : { form: 'paragraphs', bytes: Buffer.byteLength(linesOf(paragraphs)) }),
  view: VIEW,
});

/** Describes a stored text by its size. */
export const describeStored = ([, kept, lines]: TextSizeRow): StoredText => ({
  ...(kept === null ? { form: 'paragraphs', bytes: lines } : { form: 'verbatim', bytes: kept }),
  view: VIEW,
});

/** Paragraphs as a text, one a line. */
const linesOf = (paragraphs: readonly string[]): string => paragraphs.map((text) => `${text}\n`).join('');

/** The statements that delete the text of a source with a key, before its record is replaced. */
export const removeText = (source: number): Statement[] => [deleteParagraphs(source), ...deleteText(source)];

/** The statements that store and index the text of a source that has none. Every text is stored by these. `language` is that of the source. */
export const storeText = (source: number, { paragraphs, bytes }: TextContent, language: string | undefined): Statement[] => [
  ...insertText(source, paragraphs, bytes),
  ...insertParagraphs(source, paragraphs, language),
];

/** The statements that index the stored text of a source in another language, if it has a text. */
export async function indexInLanguage(
  reader: Reader,
  { key }: Pick<StoredRecord, 'key'>,
  language: string | undefined,
): Promise<Statement[]> {
  const [paragraphs] = await reader.read([paragraphsOfSource(key)]);
  return insertParagraphForms(
    paragraphs.map(([text]) => text),
    language,
  );
}

/** Returns true when a text of the source is stored. */
export async function hasText(reader: Reader, { key }: StoredRecord): Promise<boolean> {
  const [rows] = await reader.read([anyParagraph(key)]);
  return rows.length > 0;
}

/** The text of a source as it came or, where only its paragraphs are kept, these, one a line. Throws `not-found` when no text is stored. */
export async function readText(reader: Reader, { key, id }: StoredRecord): Promise<Buffer> {
  const [[kept], paragraphs] = await reader.read(textOfSource(key));
  if (kept) return kept[0];
  if (paragraphs.length === 0) throw noText(id);
  return Buffer.from(linesOf(paragraphs.map(([text]) => text)));
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
